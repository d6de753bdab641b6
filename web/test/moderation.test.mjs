// A decision before it is signed: what may be decided, what is missing, what is signed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const m = await load('islands/moderation/model.ts');
const { canon } = await load('lib/canon.ts');
const text = { kk: 'Дәлел жоқ.', ru: 'Нет доказательств.', en: 'No evidence.' };
const draft = { ...m.NO_DECISION, d: 'return', code: 'evidence', text };

test('what can be decided follows the state', () => {
  assert.deepEqual(m.decisionsIn('received'), ['admit', 'return', 'refuse', 'merge', 'withdraw']);
  assert.deepEqual(m.decisionsIn('appealed'), ['reopen']);
  for (const state of ['admitted', 'merged', 'withdrawn', 'erased']) assert.deepEqual(m.decisionsIn(state), [], state);
});

test('refusing and reopening take two', () => {
  assert.deepEqual(['admit', 'return', 'refuse', 'merge', 'withdraw', 'reopen'].map(m.signersOf), [1, 1, 2, 1, 1, 2]);
});

for (const [name, change, where] of [
  ['no decision', { d: '' }, 'd'], ['no code', { code: '' }, 'code'], ['merged with nothing', { d: 'merge' }, 'into'], ['no Kazakh', { text: { ...text, kk: ' ' } }, 'kk'],
  ['bidi signs', { text: { ...text, ru: 'a\u202eb' } }, 'ru'], ['2,001 signs', { text: { ...text, en: 'a'.repeat(2001) } }, 'en'],
]) test(`a decision is not ready: ${name}`, () => {
  const faults = m.draftFaults({ ...draft, ...change });
  assert.ok(faults[where] || faults.text[where]);
});

test('a decision that is ready: its reason in one line, its entry canonical', () => {
  assert.equal(m.draftFaults(draft), null);
  const payload = m.payloadOf({ ...draft, text: { ...text, en: 'No\nevidence,  и\u0306.' } });
  assert.equal(payload.text.en, 'No evidence, й.');
  assert.doesNotThrow(() => canon(payload));
  assert.equal(canon(m.actOf(7, draft, 'AA==', 40)), '{"c":"AA==","d":"return","ref":7,"seen":40,"t":"moderate","v":1}');
  assert.equal(m.actOf(7, { ...draft, d: 'merge', into: 3 }, 'AA==', 40).into, 3);
});

test('a waiting payload that is no reason is not shown as one', () => {
  assert.equal(m.reasonOf(JSON.stringify({ code: 'x', text })).text.ru, text.ru);
  for (const payload of [null, '', '[]', '{"code":1,"text":{}}', '{"code":"x","text":{"kk":"a"}}', 'nul']) assert.equal(m.reasonOf(payload), null, payload);
});
