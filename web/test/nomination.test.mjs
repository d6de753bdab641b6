// A nomination before it is sent: what is accepted, what is asked next, what goes over the wire.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const n = await load('lib/nomination.ts');
const filled = {
  ...n.EMPTY, ngo: { id: 'n1', name: { kk: 'а', ru: 'б', en: 'c' }, bin: '', region: 'KZ-71', status: 'ACTIVE' },
  cat: 'youth', tie: 'none', text: 'Ұйым '.repeat(20), links: [' https://example.kz/a ', ''], processing: true,
};

for (const [text, fault] of [
  ['қ'.repeat(49), 'short'], ['қ'.repeat(50), null], ['😀'.repeat(4000), null], ['😀'.repeat(4001), 'long'],
  [`${'a'.repeat(60)}\u202egnp.exe`, 'bidi'], [`${'a'.repeat(60)}${'\u0301'.repeat(3000)}`, 'marks'],
  [`a${'\u0301'.repeat(10000)}`, 'long'], [`${' '.repeat(100)}short`, 'short'], ['<script>alert(1)</script>'.repeat(3), null],
]) test(`a text of ${[...text].length} signs (${[...text.slice(0, 4)].join('')}…): ${fault ?? 'accepted'}`, () => assert.equal(n.textFault(text), fault));

test('a text goes out composed, its line breaks kept and its control characters gone', () => {
  assert.equal(n.cleanText('  и\u0306 \r\nтағы\u0000жол \t\n'), 'й\nтағы жол');
});

for (const [link, good] of [
  ['https://example.kz/a?b=c', true], ['https://пример.kz/', true], ['http://example.kz/', false], ['javascript:alert(1)', false],
  ['https://user@example.kz/', false], ['https://localhost/', false], ['https://example.kz:8443/', false], ['https://127.0.0.1/', false], ['example.kz', false],
  [`https://example.kz/${'a'.repeat(500)}`, false], ['https://example.kz/\u202e', false],
]) test(`link ${link.slice(0, 40)}: ${good}`, () => assert.equal(n.isLink(link), good));

// The numbers of domain.md §3.
for (const [bin, good] of [
  ['160340000001', true], ['990140000806', true], ['200141000004', true], ['230242000004', true], ['160340000002', false],
  ['990140000820', false], ['990140000829', false], ['991231100000', false], ['16034000000', false], ['😀60340000001', false],
]) test(`BIN ${bin}: ${good}`, () => assert.equal(n.isBin(bin), good));

test('the next question is the first without an answer, and signing in comes before writing', () => {
  assert.equal(n.nextQuestion(n.EMPTY, false), 'sign_in');
  assert.equal(n.nextQuestion(n.EMPTY, true), 'ngo');
  assert.equal(n.nextQuestion({ ...filled, tie: '' }, true), 'who');
  assert.equal(n.nextQuestion({ ...filled, links: ['ftp://x'] }, true), 'why');
  assert.equal(n.nextQuestion(filled, true), 'check');
  assert.equal(n.nextQuestion(filled, false), 'sign_in');
});

test('a link goes out encoded: nothing in it can leave an attribute', () => {
  assert.deepEqual(n.givenLinks([' https://пример.kz/"><script> ', '']), ['https://xn--e1afmkfd.kz/%22%3E%3Cscript%3E']);
  assert.ok(n.isLink('https://пример.kz/"><script>'));
});

test('who comes back goes on where he was, unless something before it is missing', () => {
  assert.equal(n.resumeAt({ ...filled, at: 'why' }, true), 'why');
  assert.equal(n.resumeAt({ ...filled, at: 'why', tie: '' }, true), 'who');
  assert.equal(n.resumeAt({ ...filled, at: 'why' }, false), 'sign_in');
  assert.equal(n.resumeAt({ ...n.EMPTY }, true), 'ngo');
});

test('ties follow the rules: who may nominate, and whether related people may', () => {
  const ties = (rules) => n.tiesOf(rules).map(({ tie, refused }) => `${tie}${refused ? '-' : ''}`).join(' ');
  assert.equal(ties({ who: ['citizen'], own: 'flag' }), 'none staff head');
  assert.equal(ties({ who: ['citizen', 'ngo'], own: 'refuse' }), 'none staff- head- ngo');
  assert.equal(ties({ who: ['council', 'state_body'], own: 'allow' }), 'state_body council');
});

test('what is sent: both consents by version, publication only when given', () => {
  assert.deepEqual(n.toSend(filled), {
    cat: 'youth', ngo: 'n1', text: 'Ұйым '.repeat(20).trim(), links: ['https://example.kz/a'], as: 'citizen', relation: 'none',
    consents: { processing: 1, publication: 0 },
  });
  assert.equal(n.toSend({ ...filled, publication: true }).consents.publication, 1);
});
