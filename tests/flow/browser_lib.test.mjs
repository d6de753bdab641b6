// The browser's own library against the true server: sign in, passes, ballots, receipts that C and Python verify,
// and what the verify page finds when a vote was replaced, set aside, or does not match.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { browserLib } from './browser_lib.mjs';
import { root, Server, until } from './server.mjs';

const lib = await browserLib();
const { ask, ApiError } = lib;
let server, api, files, key, nominees;
const recovery = lib.makeRecovery();
const voter = {};

before(async () => {
  server = await Server.make();
  api = server.url + server.api();
  files = lib.ledgerFiles(`${server.url}/demo/ledger`);
  key = await lib.readVkey(server.vkey);
  nominees = (await ask(`${api}/nominees?cat=youth`)).json.items.map((n) => n.id);
});
after(() => server?.destroy());

async function enroll(code, place, ...cats) {
  const { json: { token } } = await ask(`${api}/session`, { method: 'POST', body: { code } });
  const campaign = (await ask(api)).json;
  const keys = await lib.fetchKeys(await lib.Ledger.open(files, key), campaign, cats);
  const drafts = await Promise.all(cats.map((cat) => lib.preparePass(place, keys, cat)));
  const { json } = await ask(`${api}/passes`, { method: 'POST', token, body: { passes: drafts.map(({ cat, blinded }) => ({ cat, blinded })) } });
  const passes = Object.fromEntries(await Promise.all(json.items.map(async (item) =>
    [item.cat, await lib.finishPass(drafts.find((d) => d.cat === item.cat), keys, item.blind_sig)])));
  return { token, keys, passes, campaign };
}

const ballot = ({ keys, passes, campaign }, code, cat, choice, rev) =>
  lib.makeBallot(code, keys, passes[cat], rev, choice, campaign.categories.find((c) => c.id === cat).ct_len);
const cast = (body) => ask(`${api}/ballots`, { method: 'POST', body });

test('sign in, passes for two categories in one go, and the same from the code on another device', async () => {
  Object.assign(voter, await enroll(server.codes[0], recovery, 'youth', 'probation'));
  assert.ok(voter.passes.youth && voter.passes.probation);
  const elsewhere = await enroll(server.codes[0], lib.readRecovery(lib.writeRecovery(recovery)), 'youth', 'probation');
  assert.deepEqual(elsewhere.passes, voter.passes);
  const other = lib.makeRecovery();
  await assert.rejects(enroll(server.codes[0], other, 'youth'), { code: 'issued_twice', status: 409 });
});

let recorded, receipt, code;
test('a ballot is recorded, its receipt is made from tiles and verified by dauys and by recount.py', async () => {
  const bytes = await ballot(voter, recovery, 'youth', { a: [nominees[0]], m: 'approve' }, 1);
  recorded = await cast(bytes);
  assert.equal(recorded.status, 201);
  assert.equal((await cast(bytes)).json.index, recorded.json.index);
  const ledger = await lib.Ledger.open(files, key);
  const proven = await ledger.prove(bytes, recorded.json.index);
  receipt = lib.writeReceipt(proven, ledger.checkpoint);
  code = lib.writeShortCode(proven.index, proven.leaf);
  const file = path.join(server.folder, 'mine.tlog-proof');
  writeFileSync(file, receipt);
  const verify = server.run('verify', '--receipt', file, '--vkey', server.vkey);
  assert.equal(verify.code, 0, verify.out);
  assert.equal(server.run('verify', '--receipt', file, '--vkey', server.vkey, path.join(server.campaign, 'ledger')).code, 0);
  execFileSync('/usr/bin/python3', [path.join(root, 'scripts/recount.py'), '--receipt', file, '--vkey', server.vkey], { stdio: 'pipe' });
  writeFileSync(file, receipt.replace(/index (\d+)/, (_, n) => `index ${Number(n) - 1}`));
  assert.equal(server.run('verify', '--receipt', file, '--vkey', server.vkey).code, 1);
});

test('the receipt and its short code are found in the log, others are told from it', async () => {
  const byFile = await lib.check(files, key, lib.readReceipt(receipt));
  const byCode = await lib.check(files, key, lib.readShortCode(code));
  assert.deepEqual([byFile.state, byCode.state], ['recorded', 'recorded']);
  assert.deepEqual([byCode.entry.cat, byCode.entry.rev], ['youth', 1]);
  assert.deepEqual(await lib.scanLater(byCode.ledger, byCode.proven, () => {}), { state: 'last' });
  const elsewhere = lib.readShortCode(lib.writeShortCode(recorded.json.index - 1, byCode.proven.leaf));
  assert.deepEqual(await lib.check(files, key, elsewhere), { state: 'mismatch', why: 'entry', index: recorded.json.index - 1 });
  assert.equal((await lib.check(files, key, { ...lib.readShortCode(code), index: 5000 })).state, 'later');
  const damaged = { ...lib.readReceipt(receipt), index: recorded.json.index - 1 };
  assert.equal((await lib.check(files, key, damaged)).why, 'file');
  const stranger = { ...key, publicKey: lib.fromSpki(lib.toSpki(voter.passes.youth.pk)) };
  assert.deepEqual(await lib.check(files, stranger, lib.readShortCode(code)), { state: 'broken', code: 'signature' });
  const nowhere = lib.ledgerFiles('http://127.0.0.1:1/demo/ledger', { tries: 1 });
  assert.equal((await lib.check(nowhere, key, lib.readShortCode(code))).error.code, 'offline');
});

test('a tile or a bundle that lies is noticed', async () => {
  const lying = (pattern) => async (name) => {
    const bytes = await files(name);
    if (pattern.test(name)) bytes[bytes.length - 40] ^= 1;
    return bytes;
  };
  assert.equal((await lib.check(lying(/^tile\/0/), key, lib.readShortCode(code))).state, 'broken');
  assert.equal((await lib.check(lying(/^tile\/entries/), key, lib.readShortCode(code))).state, 'broken');
});

test('changed: the first receipt says what took its place; a stale one is refused with its index', async () => {
  const next = await cast(await ballot(voter, recovery, 'youth', { a: [nominees[1]], m: 'approve' }, 2));
  const found = await lib.check(files, key, lib.readReceipt(receipt));
  assert.equal(found.state, 'recorded');
  const seen = [];
  assert.deepEqual(await lib.scanLater(found.ledger, found.proven, (n) => seen.push(n)), { state: 'superseded', index: next.json.index, rev: 2 });
  assert.equal(seen.at(-1), lib.bundlesToScan(found.ledger, found.proven));
  const stale = await cast(await ballot(voter, recovery, 'youth', { a: [nominees[2]], m: 'approve' }, 1)).catch((e) => e);
  assert.ok(stale instanceof ApiError);
  assert.deepEqual([stale.code, stale.status, stale.extra.rev, stale.extra.index], ['rev_stale', 409, 2, next.json.index]);
  assert.ok(stale.detail.length > 0);
});

test('set aside by a decision: the scan says so, whichever ballot of the pass it names', async () => {
  const set = server.sign({ c: Buffer.alloc(32, 7).toString('base64'), ref: recorded.json.index, seen: 5, t: 'void', v: 1 }, 'demo-1', 'demo-2');
  const { json } = await ask(`${api}/entries`, { method: 'POST', body: set });
  for (const index of [recorded.json.index, recorded.json.index + 1]) {
    const ledger = await lib.Ledger.open(files, key);
    const proven = await ledger.entry(index);
    if (lib.readCanon(proven.entry).t !== 'ballot') continue;
    assert.deepEqual(await lib.scanLater(ledger, proven, () => {}), { state: 'void', index: json.index });
  }
});

test('after the close both verifiers count what the browser sealed', async () => {
  const second = lib.makeRecovery();
  const another = await enroll(server.codes[1], second, 'youth');
  await cast(await ballot(another, second, 'youth', { a: [nominees[3]], m: 'approve' }, 1));
  const close = server.sign({ act: 'close', phase: 'evaluation', seen: 3, t: 'phase', v: 1, why: 'a test' }, 'demo-1', 'demo-2');
  await ask(`${api}/entries`, { method: 'POST', body: close });
  await until(async () => (await ask(`${api}/tallies`)).json.final === true, 30, 'tallies');
  const { tally } = (await ask(`${api}/tallies/youth`)).json;
  assert.deepEqual([tally.cast, tally.counted, tally.superseded, tally.void, tally.spoiled], [3, 1, 1, 1, 0]);
  assert.deepEqual(tally.counts, { [nominees[3]]: { votes: { 1: 1 } } });
  const verify = server.run('verify', path.join(server.campaign, 'ledger'));
  assert.equal(verify.code, 0, verify.out);
  execFileSync('/usr/bin/python3', [path.join(root, 'scripts/recount.py'), path.join(server.campaign, 'ledger')], { stdio: 'pipe' });
});

test('requests: tried again after 503 and failures with waits, not after a refusal, no cookie and no referrer', async (context) => {
  const seen = [];
  const answers = [() => { throw new TypeError('network'); }, () => new Response('{}', { status: 503, headers: { 'retry-after': '0' } }), () => Response.json({ ok: 1 })];
  context.mock.method(globalThis, 'fetch', async (url, init) => {
    seen.push(init);
    return answers[seen.length - 1]();
  });
  context.mock.method(Math, 'random', () => 0);
  const waits = [];
  const { json } = await ask('/x', { method: 'POST', body: 'text', onWait: (n, error) => waits.push(`${n} ${error.code}`) });
  assert.deepEqual(json, { ok: 1 });
  assert.deepEqual(waits, ['1 offline', '2 busy']);
  assert.ok(seen.every((init) => init.credentials === 'omit' && init.referrerPolicy === 'no-referrer' && init.body === 'text'));
  answers.push(() => Response.json({ code: 'rev_stale', title: 't', detail: 'd', rev: 4 }, { status: 409 }));
  await assert.rejects(ask('/x'), { code: 'rev_stale', status: 409 });
  assert.equal(seen.length, 4);
});
