/** A campaign's ledger as one checkpoint sees it: entries come with their proof, under the pinned log key. */
import { type Bytes, equal, fromUtf8 } from "./bytes.ts";
import { type FetchFile, leafHash, readBundle, TILE_WIDTH, tilePath, Tree, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { type Checkpoint, type NoteFault, type NoteKey, openCheckpoint } from "./note.ts";

/** The ledger is not what its key signed: never a matter of the network (that is ApiError). */
export class LedgerError extends Error {
  readonly code: NoteFault | "bundle" | "proof" | "missing";
  constructor(code: LedgerError["code"]) {
    super(`ledger: ${code}`);
    this.code = code;
  }
}

export interface Proven {
  index: number;
  entry: Bytes;
  leaf: Bytes;
  proof: Uint8Array[];
}

export class Ledger {
  readonly checkpoint: Checkpoint;
  readonly key: NoteKey;
  readonly #fetch: FetchFile;
  readonly #tree: Tree;

  /** With a checkpoint that openCheckpoint() has opened. */
  constructor(fetch: FetchFile, key: NoteKey, checkpoint: Checkpoint) {
    this.#fetch = fetch;
    this.key = key;
    this.checkpoint = checkpoint;
    this.#tree = new Tree(checkpoint.size, fetch);
  }

  /** With the newest checkpoint. Throws LedgerError when it is not signed by this key; what fetch throws otherwise. */
  static async open(fetch: FetchFile, key: NoteKey): Promise<Ledger> {
    let note: string;
    const bytes = await fetch("checkpoint");
    try {
      note = fromUtf8(bytes);
    } catch {
      throw new LedgerError("malformed");
    }
    const checkpoint = await openCheckpoint(note, key);
    if ("fault" in checkpoint) throw new LedgerError(checkpoint.fault);
    return new Ledger(fetch, key, checkpoint);
  }

  get size(): number {
    return this.checkpoint.size;
  }

  /** The entries 256·n …, as served: not proven. */
  async bundle(n: number): Promise<Uint8Array[]> {
    const width = Math.min(TILE_WIDTH, this.size - n * TILE_WIDTH);
    const entries = readBundle(await this.#fetch(tilePath("entries", n, this.size)));
    if (entries === null || entries.length < width) throw new LedgerError("bundle");
    return entries.slice(0, width);
  }

  /** The inclusion proof of this entry at this index; throws LedgerError("proof") when it does not hold. */
  async prove(entry: Uint8Array, index: number): Promise<Proven> {
    if (index >= this.size) throw new LedgerError("missing");
    const leaf = await leafHash(entry);
    const proof = await this.#tree.inclusionProof(index);
    if (!(await verifyInclusion(leaf, index, this.size, proof, this.checkpoint.root))) throw new LedgerError("proof");
    return { index, entry: new Uint8Array(entry), leaf, proof };
  }

  /** The entry at an index, proven. The bundle of 256 is asked for, so the server does not learn which. */
  async entry(index: number): Promise<Proven> {
    if (index >= this.size) throw new LedgerError("missing");
    const entries = await this.bundle(Math.floor(index / TILE_WIDTH));
    return this.prove(entries[index % TILE_WIDTH]!, index);
  }

  /** True when an older checkpoint of the log is this one's beginning: nothing was taken away or changed. */
  async continues(older: Checkpoint): Promise<boolean> {
    if (older.size > this.size) return false;
    if (older.size === this.size) return equal(older.root, this.checkpoint.root);
    const proof = await this.#tree.consistencyProof(older.size);
    return verifyConsistency(older.size, this.size, proof, older.root, this.checkpoint.root);
  }
}
