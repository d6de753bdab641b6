/**
 * Checking a receipt or its short code against the published log: what the verify page and the page after
 * casting run. Asks for the checkpoint, tiles and bundles of 256 entries only, never for "my receipt".
 */
import { ApiError } from "./api.ts";
import { type CanonObject, readCanon } from "./canon.ts";
import { fromUtf8, utf8 } from "./bytes.ts";
import { Ledger, LedgerError, type Proven } from "./ledger.ts";
import { type FetchFile, TILE_WIDTH } from "./merkle.ts";
import type { NoteKey } from "./note.ts";
import { checkReceipt, codeFits, type Receipt, type ShortCode } from "./receipt.ts";

export type Checked =
  /** In the log, and the log is signed by its key. entry: its fields. */
  | { state: "recorded"; ledger: Ledger; proven: Proven; entry: CanonObject }
  /** The log, as served now, is not so long yet. */
  | { state: "later"; index: number; size: number }
  /** Another entry stands there (`entry`), or the file is damaged or of another log (`file`). */
  | { state: "mismatch"; why: "entry" | "file"; index: number }
  /** The log breaks its promise; code names how, for a complaint. */
  | { state: "broken"; code: string }
  /** Nothing was found out: no connection, or the server is busy. */
  | { state: "unreachable"; error: ApiError };

async function checkFile(ledger: Ledger, receipt: Receipt): Promise<Checked> {
  const { index } = receipt;
  const own = await checkReceipt(receipt, ledger.key);
  if ("fault" in own) return { state: "mismatch", why: "file", index };
  if (own.size > ledger.size) return { state: "later", index, size: ledger.size };
  if (!(await ledger.continues(own))) return { state: "broken", code: "continues" };
  const proven = await ledger.prove(receipt.entry, index);
  return { state: "recorded", ledger, proven, entry: readCanon(proven.entry) };
}

async function checkCode(ledger: Ledger, code: ShortCode): Promise<Checked> {
  const { index } = code;
  if (index >= ledger.size) return { state: "later", index, size: ledger.size };
  const proven = await ledger.entry(index);
  if (!codeFits(code, proven.leaf)) return { state: "mismatch", why: "entry", index };
  return { state: "recorded", ledger, proven, entry: readCanon(proven.entry) };
}

export async function check(fetch: FetchFile, key: NoteKey, what: Receipt | ShortCode): Promise<Checked> {
  try {
    const ledger = await Ledger.open(fetch, key);
    return await ("note" in what ? checkFile(ledger, what) : checkCode(ledger, what));
  } catch (error) {
    if (error instanceof ApiError) return { state: "unreachable", error };
    if (error instanceof LedgerError) return { state: "broken", code: error.code };
    return { state: "broken", code: "entry" }; // what is in the log is no entry
  }
}

export type Later =
  | { state: "last" }
  /** A later ballot of the same pass takes its place. */
  | { state: "superseded"; index: number; rev: number }
  /** A decision (an entry at index) has set the pass aside. */
  | { state: "void"; index: number };

const bundleOf = (index: number): number => Math.floor(index / TILE_WIDTH);

/** How many bundles scanLater() will ask for; one has up to 256 entries, about 300 kB when full. */
export const bundlesToScan = ({ size }: Ledger, { index }: Proven): number => bundleOf(size - 1) - bundleOf(index) + 1;

/** The fields of entries after `index` whose text has one of these in it. */
async function* entriesWith(ledger: Ledger, index: number, words: string[], done: (bundle: number) => void): AsyncGenerator<[number, CanonObject]> {
  for (let n = bundleOf(index); n <= bundleOf(ledger.size - 1); n++) {
    const entries = await ledger.bundle(n);
    for (const [i, entry] of entries.entries()) {
      const at = n * TILE_WIDTH + i;
      if (at <= index) continue;
      const text = fromUtf8(entry);
      // Reading each as JSON would take seconds on a phone; a word that is there by chance is seen below.
      if (words.some((word) => text.includes(word))) yield [at, readCanon(utf8(text))];
    }
    done(n);
  }
}

/**
 * Looks whether a recorded ballot still counts. What is found is proven; that there is nothing else is as the
 * server tells it, for a proof of that is the whole log (`dauys verify`). Throws ApiError, LedgerError, or the
 * signal's reason. progress: bundles done, of bundlesToScan().
 */
export async function scanLater(ledger: Ledger, { index, entry }: Proven, progress: (done: number) => void, signal?: AbortSignal): Promise<Later> {
  const { cat, pk } = readCanon(entry);
  let found: Later = { state: "last" };
  const samePass = (fields: CanonObject): boolean => fields.t === "ballot" && fields.cat === cat && fields.pk === pk;
  const first = bundleOf(index);
  for await (const [at, fields] of entriesWith(ledger, index, [`"pk":"${pk}"`, '"t":"void"'], (n) => progress(n - first + 1))) {
    signal?.throwIfAborted();
    if (samePass(fields)) {
      await ledger.entry(at);
      found = { state: "superseded", index: at, rev: Number(fields.rev) };
    } else if (fields.t === "void" && samePass(readCanon((await ledger.entry(Number(fields.ref))).entry))) {
      await ledger.entry(at);
      return { state: "void", index: at };
    }
  }
  return found;
}
