/**
 * Receipts: the file `.tlog-proof` (PROTOCOL.md §9), which proves an entry to anybody who has the log's
 * key; and the short code for people: 16 characters of base32, 32 bits of index, 43 bits of leaf hash, and a
 * check character. The code finds the entry in the log and tells another one there from it; forging one that
 * fits takes 2^43 hashes, so in a dispute the file is what counts.
 */
import { checkOne, cleanBase32, readBase32, writeBase32 } from "./base32.ts";
import { type Bytes, base64, unbase64 } from "./bytes.ts";
import type { Proven } from "./ledger.ts";
import { leafHash, verifyInclusion } from "./merkle.ts";
import { type Checkpoint, type NoteFault, type NoteKey, openCheckpoint } from "./note.ts";

export interface Receipt {
  entry: Bytes;
  index: number;
  proof: Uint8Array[];
  /** The checkpoint verbatim. */
  note: string;
}

const HEAD = "c2sp.org/tlog-proof@v1";
const INDEX_BITS = 32n;
const LEAF_BITS = 43n;
const CODE_DATA = 15;
/** Of a receipt with the longest entry, the longest proof and a checkpoint with many witnesses. */
export const RECEIPT_BYTES_MAX = 32768;

/** The text of a receipt file. */
export function writeReceipt({ entry, index, proof }: Proven, checkpoint: Checkpoint): string {
  const lines = [HEAD, `extra ${base64(entry)}`, `index ${index}`, ...proof.map(base64), "", checkpoint.note];
  return lines.join("\n");
}

/** null: not a receipt. */
export function readReceipt(text: string): Receipt | null {
  const end = text.indexOf("\n\n");
  if (end < 0 || text.length > RECEIPT_BYTES_MAX) return null;
  const [head, extra, indexLine, ...hashes] = text.slice(0, end).split("\n");
  const entry = extra?.startsWith("extra ") ? unbase64(extra.slice(6)) : null;
  const [, digits] = /^index (0|[1-9][0-9]{0,9})$/.exec(indexLine ?? "") ?? [];
  const proof = hashes.map((hash) => unbase64(hash, 32));
  if (head !== HEAD || entry === null || digits === undefined || proof.includes(null)) return null;
  return { entry, index: Number(digits), proof: proof as Uint8Array[], note: text.slice(end + 2) };
}

/** Checks the receipt alone, offline: its checkpoint by the key, then its proof. */
export async function checkReceipt(receipt: Receipt, key: NoteKey): Promise<Checkpoint | { fault: NoteFault | "proof" }> {
  const checkpoint = await openCheckpoint(receipt.note, key);
  if ("fault" in checkpoint) return checkpoint;
  const { entry, index, proof } = receipt;
  const holds = await verifyInclusion(await leafHash(entry), index, checkpoint.size, proof, checkpoint.root);
  return holds ? checkpoint : { fault: "proof" };
}

export interface ShortCode {
  index: number;
  /** The first 43 bits of the leaf hash. */
  prefix: bigint;
}

const prefixOf = (leaf: Uint8Array): bigint =>
  leaf.slice(0, 6).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) >> (48n - LEAF_BITS);

/** 16 characters; writeShortCode(…).match(/.{8}/g) are the two lines. */
export function writeShortCode(index: number, leaf: Uint8Array): string {
  const data = writeBase32((BigInt(index) << LEAF_BITS) | prefixOf(leaf), CODE_DATA);
  return data + checkOne(data);
}

/** Reads what a person typed or a link's fragment. null: mistyped. */
export function readShortCode(text: string): ShortCode | null {
  const clean = cleanBase32(text);
  if (clean?.length !== CODE_DATA + 1 || checkOne(clean.slice(0, CODE_DATA)) !== clean.slice(CODE_DATA)) return null;
  const value = readBase32(clean.slice(0, CODE_DATA));
  const index = value >> LEAF_BITS;
  return index < 1n << INDEX_BITS ? { index: Number(index), prefix: value & ((1n << LEAF_BITS) - 1n) } : null;
}

/** True when this is the leaf that the code was made from. */
export const codeFits = (code: ShortCode, leaf: Uint8Array): boolean => prefixOf(leaf) === code.prefix;
