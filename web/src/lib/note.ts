/** Signed notes and checkpoints (PROTOCOL.md §1; C2SP signed-note, tlog-checkpoint). */
import { type Bytes, concat, equal, sha256, unbase64, utf8 } from "./bytes.ts";
import { verify } from "./ed25519.ts";

export interface NoteKey {
  name: string;
  id: Bytes;
  publicKey: Bytes;
}

export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
  /** The whole note as published. */
  note: string;
}

const TYPE_ED25519 = 1;
const SIZE_MAX = 2 ** 32 - 1;

/** Reads `name+id+base64(type ‖ key)`; null when it is no key of type Ed25519 or its id does not fit. */
export async function readVkey(text: string): Promise<NoteKey | null> {
  const [, name, idText, keyText] = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text) ?? [];
  const key = keyText === undefined ? null : unbase64(keyText, 33);
  if (name === undefined || key?.[0] !== TYPE_ED25519) return null;
  const id = (await sha256(utf8(`${name}\n`), key)).slice(0, 4);
  const spelt = Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return spelt === idText ? { name, id, publicKey: key.slice(1) } : null;
}

interface Signature {
  name: string;
  keyId: Uint8Array;
  bytes: Uint8Array;
}

/** The signature lines; null when one is not of the form. */
function readSignatures(lines: string[]): Signature[] | null {
  const signatures: Signature[] = [];
  for (const line of lines) {
    const [, name, text] = /^\u2014 ([^+\s]+) (\S+)$/u.exec(line) ?? [];
    const payload = text === undefined ? null : unbase64(text);
    if (name === undefined || payload === null || payload.length < 5) return null;
    signatures.push({ name, keyId: payload.subarray(0, 4), bytes: payload.subarray(4) });
  }
  return signatures.length > 0 ? signatures : null;
}

export type NoteFault = "malformed" | "origin" | "key" | "signature";

/** The note's text with its last newline, or what is wrong with the note. Lines of other keys are skipped. */
export async function openNote(note: string, key: NoteKey): Promise<{ text: string } | { fault: NoteFault }> {
  const end = note.lastIndexOf("\n\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (end < 0 || !note.endsWith("\n") || /[\u0000-\u0009\u000b-\u001f\u007f]/.test(note)) return { fault: "malformed" };
  const text = note.slice(0, end + 1);
  const signatures = readSignatures(note.slice(end + 2, -1).split("\n"));
  if (signatures === null) return { fault: "malformed" };
  const own = signatures.filter(({ name, keyId }) => name === key.name && equal(keyId, key.id));
  if (own.length === 0) return { fault: "key" };
  for (const { bytes } of own) {
    if (!(await verify(key.publicKey, utf8(text), bytes))) return { fault: "signature" };
  }
  return { text };
}

/** The signed head of the log whose key this is, or what is wrong with it. */
export async function openCheckpoint(note: string, key: NoteKey): Promise<Checkpoint | { fault: NoteFault }> {
  const opened = await openNote(note, key);
  if ("fault" in opened) return opened;
  const [origin, sizeText, rootText, rest, ...more] = opened.text.split("\n");
  const root = unbase64(rootText ?? "", 32);
  if (rest !== "" || more.length > 0 || root === null || !/^[1-9][0-9]{0,9}$/.test(sizeText!)) return { fault: "malformed" };
  const size = Number(sizeText);
  if (size > SIZE_MAX) return { fault: "malformed" };
  return origin === key.name ? { origin, size, root, note } : { fault: "origin" };
}

/** How many keys besides the log's own have signed this note (they are not checked here). */
export function countOtherSignatures(note: string, key: NoteKey): number {
  const signatures = readSignatures(note.slice(note.lastIndexOf("\n\n") + 2, -1).split("\n")) ?? [];
  return new Set(signatures.map(({ name }) => name).filter((name) => name !== key.name)).size;
}

export const keyIdOf = async (spki: Uint8Array): Promise<string> => {
  const id = (await sha256(concat(spki))).slice(0, 8);
  return Array.from(id, (byte) => byte.toString(16).padStart(2, "0")).join("");
};
