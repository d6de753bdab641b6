// Staff over HTTP: accounts, sessions, acts by two, and every attack on them.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { after, before, test } from 'node:test';
import { refused, untried } from './described.mjs';
import { Server } from './server.mjs';
import { commitment, demoStaff, Member, totp } from './staff.mjs';
import { canonical, Ledger } from './voter.mjs';

let server, people, one, two, moderator, auditor;
const signedIn = async (person) => {
  const member = new Member(server, people[person]);
  assert.equal((await member.signIn()).status, 201, person);
  return member;
};
const ledgerEntry = async (index) => {
  const ledger = new Ledger(server), checkpoint = await ledger.checkpoint();
  return JSON.parse(await ledger.entry(index, checkpoint.size));
};
const extend = (closes, more = {}) => ({ act: 'extend', closes, no: '12-ө', phase: 'evaluation', t: 'phase', why: 'сұраныс бойынша', ...more });
const notice = (text) => ({ t: 'notice', text });

before(async () => {
  server = await Server.make();
  people = demoStaff(server);
});
after(() => server?.destroy());

test('staff signs in with password and code; the cookie says who it is', async () => {
  one = await signedIn('demo-1');
  two = await signedIn('demo-2');
  moderator = await signedIn('demo-moderator');
  auditor = await signedIn('demo-auditor');
  const session = (await one.ask('GET', 'staff/session')).json;
  assert.deepEqual([session.person, session.role, session.csrf], ['demo-1', 'administrator', one.csrf]);
  assert.ok(session.expires > Date.now() / 1000 + 1700 && session.expires < Date.now() / 1000 + 1810);
  const answer = await one.call('GET', 'staff/session');
  assert.match(answer.headers.get('cache-control'), /no-store/);
});

test('an act of one signer is in the ledger at once', async () => {
  const answer = await one.act(notice('Қызмет көрсету жұмыстары'));
  assert.equal(answer.status, 201, answer.text);
  const entry = await ledgerEntry(answer.json.index);
  assert.deepEqual([entry.t, entry.text, entry.sigs.length], ['notice', 'Қызмет көрсету жұмыстары', 1]);
});

test('an act by two waits for the second, who sees exactly the bytes', async () => {
  const closes = (await server.get(server.api())).json.phases.find((p) => p.id === 'evaluation').closes + 3600;
  const proposed = await one.act(extend(closes));
  assert.equal(proposed.status, 202, proposed.text);
  const waiting = (await two.ask('GET', 'staff/acts')).json.items.find((act) => act.number === proposed.json.number);
  assert.deepEqual([waiting.type, waiting.by, waiting.signers, waiting.needs, waiting.state], ['phase', 'demo-1', ['demo-1'], 2, 'waiting']);
  assert.equal(waiting.entry, canonical(JSON.parse(waiting.entry)));
  await server.stop();
  await server.start(); // what waits is kept
  const logged = await two.cosign(proposed.json.number);
  assert.equal(logged.status, 201, logged.text);
  const entry = await ledgerEntry(logged.json.index);
  assert.deepEqual([entry.t, entry.closes, entry.no, entry.sigs.length], ['phase', closes, '12-ө', 2]);
  const done = (await one.ask('GET', 'staff/acts')).json.items.find((act) => act.number === proposed.json.number);
  assert.deepEqual([done.state, done.index, done.signers.sort()], ['logged', logged.json.index, ['demo-1', 'demo-2']]);
  refused(await two.ask('POST', `staff/acts/${proposed.json.number}/signature`, two.signature(JSON.parse(waiting.entry))), 409, 'act_over');
});
