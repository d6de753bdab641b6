// Moderation over HTTP: the queue, claims and conflicts; every decision as a signed entry; completing, appealing, merging,
// withdrawing, erasing. Nominations are made while nomination is open, which is then closed by two administrators.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Citizen, nominee, text } from './citizen.mjs';
import { refused, untried } from './described.mjs';
import { assertGone, assertPrivate } from './privacy.mjs';
import { dauys, root, Server, until } from './server.mjs';
import { commitment, demoStaff, Member } from './staff.mjs';
import { canonical, Ledger } from './voter.mjs';

const FAKETIME = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'].map((lib) => `${lib}/faketime/libfaketimeMT.so.1`).find((file) => existsSync(file));

// A sanitizer wants to be the first library.
const noFaketime = dauys.includes('/asan/') || dauys.includes('/tsan/') ? 'sanitizer' : FAKETIME ? false : 'no libfaketime';

/** A folder with a redis-server that keeps the true time: its allocator and libfaketime do not go together. */
function trueRedis() {
  const bin = path.join(server.folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const redis = execFileSync('which', ['redis-server'], { encoding: 'utf8' }).trim();
  writeFileSync(path.join(bin, 'redis-server'), `#!/bin/sh\nunset LD_PRELOAD\nexec ${redis} "$@"\n`, { mode: 0o755 });
  return bin;
}

let server, people, admin, other, moderator, second, anna, boris, vera, reasons;
const made = {};
const rules = ({ nomination }) => Object.assign(nomination, { per_person: 20, per_ngo: 2, own: 'flag', cure_days: 3, appeal_days: 3 });

const entry = async (index) => {
  const ledger = new Ledger(server), checkpoint = await ledger.checkpoint();
  return JSON.parse(await ledger.entry(index, checkpoint.size));
};
const reason = (d, code) => commitment({ code, text: reasons.find((r) => r.d === d && r.code === code).text });
/** Signs and submits a decision; c, payload and salt with it. */
const decide = (member, ref, d, code, more = {}) => {
  const { c, secret } = reason(d, code);
  return member.act({ c, d, ref, t: 'moderate', ...more }, secret);
};
const queue = async (member) => (await member.ask('GET', 'moderation/queue')).json;
const queued = async (member, ref) => (await queue(member)).items.find((item) => item.ref === ref);
const state = async (ref) => (await nominee(server, ref)).json.state;

before(async () => {
  server = await Server.make({ create: ['--phase', 'nomination'], rules });
  people = demoStaff(server);
  const signedIn = async (name) => {
    const member = new Member(server, people[name]);
    assert.equal((await member.signIn()).status, 201);
    return member;
  };
  admin = await signedIn('demo-1');
  other = await signedIn('demo-2');
  moderator = await signedIn('demo-moderator');
  second = await signedIn('demo-moderator-2');
  [anna, boris, vera] = await Promise.all(server.codes.map((code) => new Citizen(server, code).signIn()));
  reasons = (await moderator.ask('GET', 'moderation/reasons')).json.items;
});
after(() => server?.destroy());

test('reasons are coded, in three languages', () => {
  assert.ok(reasons.length >= 12);
  for (const { code, d, text: texts } of reasons) assert.ok(code && d && texts.kk && texts.ru && texts.en);
});

test('limits an NGO and flags a related nominator', async () => {
  const names = { good: ['n00001', 'youth'], twin: ['n00002', 'youth'], bad: ['n00003', 'youth'], gone: ['n00004', 'youth'], erase: ['n00005', 'youth'], rest: ['n00006', 'youth'] };
  for (const [name, [ngo, cat]] of Object.entries(names)) {
    const answer = await anna.nominate(ngo, cat);
    assert.equal(answer.status, 201, answer.text);
    made[name] = answer.json.index;
  }
  assert.equal((await boris.nominate('n00001', 'youth')).json.nominee, made.good);
  const own = await boris.nominate('n00001', 'health', { relation: 'head', text: text('of my own'), consents: { processing: 1, publication: 0 } });
  assert.equal(own.status, 201);
  made.own = own.json.index;
  refused(await vera.nominate('n00001', 'gender'), 409, 'ngo_nominations_exceeded');
  assert.equal((await vera.nominate('n00001', 'health')).status, 201); // a support is none
  assert.deepEqual([(await queued(moderator, made.own)).flagged, (await queued(moderator, made.good)).flagged], [true, false]);
});

test('an item has the text, the register and the checklist', async () => {
  const { json } = await moderator.ask('GET', `moderation/items/${made.good}`);
  assert.deepEqual([json.ref, json.state, json.nominations[0].text, json.supporters], [made.good, 'received', text('n00001 youth'), 2]);
  assert.equal(json.facts.id, 'n00001');
  const checks = Object.fromEntries(json.checklist.map((row) => [row.rule, row.ok]));
  assert.deepEqual([checks.status, checks.bin, checks.filed_year, checks.duplicate, checks.cooling_off], [true, true, true, true, true]);
  assert.ok(json.others.some((one) => one.ref === made.twin));
  const { items } = (await admin.ask('GET', 'staff/accesses')).json;
  assert.ok(items.some((row) => row.person === 'demo-moderator' && row.what === 'moderation.item' && row.about === String(made.good)));
  refused(await moderator.ask('GET', 'moderation/items/4000000'), 404, 'nomination_unknown');
  refused(await new Member(server, people['demo-moderator']).ask('GET', `moderation/items/${made.good}`), 401, 'signed_out');
});

test('an item is claimed by one at a time', async () => {
  const mine = await moderator.ask('POST', `moderation/items/${made.good}/claim`, {});
  assert.equal(mine.json.claimed_by, 'demo-moderator');
  assert.ok(Math.abs(mine.json.claimed_until - Date.now() / 1000 - 900) < 20);
  refused(await second.ask('POST', `moderation/items/${made.good}/claim`, {}), 409, 'item_claimed');
  assert.equal((await queued(second, made.good)).claimed_by, 'demo-moderator');
  refused(await decide(second, made.good, 'admit', 'complete'), 409, 'item_claimed');
  assert.equal((await second.ask('DELETE', `moderation/items/${made.good}/claim`)).status, 200); // not his: stays
  refused(await second.ask('POST', `moderation/items/${made.good}/claim`, {}), 409, 'item_claimed');
  assert.equal((await moderator.ask('DELETE', `moderation/items/${made.good}/claim`)).status, 200);
  assert.equal((await second.ask('POST', `moderation/items/${made.good}/claim`, {})).status, 200);
  assert.equal((await second.ask('DELETE', `moderation/items/${made.good}/claim`)).status, 200);
  refused(await moderator.ask('POST', `moderation/items/${made.good}/claim`, {}, { 'x-csrf-token': 'ab'.repeat(32) }), 403, 'csrf');
});

test('a conflict of interest hides the item for good', async () => {
  assert.equal((await second.ask('POST', `moderation/items/${made.own}/conflict`, {})).status, 200);
  assert.equal(await queued(second, made.own), undefined);
  refused(await second.ask('GET', `moderation/items/${made.own}`), 403, 'conflict_of_interest');
  refused(await second.ask('POST', `moderation/items/${made.own}/claim`, {}), 403, 'conflict_of_interest');
  refused(await decide(second, made.own, 'admit', 'complete'), 403, 'conflict_of_interest');
  assert.ok(await queued(moderator, made.own));
  const { number } = (await decide(admin, made.own, 'refuse', 'false_data')).json;
  const waits = async (member) => (await member.ask('GET', 'staff/acts')).json.items.some((act) => act.number === number);
  assert.deepEqual([await waits(moderator), await waits(second)], [true, false]);
  assert.equal((await admin.ask('DELETE', `staff/acts/${number}`)).status, 200);
});

test('no decision goes by the desk: not to the ledger directly, not with a signature of somebody who is not there', async () => {
  const size = await admin.size();
  const past = { c: reason('admit', 'complete').c, d: 'admit', ref: made.own, seen: size, t: 'moderate', v: 1 };
  refused(await server.post(server.api('/entries'), second.signed(past)), 400, 'type_unknown');
  // What the second signer may not do in a session of his own, he may not do in another's.
  const { c, secret } = reason('refuse', 'false_data');
  const both = { c, d: 'refuse', ref: made.own, seen: size, t: 'moderate', v: 1 };
  const sigs = [admin.signature(both), second.signature(both)].toSorted((a, b) => (a.k < b.k ? -1 : 1));
  refused(await admin.ask('POST', 'staff/acts', { entry: canonical({ ...both, sigs }), ...secret }), 403, 'signature_not_yours');
  // A merge is a decision on both.
  const merge = reason('merge', 'branch');
  refused(await second.act({ c: merge.c, d: 'merge', into: made.own, ref: made.twin, t: 'moderate' }, merge.secret), 403, 'conflict_of_interest');
  assert.equal(await admin.size(), size);
});

test('a decision needs a reason that fits it', async () => {
  for (const [d, payload] of [['admit', { code: 'status', text: reasons[0].text }], ['admit', { code: 'complete', text: { kk: 'а', ru: 'б' } }],
    ['admit', { code: 'complete', text: { kk: 'а', ru: 'б', en: 'x'.repeat(2001) } }], ['admit', { code: 'complete' }], ['admit', { code: 'complete', text: reasons[0].text, more: 'x' }]]) {
    const { c, secret } = commitment(payload);
    refused(await moderator.act({ c, d, ref: made.good, t: 'moderate' }, secret), 400, 'reason_malformed');
  }
});

test('returned, completed, admitted; the published text is the one committed to', async () => {
  assert.equal((await decide(moderator, made.good, 'return', 'text_unclear')).status, 201);
  let mine = await anna.mine(made.good);
  assert.deepEqual([mine.state, mine.reason.code, mine.can], ['returned', 'text_unclear', ['complete', 'withdraw']]);
  assert.ok(mine.due > Date.now() / 1000 + 2 * 86400);
  assert.equal((await queued(moderator, made.good)).state, 'returned');
  refused(await boris.post('/me/nominations/{index}/complete', { text: text('x'), links: [] }, made.good), 404, 'nomination_unknown');
  refused(await anna.post('/me/nominations/{index}/complete', { text: 'short', links: [] }, made.good), 400, 'text_not_allowed');
  const done = await anna.post('/me/nominations/{index}/complete', { text: text('completed'), links: ['https://example.kz/new'] }, made.good);
  assert.deepEqual([done.status, done.json.state], [200, 'received'], done.text);
  mine = await anna.mine(made.good);
  assert.deepEqual([mine.state, mine.text, mine.reason, mine.can], ['received', text('completed'), null, ['withdraw']]);
  refused(await anna.post('/me/nominations/{index}/complete', { text: text('again'), links: [] }, made.good), 409, 'not_returned');
  assert.equal((await moderator.ask('GET', `moderation/items/${made.good}`)).json.nominations[0].text, text('completed'));
  assert.equal((await nominee(server, made.good)).json.text, null);

  assert.equal((await decide(moderator, made.good, 'admit', 'complete')).status, 201);
  const shown = (await nominee(server, made.good)).json;
  assert.deepEqual([shown.state, shown.text, shown.links], ['admitted', text('completed'), ['https://example.kz/new']]);
  const logged = await entry(shown.text_index);
  assert.deepEqual([logged.t, logged.ref], ['amend', made.good]);
  assert.equal(crypto.createHmac('sha256', Buffer.from(shown.salt, 'base64')).update(shown.payload).digest('base64'), logged.c);
  const payload = JSON.parse(shown.payload);
  assert.deepEqual([payload.text, payload.ngo, payload.cat, Object.keys(payload)], [shown.text, 'n00001', 'youth', ['cat', 'links', 'ngo', 'person_c', 'text']]);
  refused(await anna.post('/me/nominations/{index}/withdraw', {}, made.good), 409, 'nomination_decided');
  refused(await decide(moderator, made.good, 'return', 'text_unclear'), 409, 'nomination_decided');
});

test('without consent to publication the text is not shown', async () => {
  assert.equal((await decide(moderator, made.own, 'admit', 'complete')).status, 201);
  const shown = (await nominee(server, made.own)).json;
  assert.deepEqual([shown.state, shown.text, shown.payload, shown.salt], ['admitted', null, null, null]);
});

test('refused by two, appealed, reopened by two, refused again', async () => {
  const refuse = async (code) => {
    const proposed = await decide(moderator, made.bad, 'refuse', code);
    assert.equal(proposed.status, 202, proposed.text);
    refused(await moderator.cosign(proposed.json.number), 409, 'same_signer');
    const logged = await second.cosign(proposed.json.number);
    assert.equal(logged.status, 201, logged.text);
  };
  await refuse('not_filed');
  let mine = await anna.mine(made.bad);
  assert.deepEqual([mine.state, mine.reason.code, mine.can], ['refused', 'not_filed', ['appeal']]);
  assert.equal(await queued(moderator, made.bad), undefined);
  refused(await anna.post('/me/nominations/{index}/appeal', { text: ' ' }, made.bad), 400, 'text_not_allowed');
  const appeal = await anna.post('/me/nominations/{index}/appeal', { text: 'We filed on 30 March.\nSee the receipt.' }, made.bad);
  assert.deepEqual([appeal.status, appeal.json.state], [201, 'appealed'], appeal.text);
  assert.equal((await anna.mine(made.bad)).state, 'appealed');
  const item = await queued(moderator, made.bad);
  assert.deepEqual([item.appeal, item.state, item.due], [true, 'appealed', appeal.json.due]);
  assert.equal((await moderator.ask('GET', `moderation/items/${made.bad}`)).json.appeal_text, 'We filed on 30 March.\nSee the receipt.');
  refused(await anna.post('/me/nominations/{index}/appeal', { text: 'again' }, made.bad), 409, 'appealed_before');

  const { c, secret } = reason('reopen', 'appeal');
  const reopen = await second.act({ c, d: 'reopen', ref: made.bad, t: 'moderate' }, secret);
  assert.equal(reopen.status, 202);
  assert.equal((await moderator.cosign(reopen.json.number)).status, 201);
  mine = await anna.mine(made.bad);
  assert.deepEqual([mine.state, mine.can], ['received', ['withdraw']]);
  assert.equal((await queued(moderator, made.bad)).appeal, false);
  await refuse('appeal_rejected');
  assert.deepEqual((await anna.mine(made.bad)).can, []);
  refused(await anna.post('/me/nominations/{index}/appeal', { text: 'again' }, made.bad), 409, 'appealed_before');
  const { history } = (await admin.ask('GET', `moderation/items/${made.bad}`)).json;
  assert.deepEqual(history.map((one) => one.d), ['refuse', 'reopen', 'refuse']);
  assert.deepEqual(history[0].signers.toSorted(), ['demo-moderator', 'demo-moderator-2']);
  assert.equal(history[0].reason.code, 'not_filed');
});

test('merged: the support counts there', async () => {
  const before_ = (await nominee(server, made.good)).json.supporters;
  assert.equal((await decide(moderator, made.twin, 'merge', 'same_organisation', { into: made.good })).status, 201);
  const shown = (await nominee(server, made.twin)).json;
  assert.deepEqual([shown.state, shown.into], ['merged', made.good]);
  assert.equal((await nominee(server, made.good)).json.supporters, before_ + 1);
  assert.deepEqual([(await anna.mine(made.twin)).state, (await anna.mine(made.twin)).into], ['merged', made.good]);
  refused(await decide(moderator, made.rest, 'merge', 'branch', { into: made.own }), 409, 'merge_target_wrong');
});

test('a wish to withdraw comes first in the queue; a moderator signs it; an NGO declines', async () => {
  assert.equal((await anna.post('/me/nominations/{index}/withdraw', {}, made.gone)).json.wished, true);
  assert.deepEqual((await anna.mine(made.gone)).can, []);
  const [top] = (await queue(moderator)).items;
  assert.deepEqual([top.ref, top.wish], [made.gone, true]);
  assert.equal((await decide(moderator, made.gone, 'withdraw', 'nominator_wish')).status, 201);
  assert.equal(await state(made.gone), 'withdrawn');
  assert.equal((await decide(moderator, made.rest, 'withdraw', 'declined')).status, 201);
  assert.deepEqual([(await anna.mine(made.rest)).state, (await anna.mine(made.rest)).reason.code], ['withdrawn', 'declined']);
  refused(await vera.nominate('n00006', 'youth'), 409, 'nomination_decided');
});

test('deadlines in working days pass', { skip: noFaketime }, async () => {
  const late = (await boris.nominate('n00010', 'gender')).json.index, lost = (await boris.nominate('n00011', 'gender')).json.index;
  assert.equal((await decide(moderator, late, 'return', 'links_missing')).status, 201);
  const proposed = await decide(moderator, lost, 'refuse', 'no_bin');
  assert.equal((await second.cosign(proposed.json.number)).status, 201);
  assert.deepEqual([(await boris.mine(late)).can, (await boris.mine(lost)).can], [['complete', 'withdraw'], ['appeal']]);
  await server.stop();
  const { env } = server;
  server.env = { ...env, FAKETIME: '+8d', FAKETIME_DONT_FAKE_MONOTONIC: '1', LD_PRELOAD: FAKETIME, PATH: `${trueRedis()}:${env.PATH}` };
  await server.start();
  await boris.signIn();
  assert.deepEqual([(await boris.mine(late)).can, (await boris.mine(lost)).can], [['withdraw'], []]);
  refused(await boris.post('/me/nominations/{index}/complete', { text: text('too late'), links: [] }, late), 409, 'deadline_passed');
  refused(await boris.post('/me/nominations/{index}/appeal', { text: 'too late' }, lost), 409, 'deadline_passed');
  await server.stop();
  server.env = env;
  await server.start();
  for (const citizen of [anna, boris, vera]) await citizen.signIn(); // those sessions ended in eight days
  assert.equal((await decide(moderator, late, 'refuse', 'incomplete')).status, 202);
  const waiting = (await second.ask('GET', 'staff/acts')).json.items.find((act) => act.state === 'waiting');
  assert.equal((await second.cosign(waiting.number)).status, 201);
});

test('the registrar killed between a completed text and its entry', async () => {
  const ref = (await vera.nominate('n00012', 'gender')).json.index;
  assert.equal((await decide(moderator, ref, 'return', 'text_unclear')).status, 201);
  const size = async () => (await new Ledger(server).checkpoint()).size;
  const before_ = await size();
  server.hold();
  server.kill('redis/redis'); // without it the ledger takes nothing: the text is written, the entry is not
  for (let status = 200; status === 200;) ({ status } = await server.get('/readyz'));
  const completed = { text: text('completed in the dark'), links: [] };
  assert.equal((await vera.post('/me/nominations/{index}/complete', completed, ref)).status, 503);
  server.kill('registrar');
  server.release();
  await until(async () => (await server.get('/readyz')).status === 200, 30, 'readiness');
  await until(async () => (await vera.mine(ref))?.text === completed.text, 30, 'the entry');
  assert.equal(await size(), before_ + 1);
  assert.deepEqual([(await vera.mine(ref)).state, (await nominee(server, ref)).json.text_index], ['received', before_]);
  assert.equal((await decide(moderator, ref, 'withdraw', 'declined')).status, 201);
});

test('own history', async () => {
  const { items } = (await moderator.ask('GET', 'moderation/history')).json;
  assert.ok(items.length >= 7);
  assert.ok(items.every((one) => one.signers.includes('demo-moderator')));
  assert.deepEqual((await admin.ask('GET', 'moderation/history')).json.items, []);
});

test('disputes are answered once', async () => {
  const { number } = (await vera.post('/me/disputes', { cat: 'youth', text: 'Somebody used my pass.' })).json;
  const { items } = (await moderator.ask('GET', 'moderation/disputes')).json;
  assert.ok(items.some((one) => one.number === number && one.state === 'open'));
  refused(await moderator.ask('POST', `moderation/disputes/${number}/answer`, { text: '' }), 400, 'text_not_allowed');
  assert.equal((await moderator.ask('POST', `moderation/disputes/${number}/answer`, { text: 'We looked:\nit was your tablet.' })).status, 200);
  refused(await moderator.ask('POST', `moderation/disputes/${number}/answer`, { text: 'no' }), 409, 'dispute_answered');
  refused(await moderator.ask('POST', 'moderation/disputes/4000000/answer', { text: 'no' }), 404, 'dispute_unknown');
  const [mine] = (await vera.me()).json.disputes;
  assert.deepEqual([mine.state, mine.answer], ['answered', 'We looked:\nit was your tablet.']);
});

test('before it is admitted a text is nowhere but in private.db', async () => {
  const secrets = { text: text('n00005 youth').slice(0, 40), appeal: 'We filed on 30 March.' };
  assertPrivate(server, secrets);
  assert.throws(() => assertGone(server, secrets)); // it looks where they are
});

test('erased: the text is gone everywhere, the entries stay and verify', async () => {
  const erased = await anna.post('/me/erasure', {});
  assert.equal(erased.status, 200, erased.text);
  const { nominations } = (await anna.me()).json;
  assert.ok(nominations.every((one) => one.state === 'erased' && one.text === null && one.can.length === 0));
  const shown = (await nominee(server, made.good)).json;
  assert.deepEqual([shown.state, shown.text, shown.payload, shown.salt], ['admitted', null, null, null]);
  assert.deepEqual((await queue(moderator)).erasures, []);
  const { erasures } = await queue(admin);
  const refs = erasures.map((one) => one.ref);
  assert.ok(refs.includes(made.erase) && refs.includes(made.good) && refs.includes(shown.text_index));
  for (const ref of refs) assert.equal((await admin.act({ basis: 'consent', ref, t: 'erase' })).status, 201);
  assert.deepEqual((await queue(admin)).erasures, []);
  refused(await admin.act({ basis: 'court', ref: made.good, t: 'erase' }), 409, 'erased_before');
  refused(await moderator.act({ basis: 'consent', ref: made.own, t: 'erase' }), 403, 'not_allowed');
  refused(await anna.nominate('n00005', 'youth'), 409, 'nominated_twice');
  assert.equal((await nominee(server, made.good)).json.erased, true);
  // A reason can be erased as well.
  const { index: decided } = (await admin.ask('GET', `moderation/items/${made.own}`)).json.history[0];
  assert.equal((await admin.act({ basis: 'mistake', ref: decided, t: 'erase' })).status, 201);
  assert.equal((await admin.ask('GET', `moderation/items/${made.own}`)).json.history[0].reason, null);
  const act = (await admin.ask('GET', 'staff/acts')).json.items.find((one) => one.index === decided);
  assert.deepEqual([act.payload, act.salt], [null, null]);
  // By order of a court, without the person's wish, and not through the staff's door.
  const order = server.sign({ basis: 'court', ref: made.own, seen: await admin.size(), t: 'erase', v: 1 }, 'demo-1');
  assert.equal((await server.post(server.api('/entries'), order)).status, 201);
  assert.equal((await nominee(server, made.own)).json.erased, true);
  assert.equal((await boris.mine(made.own)).text, null);
  await server.stop();
  assertGone(server, { text: text('completed').slice(0, 30), other: text('n00005 youth').slice(0, 30), court: text('of my own').slice(0, 30), appeal: 'We filed on 30 March.' });
  const ledger = `${server.campaign}/ledger`;
  assert.equal(server.run('verify', ledger).code, 0, server.run('verify', ledger).out);
  execFileSync('/usr/bin/python3', ['-B', path.join(root, 'scripts/recount.py'), ledger]);
  await server.start();
});

test('decided before evaluation, never after', async () => {
  assert.equal((await decide(moderator, made.erase, 'refuse', 'false_data')).status, 202);
  const number = (await other.ask('GET', 'staff/acts')).json.items.find((act) => act.state === 'waiting').number;
  assert.equal((await other.cosign(number)).status, 201);
  assert.deepEqual([(await queue(moderator)).items, (await queue(moderator)).total], [[], 0]);
  const step = async (act, phase) => {
    const proposed = await admin.act({ act, phase, t: 'phase', why: 'a test' });
    assert.equal((await other.cosign(proposed.json.number)).status, 201);
  };
  await step('close', 'nomination');
  await step('open', 'screening');
  refused(await vera.nominate('n00009', 'youth'), 403, 'not_in_phase');
  await step('close', 'screening');
  await step('open', 'evaluation');
  refused(await decide(moderator, made.bad, 'reopen', 'mistake'), 403, 'not_in_phase');
  await until(async () => (await server.get(server.api('/nominees?cat=youth'))).json.items.length === 1, 5, 'the nominee in Redis');
});

test('every operation was tried', () => assert.deepEqual(untried('moderation'), []));
