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

function writeString(text: string): string {
  // An unpaired surrogate has no UTF-8 and comes back as another character.
  if (FORBIDDEN.test(text) || text.normalize("NFC") !== text || fromUtf8(utf8(text)) !== text) throw new RangeError("canon: string");
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function write(value: Canon, levels: number, count: { left: number }): string {
  if (--count.left < 0) throw new RangeError("canon: values");
  if (typeof value === "string") return writeString(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) throw new RangeError("canon: number");
    return String(value);
  }
  if (typeof value !== "object" || value === null || levels === 0) throw new RangeError("canon: value");
  if (Array.isArray(value)) return `[${value.map((item) => write(item, levels - 1, count)).join(",")}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => {
      if (!KEY.test(key)) throw new RangeError("canon: key");
      return `"${key}":${write(value[key]!, levels - 1, count)}`;
    });
  return `{${members.join(",")}}`;
}

/** The one spelling of a value. Throws RangeError for what has none. The limit in bytes is the reader's to check. */
export const canon = (value: Canon, limits: CanonLimits = {}): string =>
  write(value, limits.depth ?? DEPTH_MAX, { left: limits.values ?? VALUES_MAX });

/** The object that the bytes spell; throws (RangeError, TypeError or SyntaxError) when this is not its one spelling. */
export function readCanon(bytes: Uint8Array, limits: CanonLimits = {}): CanonObject {
  if (bytes.length > (limits.bytes ?? BYTES_MAX)) throw new RangeError("canon: too long");
  const text = fromUtf8(bytes);
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new RangeError("canon: no object");
  // Whatever JSON.parse forgave (spaces, escapes, twins, 1e3, -0) does not come out again.
  if (canon(value as CanonObject, limits) !== text) throw new RangeError("canon: another spelling");
  return value as CanonObject;
}
