/**
 * Proofs of RFC 6962 §2.1, checked, and made from fetched hash tiles (PROTOCOL.md §1). Tiles need not be
 * trusted: a proof made from wrong ones does not lead to the signed root.
 */
import { type Bytes, equal, sha256 } from "./bytes.ts";

export const TILE_WIDTH = 256;
export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const leafHash = (entry: Uint8Array): Promise<Bytes> => sha256(LEAF, entry);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(NODE, left, right);

const half = (n: number): number => Math.floor(n / 2); // sizes go past what >> can do

/** RFC 9162 §2.1.3.2; refuses a proof with a hash too many or too few. */
export async function verifyInclusion(leaf: Uint8Array, index: number, size: number, proof: Uint8Array[], root: Uint8Array): Promise<boolean> {
  if (index < 0 || index >= size) return false;
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = await nodeHash(sibling, hash);
      for (; node % 2 === 0 && node !== 0; node = half(node)) last = half(last);
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(hash, root);
}

const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n));

/** RFC 9162 §2.1.4.2: the tree of size `from` is the beginning of that of size `to`. */
export async function verifyConsistency(
  from: number,
  to: number,
  proof: Uint8Array[],
  fromRoot: Uint8Array,
  toRoot: Uint8Array,
): Promise<boolean> {
  if (from === to) return proof.length === 0 && equal(fromRoot, toRoot);
  if (from < 1 || from > to) return false;
  const [first, ...path] = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof;
  if (first === undefined) return false;
  let [node, last] = [from - 1, to - 1];
  for (; node % 2 === 1; node = half(node)) last = half(last);
  let [older, newer] = [first, first];
  for (const hash of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      older = await nodeHash(hash, older);
      newer = await nodeHash(hash, newer);
      for (; node % 2 === 0 && node !== 0; node = half(node)) last = half(last);
    } else {
      newer = await nodeHash(newer, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && equal(older, fromRoot) && equal(newer, toRoot);
}

/** `tile/<level>/<index>[.p/<width>]` in a tree of this size; level "entries" for bundles. */
export function tilePath(level: number | "entries", index: number, size: number): string {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === "entries" ? 0 : level));
  const width = Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH);
  const groups = [String(index % 1000).padStart(3, "0")];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) groups.unshift(`x${String(rest % 1000).padStart(3, "0")}`);
  return `tile/${level}/${groups.join("/")}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
}

/** Gives a file of the ledger by its path under the prefix; throws when it can't. */
export type FetchFile = (path: string) => Promise<Bytes>;

/** The tree of one size, over tiles that are fetched once each, when needed. */
export class Tree {
  readonly size: number;
  readonly #fetch: FetchFile;
  readonly #tiles = new Map<string, Promise<Bytes>>();

  constructor(size: number, fetch: FetchFile) {
    this.size = size;
    this.#fetch = fetch;
  }

  /** The hash of the complete subtree of 2^level leaves from index·2^level on. */
  async #complete(level: number, index: number): Promise<Uint8Array> {
    const tileLevel = Math.floor(level / 8);
    const inTile = level % 8;
    // Up to eight levels are inside one tile: computed from its hashes.
    const first = index * 2 ** inTile;
    const path = tilePath(tileLevel, Math.floor(first / TILE_WIDTH), this.size);
    let tile = this.#tiles.get(path);
    if (tile === undefined) this.#tiles.set(path, (tile = this.#fetch(path)));
    const bytes = await tile;
    let hashes = Array.from({ length: 2 ** inTile }, (_, i) => {
      const at = ((first + i) % TILE_WIDTH) * HASH_BYTES;
      return bytes.subarray(at, at + HASH_BYTES);
    });
    while (hashes.length > 1) hashes = await Promise.all(hashes.filter((_, i) => i % 2 === 0).map((left, i) => nodeHash(left, hashes[2 * i + 1]!)));
    return hashes[0]!;
  }

  /** The hash over the leaves begin … end − 1, begin being a place where the tree splits. */
  async #range(begin: number, end: number): Promise<Uint8Array> {
    const width = end - begin;
    if (isPowerOfTwo(width)) return this.#complete(Math.log2(width), begin / width);
    const left = split(width);
    return nodeHash(await this.#range(begin, begin + left), await this.#range(begin + left, end));
  }

  root(): Promise<Uint8Array> {
    return this.#range(0, this.size);
  }

  /** Siblings from the leaf up. */
  async inclusionProof(index: number): Promise<Uint8Array[]> {
    if (index < 0 || index >= this.size) throw new RangeError("merkle: index");
    const proof: Promise<Uint8Array>[] = [];
    for (let [begin, end] = [0, this.size]; end - begin > 1; ) {
      const middle = begin + split(end - begin);
      proof.unshift(index < middle ? this.#range(middle, end) : this.#range(begin, middle));
      if (index < middle) end = middle;
      else begin = middle;
    }
    return Promise.all(proof);
  }

  /** That the tree of size `from` (1 … size) is this one's beginning. */
  async consistencyProof(from: number): Promise<Uint8Array[]> {
    if (from < 1 || from > this.size) throw new RangeError("merkle: size");
    const proof: Promise<Uint8Array>[] = [];
    let [begin, end] = [0, this.size];
    while (from !== end) {
      const middle = begin + split(end - begin);
      proof.unshift(from <= middle ? this.#range(middle, end) : this.#range(begin, middle));
      if (from <= middle) end = middle;
      else begin = middle;
    }
    if (begin > 0) proof.unshift(this.#range(begin, end));
    return Promise.all(proof);
  }
}

/** The largest power of two below n > 1. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The entries of a bundle; null when lengths and bytes do not fit. */
export function readBundle(bytes: Uint8Array): Uint8Array[] | null {
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 2 > bytes.length) return null;
    const end = at + 2 + ((bytes[at]! << 8) | bytes[at + 1]!);
    if (end > bytes.length) return null;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

