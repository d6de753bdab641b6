/** Ed25519 for browsers whose WebCrypto has none; loaded by ed25519.ts when needed. */
import { getPublicKeyAsync, Point, signAsync } from "@noble/ed25519";
import { type Bytes, concat, equal } from "./bytes.ts";
import type { SigningKey } from "./ed25519.ts";

const L = Point.CURVE().n;

export async function keyFromSeed(seed: Uint8Array): Promise<SigningKey> {
  const secret = new Uint8Array(seed);
  return {
    publicKey: (await getPublicKeyAsync(secret)) as Bytes,
    sign: async (message) => (await signAsync(message, secret)) as Bytes,
  };
}

/**
 * S·B − k·A encodes to the bytes of R. The library's own verify() multiplies by the cofactor, which
 * accepts signatures that the ledger refuses; so its points are used, not its verdict. Lengths, S < L
 * and the encodings have been checked.
 */
export async function equationHolds(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const r = signature.subarray(0, 32);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-512", concat(r, publicKey, message)));
  const number = (bytes: Uint8Array): bigint => bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  try {
    const a = Point.fromBytes(publicKey);
    const k = number(hash) % L;
    const s = number(signature.subarray(32));
    const difference = Point.BASE.multiply(s, false).subtract(a.multiply(k, false));
    return equal(difference.toBytes(), r);
  } catch {
    return false; // not a point
  }
}
