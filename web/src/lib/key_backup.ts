/**
 * The backup of a signing key: a JSON file in which the key is encrypted under a passphrase (PBKDF2,
 * AES-256-GCM). Whoever lacks the passphrase has nothing; a lost one means a new key, which two
 * administrators must bring into the ledger.
 */
import { base64, type Bytes, unbase64, utf8 } from "./bytes.ts";

/** OWASP's figure for PBKDF2-HMAC-SHA256: about a second on a slow phone. */
const ITERATIONS = 600_000;
/** Of a file that somebody gives us: what would keep the page busy for minutes is refused. */
const ITERATIONS_MAX = 10_000_000;
export const PASSPHRASE_MIN = 12;

export interface KeyBackup {
  dauys_key_backup: 1;
  origin: string;
  person: string;
  /** The key's id in the ledger. */
  id: string;
  iterations: number;
  salt: string;
  iv: string;
  /** PKCS#8, encrypted; origin, person and id are authenticated with it. */
  ct: string;
}

async function secretOf(passphrase: string, salt: Bytes, iterations: number): Promise<CryptoKey> {
  const words = utf8(passphrase.normalize("NFC"));
  const base = await crypto.subtle.importKey("raw", words, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const bound = ({ origin, person, id }: Pick<KeyBackup, "origin" | "person" | "id">): Bytes =>
  utf8(`${origin}\n${person}\n${id}`);

export async function writeBackup(
  pkcs8: Bytes,
  passphrase: string,
  about: Pick<KeyBackup, "origin" | "person" | "id">,
): Promise<KeyBackup> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const secret = await secretOf(passphrase, salt, ITERATIONS);
  const ct = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(about) }, secret, pkcs8);
  return {
    dauys_key_backup: 1,
    ...about,
    iterations: ITERATIONS,
    salt: base64(salt),
    iv: base64(iv),
    ct: base64(new Uint8Array(ct)),
  };
}

const isText = (value: unknown): value is string => typeof value === "string" && value.length <= 1000;

/** The backup that the text is, or null when it is none. */
export function readBackup(text: string): KeyBackup | null {
  try {
    const file = JSON.parse(text) as KeyBackup;
    const { origin, person, id, salt, iv, ct, iterations } = file;
    const whole = [origin, person, id, salt, iv, ct].every(isText) && Number.isSafeInteger(iterations);
    return file.dauys_key_backup === 1 && whole && iterations > 0 && iterations <= ITERATIONS_MAX ? file : null;
  } catch {
    return null;
  }
}

/** PKCS#8. Throws when the passphrase is not the one, or the file was changed. */
export async function openBackup(file: KeyBackup, passphrase: string): Promise<Bytes> {
  const [salt, iv, ct] = [unbase64(file.salt, 16), unbase64(file.iv, 12), unbase64(file.ct)];
  if (!salt || !iv || !ct) throw new RangeError("key backup: not base64");
  const secret = await secretOf(passphrase, salt, file.iterations);
  const how = { name: "AES-GCM", iv, additionalData: bound(file) };
  return new Uint8Array(await crypto.subtle.decrypt(how, secret, ct));
}
