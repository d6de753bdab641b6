/**
 * Goes through a whole ledger, entry by entry: its form, its order, its hashes, and one ballot a pass. Runs in
 * a worker. Entries are hashed by WebCrypto, many at once beside this thread, four times faster in Chromium than
 * one after the other in JavaScript; nodes by @noble/hashes, for one waits for another. Signatures of entries and
 * the count are not checked here, that is what `dauys verify` and scripts/recount.py do.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, equal } from "./bytes.ts";
import { type CanonObject, readCanon } from "./canon.ts";
import { leafHash } from "./merkle.ts";

/** Codes are those of PROTOCOL.md §6 and §8; index −1 stands for the whole. */
export interface Finding {
  code: string;
  index: number;
}

export interface CategoryCount {
  issued: number;
  cast: number;
  /** Passes that have voted. */
  passes: number;
}

export interface Report {
  size: number;
  /** Entries of each type. */
  types: Record<string, number>;
  categories: Record<string, CategoryCount>;
  /** The first hundred. */
  findings: Finding[];
}

/* What the page and the worker (workers/replay.ts) tell each other. */
export type ReplayOrder = { order: "start"; prefix: string; vkey: string } | { order: "pause" } | { order: "resume" };
export type ReplayNews =
  | { news: "progress"; done: number; size: number }
  | { news: "done"; report: Report; checkpoint: string }
  /** code: of the ledger (LedgerError) or of the connection (ApiError). */
  | { news: "failed"; code: string };

const FINDINGS_MAX = 100;
const TYPES = "genesis key revoke phase register nominate moderate issue ballot mark void erase unseal tally notice".split(" ");

export class Replay {
  readonly report: Report = { size: 0, types: {}, categories: {}, findings: [] };
  #at = 0;
  #leaves = 0;
  /** Hashes of the complete subtrees from the left, the largest first. */
  readonly #edge: Uint8Array[] = [];
  readonly #node = new Uint8Array(65).fill(1, 0, 1);
  /** The last rev of each pass, and who has been issued one: `<cat> <pk>` and `<cat> <p>`. */
  readonly #revs = new Map<string, number>();
  readonly #issued = new Set<string>();

  #find(code: string, index = this.report.size): void {
    if (this.report.findings.length < FINDINGS_MAX) this.report.findings.push({ code, index });
  }

  #hash(left: Uint8Array, right: Uint8Array): Uint8Array {
    this.#node.set(left, 1);
    this.#node.set(right, 33);
    return sha256(this.#node);
  }

  /** A leaf joins the complete subtrees to its left as often as its number ends in ones. */
  #grow(leaf: Uint8Array): void {
    let hash = leaf;
    for (let n = this.#leaves++; n % 2 === 1; n = Math.floor(n / 2)) hash = this.#hash(this.#edge.pop()!, hash);
    this.#edge.push(hash);
  }

  #category(fields: CanonObject): CategoryCount {
    return (this.report.categories[String(fields.cat)] ??= { issued: 0, cast: 0, passes: 0 });
  }

  #ballot(fields: CanonObject): void {
    const count = this.#category(fields);
    const pass = `${fields.cat} ${fields.pk}`;
    const last = this.#revs.get(pass);
    if (last === undefined && ++count.passes > count.issued) this.#find("passes_exceeded");
    if (last !== undefined && Number(fields.rev) <= last) this.#find("rev_stale");
    this.#revs.set(pass, Number(fields.rev));
    count.cast++;
  }

  #issue(fields: CanonObject): void {
    const person = `${fields.cat} ${fields.p}`;
    if (this.#issued.has(person)) this.#find("issued_twice");
    this.#issued.add(person);
    this.#category(fields).issued++;
  }

  #judge(entry: Uint8Array): void {
    let fields: CanonObject;
    try {
      fields = readCanon(entry);
    } catch {
      this.#find("not_canonical");
      return;
    }
    const type = String(fields.t);
    if (fields.v !== 1) this.#find("version_unknown");
    else if (!TYPES.includes(type)) this.#find("type_unknown");
    else if ((type === "genesis") !== (this.report.size === 0)) this.#find("genesis_place");
    this.report.types[type] = (this.report.types[type] ?? 0) + 1;
    if (typeof fields.at === "number") {
      if (fields.at < this.#at) this.#find("time_back");
      this.#at = Math.max(this.#at, fields.at);
    } else if (type !== "ballot") this.#find("fields_wrong");
    if (type === "ballot") this.#ballot(fields);
    if (type === "issue") this.#issue(fields);
  }

  /** The next entries; to be awaited before more are given. */
  async add(entries: Uint8Array[]): Promise<void> {
    const leaves = Promise.all(entries.map(leafHash)); // under way while the entries are judged
    for (const entry of entries) {
      this.#judge(entry);
      this.report.size++;
    }
    for (const leaf of await leaves) this.#grow(leaf);
  }

  root(): Uint8Array {
    const edge = [...this.#edge];
    let hash = edge.pop()!;
    while (edge.length > 0) hash = this.#hash(edge.pop()!, hash);
    return hash;
  }

  /** After the last entry: whether this is the tree that was signed. */
  finish(root: Bytes): Report {
    if (!equal(this.root(), root)) this.#find("root_mismatch", -1);
    return this.report;
  }
}
