// What the evaluation seals, and the order in which it shows nominees.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from './load.mjs';

const { inOrder } = await load('lib/order.ts');
const { plaintext, situation, tooMany, UNSURE } = await load('islands/evaluate/model.ts', { define: { __LANG__: '"kk"' } });
const { cases } = JSON.parse(readFileSync(new URL('../order-vectors.json', import.meta.url), 'utf8'));

test('nominees stand in the published order', async () => {
  assert.ok(cases.length >= 5);
  for (const { origin, cat, nominees, order } of cases) {
    const sorted = await inOrder(origin, cat, nominees.map((id) => ({ id })));
    assert.deepEqual(sorted.map(({ id }) => id), order, `${origin} ${cat}`);
  }
});

test('what is sealed has the form of its method, and nothing marked is no ballot', () => {
  for (const [method, choice, sealed] of [
    ['choose', { c: '17' }, { m: 'choose', c: '17' }],
    ['choose', {}, null],
    ['approve', { a: ['9', '17'] }, { m: 'approve', a: ['17', '9'] }], // by bytes
    ['approve', { a: [] }, null],
    ['points', { p: { 17: 3, 9: 0 } }, { m: 'points', p: { 17: 3 } }],
    ['points', { p: { 9: 0 } }, null],
    ['rank', { o: ['9', '17'] }, { m: 'rank', o: ['9', '17'] }],
    ['rank', { o: [] }, null],
    ['score', { s: { 17: { a: 4, b: UNSURE }, 9: { a: UNSURE } } }, { m: 'score', s: { 17: { a: 4 } } }],
    ['score', { s: { 9: { a: UNSURE } } }, null],
  ]) assert.deepEqual(plaintext({ method }, choice), sealed, `${method} ${JSON.stringify(choice)}`);
});

test('a ballot that would be spoiled is told from one that is not', () => {
  for (const [rules, choice, wrong] of [
    [{ method: 'approve', at_most: 2 }, { a: ['1', '2'] }, false],
    [{ method: 'approve', at_most: 2 }, { a: ['1', '2', '3'] }, true],
    [{ method: 'points', sum: 10 }, { p: { 1: 4, 2: 6 } }, false],
    [{ method: 'points', sum: 10 }, { p: { 1: 5, 2: 6 } }, true],
    [{ method: 'rank', at_most: 1 }, { o: ['1', '2'] }, true],
    [{ method: 'score', at_most: 1 }, { s: { 1: { a: 1 }, 2: { a: UNSURE } } }, false],
    [{ method: 'score', at_most: 1 }, { s: { 1: { a: 1 }, 2: { a: 2 } } }, true],
  ]) assert.equal(tooMany(rules, choice), wrong, JSON.stringify([rules, choice]));
});

test('the window follows the ledger, and the clock only between an instant and its entry', () => {
  const now = Math.floor(Date.now() / 1000);
  const of = (phase) => situation({ phases: [{ id: 'evaluation', paused: false, opens: now - 60, closes: now + 60, ...phase }] });
  assert.equal(of({ state: 'open' }), 'open');
  assert.equal(of({ state: 'open', paused: true }), 'paused');
  assert.equal(of({ state: 'open', closes: now - 1 }), 'closed');
  assert.equal(of({ state: 'closed', closes: now + 60 }), 'closed');
  assert.equal(of({ state: 'scheduled', opens: now + 30 }), 'before');
  assert.equal(of({ state: 'unscheduled', opens: null, closes: null }), 'unscheduled');
  assert.equal(situation({ phases: [] }), 'unscheduled');
});

test('an instant belongs to what begins with it', (t) => {
  const at = 1_800_000_000;
  t.mock.method(Date, 'now', () => at * 1000);
  const of = (phase) => situation({ phases: [{ id: 'evaluation', paused: false, opens: at - 60, closes: at + 60, ...phase }] });
  assert.equal(of({ state: 'open', closes: at }), 'closed');
  assert.equal(of({ state: 'scheduled', opens: at }), 'open');
});
