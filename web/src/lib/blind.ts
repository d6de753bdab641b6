/**
 * RSABSSA-SHA384-PSS-Randomized of RFC 9474, the client's side. The message is the prepared one (its
 * 32 random bytes before it); salt and r come from the caller, for they derive from the recovery code.
 */
import { type Bytes, concat } from "./bytes.ts";

/** RSA-2048 with e = 65537, as PROTOCOL.md §2 wants pass keys. */
export const RSA_BYTES = 256;
export const SALT_BYTES = 48;
const HASH_BYTES = 48;
const E = 65537n;

export interface PassKey {
  n: bigint;
  /** For verification only. */
  key: CryptoKey;
}

export interface Blinded {
  /** What the registrar signs. */
  message: Bytes;
  /** What takes the blinding away again; as secret as r. */
  inverse: bigint;
}

const toInteger = (bytes: Uint8Array): bigint => {
  let text = "0x0";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return BigInt(text);
};

function toBytes(value: bigint, length: number): Bytes {
  const text = value.toString(16).padStart(2 * length, "0");
  return Uint8Array.from({ length }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

function power(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = 1n;
  for (base %= n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % n;
    base = (base * base) % n;
  }
  return result;
}

/** null: a and n have a common factor. */
function invert(a: bigint, n: bigint): bigint | null {
  let [r0, r1, s0, s1] = [n, a % n, 0n, 1n];
  while (r1) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [s0, s1] = [s1, s0 - q * s1];
  }
  return r0 === 1n ? ((s0 % n) + n) % n : null;
}

const sha384 = async (...parts: Uint8Array[]): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest("SHA-384", concat(...parts)));

/** EMSA-PSS-ENCODE (RFC 8017 §9.1.1) with SHA-384 for a modulus of `bits` bits. */
async function encode(message: Uint8Array, salt: Uint8Array, bits: number): Promise<Bytes> {
  const length = Math.ceil((bits - 1) / 8);
  const hash = await sha384(new Uint8Array(8), await sha384(message), salt);
  const block = new Uint8Array(length - HASH_BYTES - 1);
  block[block.length - salt.length - 1] = 1;
  block.set(salt, block.length - salt.length);
  for (let i = 0; i * HASH_BYTES < block.length; i++) {
    const mask = await sha384(hash, Uint8Array.of(0, 0, 0, i));
    for (let j = 0; j < HASH_BYTES && i * HASH_BYTES + j < block.length; j++) block[i * HASH_BYTES + j]! ^= mask[j]!;
  }
  block[0]! &= 0xff >> (8 * length - (bits - 1));
  return concat(block, hash, Uint8Array.of(0xbc));
}

/** A key of the ledger. Throws when it is none. */
export async function importPassKey(spki: Uint8Array): Promise<PassKey> {
  const algorithm = { name: "RSA-PSS", hash: "SHA-384" };
  const key = await crypto.subtle.importKey("spki", new Uint8Array(spki), algorithm, true, ["verify"]);
  const { n: text, e } = await crypto.subtle.exportKey("jwk", key);
  const n = toInteger(Uint8Array.from(atob(text!.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0)));
  if (e !== "AQAB") throw new RangeError("blind: exponent");
  return { n, key };
}

/**
 * Blinds with r, read as a big-endian number. null: this r does not serve (0, n or above, or a factor
 * in common with n): take the next.
 */
export async function blind(key: PassKey, message: Uint8Array, salt: Uint8Array, r: Uint8Array): Promise<Blinded | null> {
  const factor = toInteger(r);
  const inverse = factor > 0n && factor < key.n ? invert(factor, key.n) : null;
  if (inverse === null) return null;
  const bits = key.n.toString(2).length;
  const encoded = toInteger(await encode(message, salt, bits));
  if (invert(encoded, key.n) === null) throw new RangeError("blind: message"); // the message has found a factor of n
  return { message: toBytes((encoded * power(factor, E, key.n)) % key.n, Math.ceil(bits / 8)), inverse };
}

/** The signature in the registrar's answer; null when that is no answer of this key to this message. */
export async function finalize(key: PassKey, message: Uint8Array, blindSig: Uint8Array, inverse: bigint): Promise<Bytes | null> {
  const length = Math.ceil(key.n.toString(2).length / 8);
  const value = toInteger(blindSig);
  if (blindSig.length !== length || value >= key.n) return null;
  const signature = toBytes((value * inverse) % key.n, length);
  return (await verifyPass(key, message, signature)) ? signature : null;
}

/** RSASSA-PSS, salt length exactly 48. */
export const verifyPass = (key: PassKey, message: Uint8Array, signature: Bytes): Promise<boolean> =>
  crypto.subtle.verify({ name: "RSA-PSS", saltLength: SALT_BYTES }, key.key, signature, new Uint8Array(message));
