/**
 * Ed25519 (RFC 8032), strict as PROTOCOL.md §2 says: A and R canonical and not of small order, S < L,
 * the equation without the cofactor. WebCrypto alone promises none of these but the last in practice, so
 * the encodings are checked here. Where a browser's WebCrypto has no Ed25519, @noble/ed25519 is loaded.
 */
import { type Bytes, concat, equal } from "./bytes.ts";

export interface SigningKey {
  publicKey: Bytes;
  sign(message: Uint8Array): Promise<Bytes>;
}

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const ORDER_EIGHT = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
/** y of all points whose order divides 8: x has either sign with each of them. */
const SMALL_ORDER = [0n, 1n, P - 1n, ORDER_EIGHT, P - ORDER_EIGHT];

const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
const ED25519 = { name: "Ed25519" };

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

/** That it is on the curve is seen by the equation. */
function pointAllowed(encoded: Uint8Array): boolean {
  const sign = encoded[31]! >> 7;
  const y = littleEndian(encoded) & (2n ** 255n - 1n);
  // x = 0 (y = ±1) with the sign set would be the second spelling of a point; both are of small order anyway.
  return y < P && !SMALL_ORDER.includes(y) && sign <= 1;
}

let native: Promise<boolean> | undefined;

/** True when this browser's WebCrypto knows Ed25519; asked once. */
function hasNative(): Promise<boolean> {
  native ??= crypto.subtle.importKey("pkcs8", concat(PKCS8, new Uint8Array(32)), ED25519, false, ["sign"]).then(
    () => true,
    () => false,
  );
  return native;
}

async function nativeKey(seed: Uint8Array): Promise<SigningKey> {
  const key = await crypto.subtle.importKey("pkcs8", concat(PKCS8, seed), ED25519, true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", key);
  const publicKey = Uint8Array.from(atob(x!.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
  return {
    publicKey,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign(ED25519, key, new Uint8Array(message))),
  };
}

/** force: for tests, "noble" or "native". */
export async function keyFromSeed(seed: Uint8Array, force?: "noble" | "native"): Promise<SigningKey> {
  if (force ? force === "native" : await hasNative()) return nativeKey(seed);
  return (await import("./ed25519_fallback.ts")).keyFromSeed(seed);
}

async function equationHolds(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array, force?: string): Promise<boolean> {
  if (!(force ? force === "native" : await hasNative()))
    return (await import("./ed25519_fallback.ts")).equationHolds(publicKey, message, signature);
  try {
    const key = await crypto.subtle.importKey("raw", new Uint8Array(publicKey), ED25519, false, ["verify"]);
    return await crypto.subtle.verify(ED25519, key, new Uint8Array(signature), new Uint8Array(message));
  } catch {
    return false; // not a point
  }
}

export async function verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array, force?: "noble" | "native"): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  if (!pointAllowed(publicKey) || !pointAllowed(signature.subarray(0, 32))) return false;
  if (littleEndian(signature.subarray(32)) >= L) return false;
  return equationHolds(publicKey, message, signature, force);
}

const SPKI = Uint8Array.of(0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0);

/** A public key as the ledger writes it (DER SubjectPublicKeyInfo), and back; null: another kind of key. */
export const toSpki = (publicKey: Uint8Array): Bytes => concat(SPKI, publicKey);
export const fromSpki = (spki: Uint8Array): Uint8Array | null =>
  spki.length === 44 && equal(spki.subarray(0, 12), SPKI) ? spki.subarray(12) : null;
