// Nominating over HTTP: a text, its commitment, its limits; my page; disputes; erasure. In a demo of the nomination phase.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Citizen, nominee, text } from './citizen.mjs';
import { refused } from './described.mjs';
import { assertPrivate } from './privacy.mjs';
import { root, Server, until } from './server.mjs';
import { Ledger } from './voter.mjs';

let server, anna, boris, vera, first;
const entry = async (index) => {
  const ledger = new Ledger(server), checkpoint = await ledger.checkpoint();
  return JSON.parse(await ledger.entry(index, checkpoint.size));
};
const size = async () => (await new Ledger(server).checkpoint()).size;

before(async () => {
  const rules = ({ nomination }) => Object.assign(nomination, { who: ['citizen', 'council_member'], own: 'refuse', per_person: 5 });
  server = await Server.make({ create: ['--phase', 'nomination'], rules });
  [anna, boris, vera] = await Promise.all(server.codes.map((code) => new Citizen(server, code).signIn()));
});
after(() => server?.destroy());

test('a nomination is an entry; the text stays with the registrar', async () => {
  const made = await anna.nominate('n00001', 'youth');
  assert.equal(made.status, 201, made.text);
  first = made.json.index;
  assert.deepEqual([made.json.nominee, made.json.support, made.json.state], [first, false, 'received']);
  const logged = await entry(first);
  assert.deepEqual([logged.t, logged.cat, logged.ngo], ['nominate', 'youth', 'n00001']);
  const shown = (await nominee(server, first)).json;
  assert.deepEqual([shown.id, shown.state, shown.text, shown.payload, shown.salt, shown.c], [String(first), 'received', null, null, null, logged.c]);
  const mine = await anna.mine(first);
  assert.deepEqual([mine.state, mine.support, mine.text, mine.can], ['received', false, text('n00001 youth'), ['withdraw']]);
  assert.equal((await boris.me()).json.nominations.length, 0);
});

test('the same again is the same entry, whatever the text', async () => {
  const before_ = await size();
  for (const more of [{}, { text: text('another') }]) {
    const again = await anna.nominate('n00001', 'youth', more);
    assert.deepEqual([again.status, again.json.index], [200, first]);
  }
  const both = await Promise.all([anna.nominate('n00003', 'youth'), anna.nominate('n00003', 'youth')]);
  const good = both.filter((answer) => answer.status < 300);
  assert.ok(good.length >= 1);
  assert.equal(new Set(good.map((answer) => answer.json.index)).size, 1);
  assert.equal(await size(), before_ + 1);
});

test('a second person supports', async () => {
  const made = await boris.nominate('n00001', 'youth');
  assert.deepEqual([made.status, made.json.nominee, made.json.support], [201, first, true]);
  assert.equal((await nominee(server, first)).json.supporters, 2);
  refused(await nominee(server, made.json.index), 404, 'nomination_unknown');
  const mine = await boris.mine(made.json.index);
  assert.deepEqual([mine.support, mine.nominee, mine.can], [true, first, ['withdraw']]);
  const withdrawn = await boris.post('/me/nominations/{index}/withdraw', {}, made.json.index);
  assert.deepEqual([withdrawn.status, withdrawn.json.state], [200, 'withdrawn']);
  assert.deepEqual([(await boris.mine(made.json.index)).state, (await boris.mine(made.json.index)).can], ['withdrawn', []]);
});

test('nobody acts on what is not his', async () => {
  for (const [pattern, body] of [['/me/nominations/{index}/complete', { text: text('x'), links: [] }],
    ['/me/nominations/{index}/withdraw', {}], ['/me/nominations/{index}/appeal', { text: 'why' }]]) {
    refused(await vera.post(pattern, body, first), 404, 'nomination_unknown');
    refused(await vera.post(pattern, body, 4000000), 404, 'nomination_unknown');
    refused(await vera.post(pattern, body, 'x'), 404, 'nomination_unknown');
  }
  refused(await anna.post('/me/nominations/{index}/complete', { text: text('x'), links: [] }, first), 409, 'not_returned');
  refused(await anna.post('/me/nominations/{index}/appeal', { text: 'why' }, first), 409, 'nomination_not_refused');
  const nobody = new Citizen(server, 'none');
  nobody.token = Buffer.alloc(32).toString('base64');
  for (const answer of [await nobody.me(), await nobody.nominate('n00001', 'youth'), await nobody.post('/me/erasure', {}), await nobody.post('/me/disputes', { cat: 'youth', text: 'x' })])
    refused(answer, 401, 'signed_out');
});

test('what the rules and the register do not know is refused with a reason', async () => {
  const cases = [
    [{ ngo: 'n99999' }, 404, 'ngo_unknown'], [{ cat: 'nope' }, 404, 'unknown_category'],
    [{ as: 'king' }, 400, 'malformed'], [{ relation: 'friend' }, 400, 'malformed'], [{ more: 1 }, 400, 'malformed'],
    [{ as: 'ngo', relation: 'head' }, 403, 'nominator_not_allowed'], [{ as: 'state_body' }, 403, 'nominator_not_allowed'],
    [{ relation: 'head' }, 403, 'own_nomination'], [{ as: 'council', relation: 'staff' }, 403, 'own_nomination'],
    [{ consents: { processing: 0, publication: 1 } }, 400, 'consent_missing'], [{ consents: { processing: 1 } }, 400, 'malformed'],
    [{ consents: { processing: 1, publication: -1 } }, 400, 'malformed'], [{ consents: { processing: 1.5, publication: 0 } }, 400, 'malformed'],
  ];
  const before_ = await size();
  for (const [more, status, code] of cases) refused(await vera.nominate('n00002', 'health', more), status, code);
  assert.equal(await size(), before_);
});

test('hostile texts are refused in every field', async () => {
  const long = text('x');
  const bad = [
    ['a'.repeat(4001), 'text_not_allowed'], [' '.repeat(60), 'text_not_allowed'], ['\u200b'.repeat(60), 'text_not_allowed'],
    [`${long}x${'\u0316'.repeat(10)}`, 'text_not_allowed'], [`${long}\u202egnp.exe`, 'malformed'], [`${long}\u2066`, 'malformed'],
    [`${long}\u0000`, 'malformed'], [`${long}\r\n`, 'malformed'], [`${long}\u0007`, 'malformed'], [`${long}e\u0301`, 'malformed'],
    [`${long}x${'\u0316'.repeat(10000)}`, 'text_not_allowed'],
  ];
  for (const [value, code] of bad) {
    refused(await vera.nominate('n00002', 'health', { text: value }), 400, code);
    refused(await vera.post('/me/disputes', { cat: 'youth', text: value }), 400, code);
    refused(await anna.post('/me/nominations/{index}/appeal', { text: value }, first), code === 'malformed' ? 400 : 409, code === 'malformed' ? code : 'nomination_not_refused');
  }
  for (const link of ['http://example.kz', 'javascript:alert(1)', 'https://user@example.kz/', 'https://127.0.0.1/', 'https://example.kz/"><script>', 'https://exa mple.kz', `https://example.kz/${'a'.repeat(500)}`, 'https://пример.kz', 7, null, {}])
    refused(await vera.nominate('n00002', 'health', { links: [link] }), 400, 'link_not_allowed');
  refused(await vera.nominate('n00002', 'health', { links: Array(6).fill('https://example.kz') }), 400, 'malformed');
  for (const ngo of ["n'; DROP TABLE nomination;--", '<script>', '🏆', '../n00001', 'n00001\u0000'])
    assert.ok((await vera.nominate(ngo, 'health')).status >= 400, ngo);
  const huge = await server.post(server.api('/nominations'), JSON.stringify(vera.nomination('n00002', 'health', { text: 'a'.repeat(5 << 20) })), vera.headers).catch((error) => ({ status: 413, error }));
  assert.equal(huge.status, 413);
  const odd = `${long} '); DROP TABLE nomination;-- <script>alert(1)</script> {{name}} 🏆👩‍🌾 "\\`;
  const made = await vera.nominate('n00002', 'health', { text: odd });
  assert.equal(made.status, 201, made.text);
  assert.equal((await vera.mine(made.json.index)).text, odd);
});

test('limits a person', async () => {
  const had = (await vera.me()).json.nominations.length;
  for (let n = had; n < 5; n++)
    assert.equal((await vera.nominate(`n${String(20 + n).padStart(5, '0')}`, 'gender')).status, 201);
  refused(await vera.nominate('n00070', 'gender'), 409, 'nominations_exceeded');
  assert.equal((await vera.me()).json.nominations.length, 5);
});

test('disputes get a number, a due date and are answered only by staff', async () => {
  const made = await anna.post('/me/disputes', { cat: 'youth', text: 'Somebody used my pass.' });
  assert.equal(made.status, 201, made.text);
  assert.ok(made.json.due > Date.now() / 1000 + 2 * 86400 && made.json.due < Date.now() / 1000 + 8 * 86400);
  const { disputes } = (await anna.me()).json;
  assert.deepEqual([disputes.length, disputes[0].state, disputes[0].text, disputes[0].answer], [1, 'open', 'Somebody used my pass.', null]);
  assert.deepEqual((await boris.me()).json.disputes, []);
  refused(await anna.post('/me/disputes', { cat: 'nope', text: 'x' }), 404, 'unknown_category');
  for (let i = 0; i < 2; i++) assert.equal((await anna.post('/me/disputes', { cat: 'youth', text: 'again' })).status, 201);
  refused(await anna.post('/me/disputes', { cat: 'youth', text: 'and again' }), 409, 'disputes_exceeded');
});

test('the registrar killed between text and entry: nothing lost, nothing twice', async () => {
  // Without Redis the ledger takes nothing: the text has been written when the entry is not.
  const before_ = await size();
  server.hold();
  server.kill('redis/redis');
  for (let status = 200; status === 200;) ({ status } = await server.get('/readyz'));
  assert.equal((await boris.nominate('n00040', 'rights')).status, 503);
  assert.equal(await size(), before_);
  server.kill('registrar');
  server.release();
  await until(async () => (await server.get('/readyz')).status === 200, 30, 'readiness');
  // Without asking again: the registrar finds what it has no answer for.
  await until(async () => (await boris.me()).json?.nominations.some((n) => n.ngo === 'n00040' && n.index !== null), 30, 'the entry');
  const again = await boris.nominate('n00040', 'rights');
  assert.equal(again.status, 200, again.text);
  assert.equal(await size(), before_ + 1);
  assert.equal((await boris.mine(again.json.index)).text, text('n00040 rights'));
});

test('nothing of a person is anywhere but in private.db', async () => {
  await server.stop();
  const codes = Object.fromEntries(server.codes.map((code, i) => [`code ${i}`, code]));
  const plain = Object.fromEntries(server.codes.map((code, i) => [`plain code ${i}`, code.replaceAll('-', '')]));
  assertPrivate(server, { ...codes, ...plain, person: 'demo-1,', text: text('n00001 youth').slice(0, 40), dispute: 'Somebody used my pass.',
    token: Buffer.from(anna.token, 'base64').toString('latin1'), token_text: anna.token });
  assert.equal(server.run('verify', `${server.campaign}/ledger`).code, 0);
  execFileSync('/usr/bin/python3', ['-B', path.join(root, 'scripts/recount.py'), `${server.campaign}/ledger`]);
  await server.start();
});

test('a crowd at one long page cuts nobody off, and an address reads its page so often a minute', async () => {
  const rules = ({ nomination }) => Object.assign(nomination, { per_person: 20, per_ngo: 10 });
  const own = await Server.make({ create: ['--phase', 'nomination'], rules });
  try {
    const long = await new Citizen(own, own.codes[0]).signIn();
    for (let n = 1; n <= 20; n++) {
      const made = await own.post(own.api('/nominations'), long.nomination(`n${String(n).padStart(5, '0')}`, 'youth', { text: '😀'.repeat(4000) }), long.headers);
      assert.equal(made.status, 201, made.text);
    }
    const crowd = await Promise.all(Array.from({ length: 150 }, () => own.get(own.api('/me'), long.headers)));
    assert.ok(crowd.every(({ status }) => [200, 503].includes(status))); // beyond what may wait: busy
    assert.doesNotMatch(own.log, /ipc_lost/); // which would end what others have under way
    await own.stop();
    own.limits = 'passes_per_minute = 2';
    own.configure('');
    await own.start();
    const codes = [];
    for (let i = 0; i < 3; i++) codes.push((await own.get(own.api('/me'), long.headers)).status);
    assert.deepEqual(codes, [200, 200, 429]);
  } finally {
    await own.destroy();
  }
});
