/**
 * The recovery code: 128 random bits from which everything random in a voter's passes comes, as in
 * include/voter/recovery.h. Who has it has the passes, on any device; who has lost it has lost them.
 *
 * Written as 26 characters of base32 and two check characters, in seven groups of four:
 * `0123-4567-89AB-CDEF-GHJK-MNPQ-RSTV`.
 */
import { checkTwo, cleanBase32, readBase32, writeBase32 } from "./base32.ts";
import { type Bytes, utf8 } from "./bytes.ts";

export const RECOVERY_BYTES = 16;
const DATA = 26;

export const makeRecovery = (): Bytes => crypto.getRandomValues(new Uint8Array(RECOVERY_BYTES));

export function writeRecovery(code: Uint8Array): string {
  const value = code.reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
  const data = writeBase32(value << 2n, DATA);
  return (data + checkTwo(data)).match(/.{4}/g)!.join("-");
}

/** Reads what a person typed, with or without dashes, spaces and capitals. null: mistyped. */
export function readRecovery(text: string): Bytes | null {
  const clean = cleanBase32(text);
  if (clean?.length !== DATA + 2 || checkTwo(clean.slice(0, DATA)) !== clean.slice(DATA)) return null;
  let value = readBase32(clean.slice(0, DATA));
  if (value & 3n) return null;
  value >>= 2n;
  return Uint8Array.from({ length: RECOVERY_BYTES }, (_, i) => Number((value >> BigInt(8 * (RECOVERY_BYTES - 1 - i))) & 255n));
}

/** `key` (32 bytes), `pre` (32), `salt` (48), `r0`, `r1`, … (256) */
export type RecoveryUse = "key" | "pre" | "salt" | `r${number}`;

/** HKDF-SHA256(code, no salt, info = `<origin>\n<cat>\n<use>`). */
export async function deriveBytes(code: Uint8Array, origin: string, cat: string, use: RecoveryUse, length: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", new Uint8Array(code), "HKDF", false, ["deriveBits"]);
  const info = utf8(`${origin}\n${cat}\n${use}`);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info }, key, 8 * length));
}
