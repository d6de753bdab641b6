/** HPKE (RFC 9180), base mode, single shot, sender only: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
import { type Bytes, concat, utf8 } from "./bytes.ts";

export interface Sealed {
  /** The ephemeral point, 65 bytes. */
  enc: Bytes;
  /** As long as the plaintext and 16 bytes. */
  ct: Bytes;
}

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const EMPTY = new Uint8Array(0);
const two = (n: number): Bytes => Uint8Array.of(n >> 8, n);
const KEM = concat(utf8("KEM"), two(0x10));
const SUITE = concat(utf8("HPKE"), two(0x10), two(0x1), two(0x2));
const VERSION = utf8("HPKE-v1");

async function hmac(key: Uint8Array, data: Bytes): Promise<Bytes> {
  const padded = key.length > 0 ? new Uint8Array(key) : new Uint8Array(32); // an empty key is refused, and the same
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  return new Uint8Array(await crypto.subtle.sign("HMAC", await crypto.subtle.importKey("raw", padded, algorithm, false, ["sign"]), data));
}

const extract = (suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Promise<Bytes> =>
  hmac(salt, concat(VERSION, suite, utf8(label), ikm));

/** At most 32 bytes: one block of HKDF-Expand. */
async function expand(suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, length: number): Promise<Bytes> {
  return (await hmac(prk, concat(two(length), VERSION, suite, utf8(label), info, Uint8Array.of(1)))).slice(0, length);
}

async function agree(recipient: Uint8Array, pair: CryptoKeyPair, enc: Uint8Array): Promise<Bytes> {
  const point = await crypto.subtle.importKey("raw", new Uint8Array(recipient), CURVE, false, []);
  const dh = new Uint8Array(await crypto.subtle.deriveBits({ name: "ECDH", public: point }, pair.privateKey, 256));
  return expand(KEM, await extract(KEM, EMPTY, "eae_prk", dh), "shared_secret", concat(enc, recipient), 32);
}

/** Seals to the point (uncompressed, 65 bytes). Throws when it is not on the curve. pair is for tests only. */
export async function seal(
  recipient: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
  pair?: CryptoKeyPair,
): Promise<Sealed> {
  const own = pair ?? (await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]));
  const enc = new Uint8Array(await crypto.subtle.exportKey("raw", own.publicKey));
  const shared = await agree(recipient, own, enc);
  const context = concat(
    Uint8Array.of(0),
    await extract(SUITE, EMPTY, "psk_id_hash", EMPTY),
    await extract(SUITE, EMPTY, "info_hash", info),
  );
  const secret = await extract(SUITE, shared, "secret", EMPTY);
  const key = await crypto.subtle.importKey("raw", await expand(SUITE, secret, "key", context, 32), "AES-GCM", false, ["encrypt"]);
  const iv = await expand(SUITE, secret, "base_nonce", context, 12);
  const algorithm = { name: "AES-GCM", iv, additionalData: new Uint8Array(aad) };
  return { enc, ct: new Uint8Array(await crypto.subtle.encrypt(algorithm, key, new Uint8Array(plaintext))) };
}
