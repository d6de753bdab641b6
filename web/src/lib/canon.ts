/**
 * Canonical JSON of entries (PROTOCOL.md §2): one spelling for each value, so that what is signed and
 * hashed never depends on who wrote it.
 */
import { fromUtf8, utf8 } from "./bytes.ts";

export type Canon = number | string | Canon[] | { [key: string]: Canon };
export type CanonObject = { [key: string]: Canon };

const DEPTH_MAX = 4;
const VALUES_MAX = 256;
const BYTES_MAX = 8192;

/** Of an entry, 8192 bytes and 256 values; a choice under the seal and a tally file have other limits. */
export interface CanonLimits {
  bytes?: number;
  values?: number;
  depth?: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const FORBIDDEN = /[\u0000-\u001f\u007f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const KEY = /^[a-z0-9_]{1,64}$/;

/** Printable ASCII without what is escaped: nearly every string of a ledger. */
const PLAIN = /^[ !#-[\]-~]*$/;

function checkString(text: string): void {
  if (PLAIN.test(text)) return;
  // An unpaired surrogate has no UTF-8 and comes back as another character.
  if (FORBIDDEN.test(text) || text.normalize("NFC") !== text || fromUtf8(utf8(text)) !== text) throw new RangeError("canon: string");
}

function checkNumber(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) throw new RangeError("canon: number");
}

/** Throws when the value has no canonical form; gives false when the members of an object are not in its order. */
function inOrder(value: unknown, levels: number, count: { left: number }): boolean {
  if (--count.left < 0) throw new RangeError("canon: values");
  if (typeof value === "string") checkString(value);
  else if (typeof value === "number") checkNumber(value);
  else if (typeof value !== "object" || value === null || levels === 0) throw new RangeError("canon: value");
  else if (Array.isArray(value)) return value.map((item) => inOrder(item, levels - 1, count)).every(Boolean);
  else {
    let last = "";
    let sorted = true;
    for (const key of Object.keys(value)) {
      if (!KEY.test(key)) throw new RangeError("canon: key");
      sorted = inOrder((value as CanonObject)[key], levels - 1, count) && key > last && sorted;
      last = key;
    }
    return sorted;
  }
  return true;
}

function write(value: Canon): string {
  if (typeof value === "string") return `"${value.replace(/["\\]/g, "\\$&")}"`;
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  const keys = Object.keys(value).sort(); // [a-z0-9_] only: UTF-16 order is byte order
  return `{${keys.map((key) => `"${key}":${write(value[key]!)}`).join(",")}}`;
}

/** The one spelling of a value. Throws RangeError for what has none. The limit in bytes is the reader's to check. */
export function canon(value: Canon, limits: CanonLimits = {}): string {
  inOrder(value, limits.depth ?? DEPTH_MAX, { left: limits.values ?? VALUES_MAX });
  return write(value);
}

/** The object that the bytes spell; throws (RangeError, TypeError or SyntaxError) when this is not its one spelling. */
export function readCanon(bytes: Uint8Array, limits: CanonLimits = {}): CanonObject {
  if (bytes.length > (limits.bytes ?? BYTES_MAX)) throw new RangeError("canon: too long");
  const text = fromUtf8(bytes);
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new RangeError("canon: no object");
  // Whatever JSON.parse forgave (spaces, escapes, twins, 1e3, -0) does not come out again. Its own writer is
  // quick, and writes the same but for the order of members that look like numbers.
  const sorted = inOrder(value, limits.depth ?? DEPTH_MAX, { left: limits.values ?? VALUES_MAX });
  if (!(sorted && JSON.stringify(value) === text) && write(value as CanonObject) !== text) throw new RangeError("canon: another spelling");
  return value as CanonObject;
}
