/**
 * The signing key of a staff member. It is made or brought in on this device, kept in IndexedDB as a
 * key that can sign and can never be read again, and used by nobody but the page; no server holds it.
 */
import { base64, type Bytes, concat, hex, sha256, unbase64, utf8 } from "./bytes.ts";

const ED25519 = { name: "Ed25519" };
/** DER before the 32 bytes of an Ed25519 public key (RFC 8410). */
const SPKI_HEAD = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

export interface SigningKey {
  /** First 8 bytes of SHA-256(SPKI), hex: the key's id in the ledger. */
  id: string;
  spki: Bytes;
  secret: CryptoKey;
}

export const keyId = async (spki: Bytes): Promise<string> => hex((await sha256(spki)).subarray(0, 8));

/** From PKCS#8, as `dauys campaign key` and makeKey() write it. Throws when it is no Ed25519 key. */
export async function keyFromPkcs8(pkcs8: Bytes): Promise<SigningKey> {
  const open = await crypto.subtle.importKey("pkcs8", pkcs8, ED25519, true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", open);
  const point = unbase64(`${x.replace(/-/g, "+").replace(/_/g, "/")}=`, 32)!;
  const spki = concat(Uint8Array.from(SPKI_HEAD), point);
  const secret = await crypto.subtle.importKey("pkcs8", pkcs8, ED25519, false, ["sign"]);
  return { id: await keyId(spki), spki, secret };
}

/** A PEM file's bytes ("-----BEGIN PRIVATE KEY-----"); throws when it is not one. */
export function pkcs8FromPem(pem: string): Bytes {
  const body = /^-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----\s*$/.exec(pem);
  const bytes = unbase64((body?.[1] ?? "").replace(/\s/g, ""));
  if (!bytes || bytes.length === 0) throw new TypeError("not a private key in PEM");
  return bytes;
}

/** A new key, and once, for the backup file, its PKCS#8. Wipe that with fill(0) when it is written. */
export async function makeKey(): Promise<{ key: SigningKey; pkcs8: Bytes }> {
  const pair = (await crypto.subtle.generateKey(ED25519, true, ["sign", "verify"])) as CryptoKeyPair;
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  return { key: await keyFromPkcs8(pkcs8), pkcs8 };
}

export async function signWith(key: SigningKey, text: Bytes): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.sign(ED25519, key.secret, text)));
}

/** Proof of possession for a `key` entry (PROTOCOL.md §2 "Keys"). */
export function keyPop(key: SigningKey, origin: string): Promise<string> {
  return signWith(key, concat(utf8(`${origin}\nkey-pop/v1\nstaff\n\n`), key.spki));
}

// A database of its own: what erases a citizen's data on this device must not take a signer's key.
function shelf<T>(mode: IDBTransactionMode, use: (keys: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("dauys-staff", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const work = database.transaction("keys", mode);
      const request = use(work.objectStore("keys"));
      work.oncomplete = () => {
        database.close();
        resolve(request.result);
      };
      work.onabort = () => {
        database.close();
        reject(work.error);
      };
    };
  });
}

const place = (origin: string, person: string): string => `${origin}\n${person}`;

/** The key of this person for this campaign on this device, or undefined. Rejects when storage is blocked. */
export const keptKey = (origin: string, person: string): Promise<SigningKey | undefined> =>
  shelf("readonly", (keys) => keys.get(place(origin, person)) as IDBRequest<SigningKey | undefined>);

export async function keepKey(origin: string, person: string, key: SigningKey): Promise<void> {
  await shelf("readwrite", (keys) => keys.put(key, place(origin, person)));
}

export async function forgetKey(origin: string, person: string): Promise<void> {
  await shelf("readwrite", (keys) => keys.delete(place(origin, person)));
}
