// A ledger gone through in the browser: the root, the counts, and each finding by its code.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { load } from './load.mjs';

const web = path.resolve(path.dirname(new URL(import.meta.url).pathname), '..');
const vectors = JSON.parse(readFileSync(path.join(web, '../server/ledger/vectors.json'), 'utf8'));
const { Replay } = await load('lib/replay.ts');
const { canon } = await load('lib/canon.ts');

const sha = (...parts) => new Uint8Array(crypto.createHash('sha256').update(Buffer.concat(parts)).digest());
const split = (n) => 2 ** Math.floor(Math.log2(n - 1));
const rootOf = (h) => h.length === 1 ? h[0] : sha(Uint8Array.of(1), rootOf(h.slice(0, split(h.length))), rootOf(h.slice(split(h.length))));
const bytes = (entry) => new Uint8Array(Buffer.from(typeof entry === 'string' ? entry : canon(entry)));

async function replay(entries, root) {
  const run = new Replay(), half = entries.length >> 1;
  await run.add(entries.slice(0, half).map(bytes));
  await run.add(entries.slice(half).map(bytes));
  return run.finish(root ?? rootOf(entries.map((entry) => sha(Uint8Array.of(0), bytes(entry)))));
}

const genesis = { v: 1, t: 'genesis', at: 5, origin: 'x', rules: 'r', staff: [] };
const issue = (p, at = 6) => ({ v: 1, t: 'issue', at, cat: 'a', ik: 'k', p, bh: 'b', sigs: [] });
const ballot = (pk, rev) => ({ v: 1, t: 'ballot', cat: 'a', pk, rev });

test('the root of every size to 70', async () => {
  for (let n = 1; n <= 70; n++) {
    const { findings } = await replay([genesis, ...Array.from({ length: n - 1 }, (_, i) => issue(`p${i}`))]);
    assert.deepEqual(findings, []);
  }
});

test('the vectors\' ledger is good, and counted by type', async () => {
  const { findings, size, types } = await replay(vectors.note.entries, new Uint8Array(Buffer.from(vectors.note.checkpoint.split('\n')[2], 'base64')));
  assert.deepEqual([findings, size, types], [[], 5, { genesis: 1, key: 4 }]);
});

test('passes and ballots of a category are counted', async () => {
  const { findings, categories } = await replay([genesis, issue('p1'), issue('p2'), ballot('one', 1), ballot('two', 1), ballot('one', 3)]);
  assert.deepEqual([findings, categories], [[], { a: { issued: 2, cast: 3, passes: 2 } }]);
});

for (const [code, entries, index] of [
  ['not_canonical', [genesis, '{"at":5,"t":"mark","v":1 }'], 1],
  ['version_unknown', [genesis, { v: 2, t: 'mark', at: 6 }], 1],
  ['type_unknown', [genesis, { v: 1, t: 'other', at: 6 }], 1],
  ['genesis_place', [genesis, { ...genesis, at: 6 }], 1],
  ['genesis_place', [{ v: 1, t: 'mark', at: 6 }], 0],
  ['fields_wrong', [genesis, { v: 1, t: 'mark' }], 1],
  ['time_back', [genesis, issue('p1', 9), issue('p2', 8), issue('p3', 9)], 2],
  ['issued_twice', [genesis, issue('p1'), issue('p1')], 2],
  ['passes_exceeded', [genesis, issue('p1'), ballot('one', 1), ballot('two', 1)], 3],
  ['rev_stale', [genesis, issue('p1'), ballot('one', 2), ballot('one', 2)], 3],
]) test(`${code} at ${index}`, async () => assert.deepEqual((await replay(entries)).findings, [{ code, index }]));

test('a changed entry is another tree', async () => {
  const root = rootOf([genesis, issue('p1')].map((entry) => sha(Uint8Array.of(0), bytes(entry))));
  assert.deepEqual((await replay([genesis, issue('p2')], root)).findings, [{ code: 'root_mismatch', index: -1 }]);
});
