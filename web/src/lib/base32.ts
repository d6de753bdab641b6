/**
 * Crockford's base32: digits and letters without I, L, O and U; read in either case, I and L as 1, O as 0.
 *
 * Check characters are those of a Reed–Solomon code over GF(32): one of them finds each single wrong
 * character and each swap of two, two find any two wrong characters.
 */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The low 5·count bits of the number. */
export function writeBase32(value: bigint, count: number): string {
  let text = "";
  for (let i = 0; i < count; i++, value >>= 5n) text = ALPHABET[Number(value & 31n)]! + text;
  return text;
}

/** What a person typed, without spaces and dashes, in the alphabet; null when something else is in it. */
export function cleanBase32(text: string): string | null {
  const clean = text
    .toUpperCase()
    .replace(/[\s\-\u2010-\u2015]/g, "")
    .replace(/[IL]/g, "1")
    .replace(/O/g, "0");
  return /^[0-9A-HJKMNP-TV-Z]*$/.test(clean) ? clean : null;
}

export function readBase32(clean: string): bigint {
  let value = 0n;
  for (const char of clean) value = (value << 5n) | BigInt(ALPHABET.indexOf(char));
  return value;
}

/** In GF(32) by x⁵ + x² + 1. */
const timesX = (a: number): number => (a & 16 ? ((a << 1) & 31) ^ 5 : a << 1);

/** One check character (root x) of up to 30 characters. */
export function checkOne(text: string): string {
  let rest = 0;
  for (const char of text) rest = timesX(rest ^ ALPHABET.indexOf(char));
  return ALPHABET[rest]!;
}

/** Two check characters (roots 1 and x) of up to 29 characters. */
export function checkTwo(text: string): string {
  let [high, low] = [0, 0];
  for (const char of text) {
    const carry = high ^ ALPHABET.indexOf(char);
    [high, low] = [low ^ timesX(carry) ^ carry, timesX(carry)];
  }
  return ALPHABET[high]! + ALPHABET[low]!;
}
