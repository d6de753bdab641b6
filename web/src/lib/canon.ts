/** The canonical form of PROTOCOL.md §2: the one spelling of an object that is hashed and signed. */
export type Canon = string | number | Canon[] | { [key: string]: Canon };

const quoted = (text: string): string => {
  if (text !== text.normalize("NFC")) throw new Error("canon: not in NFC");
  if (/[\u0000-\u001f\u007f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cs}/u.test(text)) throw new Error("canon: a control character");
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
};

export function canon(value: Canon): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error("canon: not a natural number");
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canon).join(",")}]`;
  const keys = Object.keys(value).sort(); // [a-z0-9_] only: UTF-16 order is byte order
  if (keys.some((key) => !/^[a-z0-9_]{1,64}$/.test(key))) throw new Error("canon: a misspelt key");
  return `{${keys.map((key) => `"${key}":${canon(value[key]!)}`).join(",")}}`;
}
