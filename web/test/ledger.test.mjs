// Proofs, notes and receipts: every tree to 70 leaves, the published vectors, and what must be refused.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { load } from './load.mjs';

const web = path.resolve(path.dirname(new URL(import.meta.url).pathname), '..');
const vectors = JSON.parse(readFileSync(path.join(web, '../server/ledger/vectors.json'), 'utf8'));
const merkle = await load('lib/merkle.ts');
const note = await load('lib/note.ts');
const receipts = await load('lib/receipt.ts');
const { Ledger } = await load('lib/ledger.ts');

const sha = (...parts) => new Uint8Array(crypto.createHash('sha256').update(Buffer.concat(parts)).digest());
const leaf = (entry) => sha(Uint8Array.of(0), entry);
const node = (l, r) => sha(Uint8Array.of(1), l, r);
const split = (n) => 2 ** Math.floor(Math.log2(n - 1));
const rootOf = (h) => h.length === 1 ? h[0] : node(rootOf(h.slice(0, split(h.length))), rootOf(h.slice(split(h.length))));
const pathOf = (m, h) => {
  if (h.length === 1) return [];
  const k = split(h.length);
  return m < k ? [...pathOf(m, h.slice(0, k)), rootOf(h.slice(k))] : [...pathOf(m - k, h.slice(k)), rootOf(h.slice(0, k))];
};
const subOf = (m, h, whole) => {
  if (m === h.length) return whole ? [] : [rootOf(h)];
  const k = split(h.length);
  return m <= k ? [...subOf(m, h.slice(0, k), whole), rootOf(h.slice(k))] : [...subOf(m - k, h.slice(k), false), rootOf(h.slice(0, k))];
};

/** The files of a log with these entries, written as PROTOCOL.md §1 says; asked counts what was fetched. */
function log(entries, asked = []) {
  const levels = [entries.map(leaf)];
  while (levels.at(-1).length >= 256) {
    const below = levels.at(-1);
    levels.push(Array.from({ length: Math.floor(below.length / 256) }, (_, i) => rootOf(below.slice(256 * i, 256 * i + 256))));
  }
  return async (name) => {
    asked.push(name);
    const [, level, index, width = '256'] = /^tile\/([0-9]+|entries)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(name);
    const n = Number(index.replaceAll(/[x/]/g, ''));
    const from = 256 * n, to = from + Number(width);
    if (level !== 'entries') {
      if (to > levels[level].length) throw new Error(name);
      return new Uint8Array(Buffer.concat(levels[level].slice(from, to)));
    }
    if (to > entries.length) throw new Error(name);
    return new Uint8Array(Buffer.concat(entries.slice(from, to).flatMap((e) => [Uint8Array.of(e.length >> 8, e.length), e])));
  };
}
const some = (n) => Array.from({ length: n }, (_, i) => new Uint8Array(Buffer.from(`entry ${i}`)));

test('proofs from tiles are those of RFC 6962, and no other proof is accepted', async () => {
  for (const n of [1, 2, 3, 5, 8, 31, 64, 70]) {
    const entries = some(n), leaves = entries.map(leaf), root = rootOf(leaves), tree = new merkle.Tree(n, log(entries));
    assert.deepEqual(await tree.root(), root);
    for (let m = 0; m < n; m++) {
      const proof = await tree.inclusionProof(m);
      assert.deepEqual(proof, pathOf(m, leaves));
      assert.ok(await merkle.verifyInclusion(leaves[m], m, n, proof, root));
      if (n > 1) assert.ok(!await merkle.verifyInclusion(leaves[m], (m + 1) % n, n, proof, root));
      assert.ok(!await merkle.verifyInclusion(leaves[m], m, n, [...proof, root], root));
      if (n > 1) assert.ok(!await merkle.verifyInclusion(leaves[m], m, n, proof.slice(1), root));
      if (n > 1) assert.ok(!await merkle.verifyInclusion(root, m, n, [], root), 'a node passed off as a leaf');
      assert.ok(!await merkle.verifyInclusion(leaves[m], n, n, proof, root));
    }
    for (let m = 1; m <= n; m++) {
      const proof = await tree.consistencyProof(m);
      assert.deepEqual(proof, m === n ? [] : subOf(m, leaves, true));
      const old = rootOf(leaves.slice(0, m));
      assert.ok(await merkle.verifyConsistency(m, n, proof, old, root));
      const other = rootOf(leaves.slice(0, m).with?.(m - 1, leaf(Buffer.from('x'))) ?? leaves.slice(0, m).reverse());
      if (m > 1) assert.ok(!await merkle.verifyConsistency(m, n, proof, other, root));
      assert.ok(!await merkle.verifyConsistency(m, n, [...proof, root], old, root));
    }
  }
});

test('a large log: tiles of three levels, few of them fetched', async () => {
  const entries = some(66000), leaves = entries.map(leaf), asked = [], tree = new merkle.Tree(66000, log(entries, asked));
  for (const m of [0, 255, 256, 65535, 65536, 65999])
    assert.ok(await merkle.verifyInclusion(leaves[m], m, 66000, await tree.inclusionProof(m), rootOf(leaves)), `${m}`);
  for (const m of [1, 256, 65535, 65536, 65537, 66000])
    assert.ok(await merkle.verifyConsistency(m, 66000, await tree.consistencyProof(m), rootOf(leaves.slice(0, m)), rootOf(leaves)), `${m}`);
  assert.equal(new Set(asked).size, asked.length, 'each tile once');
  assert.ok(asked.length < 12, `${asked}`);
});

test('addresses of tiles', () => {
  assert.equal(merkle.tilePath(0, 5, 6 * 256), 'tile/0/005');
  assert.equal(merkle.tilePath(0, 1234067, 1234068 * 256), 'tile/0/x001/x234/067');
  assert.equal(merkle.tilePath(1, 0, 300 * 256), 'tile/1/000');
  assert.equal(merkle.tilePath(1, 1, 300 * 256 + 7), 'tile/1/001.p/44');
  assert.equal(merkle.tilePath('entries', 1, 300), 'tile/entries/001.p/44');
});

test('bundles whose lengths do not fit are refused', () => {
  assert.deepEqual(merkle.readBundle(Uint8Array.of(0, 1, 7, 0, 0)), [Uint8Array.of(7), new Uint8Array(0)]);
  assert.equal(merkle.readBundle(Uint8Array.of(0, 2, 7)), null);
  assert.equal(merkle.readBundle(Uint8Array.of(0)), null);
});

const key = await note.readVkey(vectors.note.verifier_key);

test('the checkpoint of the vectors opens, and changed ones say what is wrong', async () => {
  const head = await note.openCheckpoint(vectors.note.checkpoint, key);
  assert.equal(head.size, 5);
  assert.deepEqual(head.root, rootOf(vectors.note.entries.map((e) => leaf(Buffer.from(e)))));
  const change = async (f) => (await note.openCheckpoint(f(vectors.note.checkpoint), key)).fault;
  assert.equal(await change((t) => t.replace('\n5\n', '\n6\n')), 'signature');
  assert.equal(await change((t) => t.replace('— ledger.example', '— other.example')), 'key');
  assert.equal(await change((t) => t.replace('\n\n', '\n')), 'malformed');
  assert.equal(await change((t) => t.slice(0, -1)), 'malformed');
  assert.equal(await change((t) => `${t}— x\n`), 'malformed');
  assert.equal(await change((t) => `${t}— other.example AAAAAAAA\n`), undefined);
  assert.equal(await change((t) => `\r${t}`), 'malformed');
  assert.equal(await note.readVkey(vectors.note.verifier_key.replace('51e598c6', '51e598c7')), null);
  assert.equal(await note.readVkey(''), null);
  assert.equal(note.countOtherSignatures(`${vectors.note.checkpoint}— other.example AAAAAAAA\n`, key), 1);
});

test('the receipt of the vectors holds; made again it is the same bytes; a changed one does not', async () => {
  const { proof: text, index } = vectors.receipt;
  const receipt = receipts.readReceipt(text);
  assert.equal(receipt.index, index);
  assert.equal((await receipts.checkReceipt(receipt, key)).size, 5);
  const entries = vectors.note.entries.map((e) => new Uint8Array(Buffer.from(e)));
  const ledger = await Ledger.open(async (name) => name === 'checkpoint' ? new TextEncoder().encode(vectors.note.checkpoint) : log(entries)(name), key);
  assert.equal(receipts.writeReceipt(await ledger.entry(index), ledger.checkpoint), text);
  assert.equal((await receipts.checkReceipt({ ...receipt, index: 2 }, key)).fault, 'proof');
  assert.equal((await receipts.checkReceipt({ ...receipt, entry: entries[0] }, key)).fault, 'proof');
  for (const bad of ['', text.replace('index 3', 'index 03'), text.replace('@v1', '@v2'), text.replace('extra ', 'extra  '), text.replace('\n\n', '\n')])
    assert.equal(receipts.readReceipt(bad), null);
  await assert.rejects(ledger.entry(5), { code: 'missing' });
  await assert.rejects(ledger.prove(entries[1], 2), { code: 'proof' });
});

test('an older checkpoint is continued or not', async () => {
  const entries = some(300), fetch = log(entries);
  const of = (list) => ({ origin: 'x', size: list.length, root: rootOf(list.map(leaf)), note: '' });
  const ledger = new Ledger(fetch, key, of(entries));
  for (const n of [1, 256, 299, 300]) assert.ok(await ledger.continues(of(entries.slice(0, n))), `${n}`);
  assert.ok(!await ledger.continues(of([...entries.slice(0, 200), new Uint8Array(3)])));
  assert.ok(!await ledger.continues(of(some(301))));
});

test('the short code names its entry and no other', () => {
  for (let i = 0; i < 200; i++) {
    const index = crypto.randomInt(2 ** 32), hash = new Uint8Array(crypto.randomBytes(32));
    const text = receipts.writeShortCode(index, hash);
    assert.match(text, /^[0-9A-HJKMNP-TV-Z]{16}$/);
    const code = receipts.readShortCode(`${text.slice(0, 8).toLowerCase()}\n${text.slice(8)}`);
    assert.equal(code.index, index);
    assert.ok(receipts.codeFits(code, hash));
    assert.ok(!receipts.codeFits(code, new Uint8Array(crypto.randomBytes(32))));
  }
  for (const bad of ['', '0', '0'.repeat(17), `${receipts.writeShortCode(7, new Uint8Array(32)).slice(0, 15)}U`]) assert.equal(receipts.readShortCode(bad), null);
});
