// The whole way of ballots over HTTP, every answer judged by the API's own description.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { described, refused, untried } from './described.mjs';
import { dauys, root, Server, until } from './server.mjs';
import { b64, canonical, Ledger, Voter } from './voter.mjs';

let server, voter, ballot, recorded;
const choice = (nominee) => ({ a: [nominee], m: 'approve' });
const BALLOTS = '/api/v1/campaigns/{id}/ballots';
const cast = async (bytes) => described('post', BALLOTS, await server.post(server.api('/ballots'), bytes));
let nominees;

before(async () => {
  server = await Server.make();
  voter = new Voter(server);
});
after(() => server?.destroy());

test('the campaign and its nominees can be read', async () => {
  for (const [pattern, target] of [['/livez', '/livez'], ['/readyz', '/readyz'], ['/api/v1/openapi.json', '/api/v1/openapi.json'],
    ['/api/v1/campaigns', '/api/v1/campaigns'], ['/api/v1/campaigns/{id}', server.api()],
    ['/api/v1/campaigns/{id}/nominees', server.api('/nominees?cat=youth&limit=2')]])
    assert.equal(described('get', pattern, await server.get(target)).status, 200, target);
  const first = (await server.get(server.api('/nominees?cat=youth&limit=2'))).json;
  const rest = (await server.get(server.api(`/nominees?cat=youth&after=${first.next}`))).json;
  nominees = [...first.items, ...rest.items].map((n) => n.id);
  assert.equal(new Set(nominees).size, 4);
  assert.equal(rest.next, null);
  refused(await server.get('/api/v1/campaigns/nope'), 404, 'unknown_campaign');
  refused(await server.get(server.api('/nominees?cat=youth&limit=0')), 400, 'malformed');
});

test('a code signs in, any other is refused the same way', async () => {
  const bad = described('post', '/api/v1/campaigns/{id}/session', await server.post(server.api('/session'), { code: 'AAAA-AAAA-AAAA' }));
  refused(bad, 401, 'code_unknown');
  refused(await server.post(server.api('/session'), { code: '!' }), 401, 'code_unknown');
  refused(await server.post(server.api('/session'), { code: 'x', more: 1 }), 400, 'malformed');
  refused(await server.post(server.api('/session'), '{"code":"a","code":"b"}'), 400, 'malformed');
  const typed = server.codes[0].toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
  const good = described('post', '/api/v1/campaigns/{id}/session', await voter.signIn(typed));
  assert.equal(good.status, 201);
});

test('passes are given in one go, again the same, and not for another message', async () => {
  await voter.blind('youth', 'probation');
  const first = described('post', '/api/v1/campaigns/{id}/passes', await voter.askPasses('youth', 'probation'));
  assert.equal(first.status, 200, first.text);
  const second = await voter.askPasses('youth', 'probation');
  assert.deepEqual(second.json.items, first.json.items);
  voter.finish(first.json.items);
  const other = new Voter(server);
  other.token = voter.token;
  await other.blind('youth');
  refused(await other.askPasses('youth'), 409, 'issued_twice');
  other.token = 'AAAA';
  refused(await other.askPasses('youth'), 401, 'signed_out');
});

test('a ballot is recorded, proved, repeated, replaced, and never goes back', async () => {
  ballot = await voter.ballot('youth', choice(nominees[0]), 1);
  recorded = await cast(ballot);
  assert.equal(recorded.status, 201, recorded.text);
  const again = await cast(ballot);
  assert.equal(again.status, 200);
  assert.equal(again.json.index, recorded.json.index);
  const ledger = new Ledger(server), checkpoint = await ledger.checkpoint();
  assert.ok(await ledger.includes(ballot, recorded.json.index, checkpoint));
  assert.ok(!await ledger.includes(`${ballot} `, recorded.json.index, checkpoint));
  const next = await cast(await voter.ballot('youth', choice(nominees[1]), 2));
  assert.equal(next.status, 201);
  const stale = await cast(await voter.ballot('youth', choice(nominees[2]), 1));
  refused(stale, 409, 'rev_stale');
  assert.deepEqual([stale.json.rev, stale.json.index], [2, next.json.index]);
  const counts = (await server.get(server.api())).json.categories.find((c) => c.id === 'youth');
  assert.deepEqual([counts.issued, counts.cast], [1, 2]);
});

test('what is no good ballot is refused with its reason', async () => {
  refused(await cast('rubbish'), 400, 'not_canonical');
  refused(await cast(ballot.replace('{', '{ ')), 400, 'not_canonical');
  refused(await cast(ballot.replace('"cat"', '"cat":"youth","cat"')), 400, 'not_canonical');
  refused(await cast('x'.repeat(9000)), 413, 'too_large');
  refused(await cast(canonical({ ...JSON.parse(ballot), more: 1 })), 400, 'fields_wrong');
  refused(await cast(canonical({ ...JSON.parse(ballot), rev: 'one' })), 400, 'fields_wrong');
  refused(await server.post('/api/v1/campaigns/nope/ballots', ballot), 404, 'unknown_campaign');
  const make = (change, rev = 3) => voter.ballot('youth', choice(nominees[0]), rev, change).then(cast);
  assert.equal((await make((e) => { e.cat = 'nope'; })).json.code, 'category_unknown');
  assert.equal((await make((e) => { e.cat = 'probation'; })).json.code, 'pass_key_wrong');
  assert.equal((await make((e) => { e.tok = b64(voter.passes.probation.tok); })).json.code, 'pass_forged');
  assert.equal((await make((e) => { e.ct = e.ct.slice(0, -4); })).json.code, 'ct_length');
  assert.equal((await make(() => {}, 21)).json.code, 'rev_out_of_range');
  assert.equal((await make(() => {}, 0)).json.code, 'rev_out_of_range');
  const forged = JSON.parse(ballot);
  assert.equal((await cast(canonical({ ...forged, rev: 3 }))).json.code, 'signature_wrong');
  const small = { ...forged, pk: b64(Buffer.alloc(32)), sig: b64(Buffer.alloc(64)) };
  assert.equal((await cast(canonical(small))).json.code, 'pass_forged');
});

test('only signed entries of staff are taken, and only with enough signers', async () => {
  const submit = async (entry) => described('post', '/api/v1/campaigns/{id}/entries', await server.post(server.api('/entries'), entry));
  const pause = { act: 'pause', phase: 'evaluation', seen: 1, t: 'phase', v: 1, why: 'a test' };
  assert.equal((await submit(server.sign(pause, 'demo-1'))).json.code, 'signers_missing');
  assert.equal((await submit(server.sign(pause, 'demo-1', 'demo-1'))).json.code, 'signers_order');
  assert.equal((await submit(server.sign(pause, 'demo-1', 'demo-moderator'))).json.code, 'signer_role');
  for (const own of [{ act: 'close', phase: 'evaluation', t: 'phase', v: 1 }, { t: 'mark', v: 1 }])
    assert.equal((await submit(canonical(own))).status >= 400, true);
  refused(await submit(ballot), 400, 'type_unknown');
  const signed = server.sign(pause, 'demo-1', 'demo-2');
  const done = await submit(signed);
  assert.equal(done.status, 201, done.text);
  const again = await submit(signed);
  assert.deepEqual([again.status, again.json.index], [200, done.json.index]);
  refused(await cast(await voter.ballot('youth', choice(nominees[0]), 3)), 409, 'campaign_paused');
  const shown = async () => (await server.get(server.api())).json.phases.find((p) => p.id === 'evaluation');
  await until(async () => (await shown()).paused, 5, 'the pause in Redis');
  assert.deepEqual([(await shown()).why, (await shown()).no, (await shown()).extended], ['a test', null, false]);
  assert.equal((await submit(server.sign({ ...pause, act: 'resume', seen: 2 }, 'demo-1', 'demo-2'))).status, 201);
  const extend = { act: 'extend', phase: 'evaluation', closes: (await shown()).closes + 3600, no: '17', seen: 3, t: 'phase', v: 1, why: 'storm' };
  assert.equal((await submit(server.sign(extend, 'demo-1', 'demo-2'))).status, 201);
  await until(async () => (await shown()).extended, 5, 'the extension in Redis');
  assert.deepEqual([(await shown()).why, (await shown()).no], ['storm', '17']);
});

test('processes killed one after another lose nothing', async () => {
  let rev = 3;
  const digest = () => server.run('state-digest', '--config', server.config, 'demo').out;
  for (const name of ['redis/redis', 'ledger-demo', 'registrar', 'front-0']) {
    server.kill(name);
    const bytes = await voter.ballot('youth', choice(nominees[3]), rev++);
    let answer;
    await until(async () => {
      answer = await voter.cast(bytes);
      return answer.status < 300;
    }, 30, `the server without ${name}`);
    const repeated = await cast(bytes);
    assert.deepEqual([repeated.status, repeated.json.index], [200, answer.json.index]);
    await until(async () => (await server.get('/readyz')).status === 200, 30, 'readiness');
  }
  const before = digest();
  rmSync(path.join(server.folder, 'run/redis/appendonlydir'), { recursive: true });
  server.kill('redis/redis');
  await until(async () => digest() === before, 30, 'Redis as it was');
  // Each front connects again by itself: several requests in a row reach them all.
  await until(async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => server.get('/readyz')));
    return answers.every(({ status }) => status === 200);
  }, 30, 'all fronts');
});

test('no count is told before the close, all are after it, and both verifiers agree', async () => {
  for (const target of ['/tallies', '/tallies/youth', '/tallies?format=csv']) {
    const early = described('get', '/api/v1/campaigns/{id}/tallies', await server.get(server.api(target)));
    refused(early, 403, 'not_yet_published');
    assert.ok(early.json.visible_from > Date.now() / 1000);
  }
  const late = await voter.ballot('youth', choice(nominees[0]), 19);
  const close = server.sign({ act: 'close', phase: 'evaluation', seen: 3, t: 'phase', v: 1, why: 'a test' }, 'demo-1', 'demo-2');
  assert.equal((await server.post(server.api('/entries'), close)).status, 201);
  refused(await cast(late), 409, 'window_closed');
  await until(async () => (await server.get(server.api('/tallies'))).json.final === true, 30, 'tallies');
  const all = described('get', '/api/v1/campaigns/{id}/tallies', await server.get(server.api('/tallies')));
  assert.equal(all.json.items.length, 15);
  const one = described('get', '/api/v1/campaigns/{id}/tallies/{cat}', await server.get(server.api('/tallies/youth')));
  const { tally } = one.json;
  assert.deepEqual([tally.cast, tally.superseded, tally.counted, tally.ranking[0].nominee], [6, 5, 1, nominees[3]]);
  const same = await server.get(server.api('/tallies/youth'), { 'if-none-match': one.headers.get('etag') });
  assert.equal(same.status, 304);
  const csv = await server.get(server.api('/tallies/youth'), { accept: 'text/csv' });
  assert.equal(csv.text.split('\r\n')[1], `youth,${nominees[3]},1,1,1`);
  refused(await server.get(server.api('/tallies/nope')), 404, 'unknown_category');
  const verify = server.run('verify', path.join(server.campaign, 'ledger'));
  assert.equal(verify.code, 0, verify.out);
  assert.equal(server.run('verify', '--vkey', server.vkey, `${server.url}/demo/ledger`).code, 0);
  execFileSync('/usr/bin/python3', [path.join(root, 'scripts/recount.py'), path.join(server.campaign, 'ledger')], { stdio: 'pipe' });
});

test('every operation that is described was tried', async () => {
  described('get', '/{campaign}/ledger/{path}', await server.get('/demo/ledger/checkpoint'));
  refused(await server.get('/demo/ledger/tile/0/00'), 404, 'not_found');
  assert.deepEqual(untried(undefined), []);
});

test('no code, token or person is in logs, ledger or pages', async () => {
  const ledger = execFileSync('cat', [path.join(server.campaign, 'state/journal')]).toString('latin1');
  for (const secret of [...server.codes, voter.token, ...server.codes.map((c) => c.replaceAll('-', ''))])
    for (const text of [server.log, ledger])
      assert.ok(!text.includes(secret));
});

/** Starts a server that must not become ready; waits for what it says and ends it. */
async function says(config, pattern) {
  const child = spawn(dauys, ['serve', '--config', config], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (bytes) => { log += bytes; });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  try {
    await until(async () => pattern.test(log), 15, `${pattern} in ${log}`);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

test('two servers on one campaign, and a key that others can read, are refused with the remedy', async () => {
  const second = `${server.folder}/second.conf`;
  writeFileSync(second, readFileSync(server.config, 'utf8').replace(/^listen.*$/m, 'listen = 127.0.0.1:0').replace(/^run = .*$/m, `run = ${server.folder}/run2`));
  await says(second, /ledger-demo.*(open|lock)/);
  await server.stop();
  chmodSync(path.join(server.campaign, 'keys/ledger/log.pem'), 0o644);
  await says(server.config, /chmod 600/);
});
