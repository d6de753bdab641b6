// `dauys campaign`: a real campaign is made by two administrators with their keys, and nothing less will do.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { dauys, root, Server } from './server.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'dauys-create-'));
const at = (name) => path.join(folder, name);
after(() => rmSync(folder, { recursive: true, force: true }));

function run(...args) {
  const { status, stdout, stderr } = spawnSync(dauys, args, { cwd: root, encoding: 'utf8' });
  return { status, out: stdout + stderr };
}

const rules = JSON.parse(readFileSync(path.join(root, 'data/demo/rules.json'), 'utf8'));
rules.campaign.demo = false;
rules.campaign.id = 'real';
writeFileSync(at('past.json'), JSON.stringify(rules));
for (const phase of rules.phases)
  for (const end of ['opens', 'closes']) phase[end] = phase[end].replace('2026', '2096');
writeFileSync(at('rules.json'), JSON.stringify(rules));
writeFileSync(at('register.csv'), 'id,name_en\nn1,First\nn2,Second\n');
writeFileSync(at('roll.csv'), 'voter,code\nv1,ABCD-EFGH-1234\n');
for (const name of ['a', 'b']) assert.equal(run('campaign', 'key', at(`${name}.pem`)).status, 0);
const common = ['--rules', at('rules.json'), '--host', 'prize.example', '--register', at('register.csv'), '--roll', at('roll.csv')];
const two = ['--administrator', `first=${at('a.pem')}`, '--administrator', `second=${at('b.pem')}`];

test('two administrators make a campaign that verifies', () => {
  const made = run('campaign', 'create', ...common, ...two, at('one/real'));
  assert.equal(made.status, 0, made.out);
  assert.equal(statSync(at('one/real/keys/ledger/log.pem')).mode & 0o777, 0o600);
  assert.equal(statSync(at('one/real/registrar/private.db')).mode & 0o777, 0o600);
  assert.equal(run('verify', at('one/real/ledger')).status, 0);
  assert.match(run('campaign', 'show', at('one/real')).out, /prize\.example\/real/);
  assert.ok(!readFileSync(at('one/real/registrar/private.db')).includes('ABCDEFGH'));
});

test('less than that is refused, with the reason', () => {
  const refused = (pattern, ...args) => {
    const { status, out } = run('campaign', 'create', ...args);
    assert.notEqual(status, 0);
    assert.match(out, pattern);
  };
  refused(/is there already/, ...common, ...two, at('one/real'));
  refused(/half made: remove it[^]*signers_missing/, ...common, ...two.slice(0, 2), at('two/real'));
  refused(/key_known/, ...common, ...two.slice(0, 3), `second=${at('a.pem')}`, at('three/real'));
  refused(/demo_key/, ...common, '--administrator', `demo-1=${at('a.pem')}`, ...two.slice(2), at('four/real'));
  refused(/in the past/, '--rules', at('past.json'), ...common.slice(2), ...two, at('eight/real'));
  refused(/folder is called/, ...common, ...two, at('five/other'));
  refused(/--demo/, ...common, '--demo', '--as-dated', at('six/real'));
  refused(/first was named before/, ...common, two[0], two[1], '--administrator', `first=${at('b.pem')}`, at('nine/real'));
  chmodSync(at('b.pem'), 0o640);
  refused(/b\.pem.*chmod 600/, ...common, ...two, at('ten/real'));
  chmodSync(at('b.pem'), 0o600);
  refused(/c\.pem/, ...common, ...two.slice(0, 3), `second=${at('c.pem')}`, at('eleven/real'));
  writeFileSync(at('bad-roll.csv'), 'voter,code\nv1,short\n');
  refused(/line 2/, ...common.slice(0, -1), at('bad-roll.csv'), ...two, at('seven/real'));
});

test('a demo shows the phase that is asked for', () => {
  for (const [phase, nominees, undecided] of [['nomination', 0, 0], ['screening', 48, 12], ['evaluation', 60, 0]]) {
    const made = at(`${phase}/demo`);
    assert.equal(run('campaign', 'create', '--demo', '--phase', phase, made).status, 0);
    const shown = run('campaign', 'show', made).out;
    assert.match(shown, new RegExp(`\\n +${phase} +open `));
    const admitted = [...shown.matchAll(/^ {2}\w+ +(?:score|points|approve|rank|choose) +(\d+)/gm)].map((row) => Number(row[1]));
    assert.equal(admitted.reduce((a, b) => a + b, 0), nominees, phase);
    const nominations = readFileSync(path.join(made, 'ledger/tile/entries/000.p', shown.match(/size (\d+)/)[1]), 'latin1').split('"t":"nominate"').length - 1;
    assert.equal(nominations, nominees + undecided, phase);
  }
  assert.match(run('campaign', 'create', '--demo', '--phase', 'council', at('council/demo')).out, /--phase wants/);
});

test('rules are checked with the place of every error, or told as sentences', () => {
  const good = run('campaign', 'check', at('rules.json'), '--lang', 'kk');
  assert.equal(good.status, 0);
  assert.match(good.out, /# /);
  const bad = { ...rules, more: 1, max_rev: 0 };
  writeFileSync(at('bad.json'), JSON.stringify(bad));
  const checked = run('campaign', 'check', '--json', at('bad.json'));
  assert.equal(checked.status, 1);
  assert.deepEqual(JSON.parse(checked.out).map((p) => p.path).sort(), ['/max_rev', '/more']);
  assert.equal(run('campaign', 'check', at('none.json')).status, 2);
  assert.equal(run('campaign', 'nothing').status, 2);
});

test('signing refuses what is no entry', () => {
  const sign = (input) => spawnSync(dauys, ['campaign', 'sign', '--key', at('a.pem'), '--origin', 'prize.example/real'], { input, encoding: 'utf8' });
  assert.equal(sign('{"t":"notice","v":1,"text":"hello","seen":1}').status, 0);
  assert.equal(sign('{"t":"notice","v":1,"at":5,"text":"hello","seen":1}').status, 1);
  assert.equal(sign('rubbish').status, 1);
  assert.equal(sign('{"t":"notice","v":2}').status, 1);
});

test('a real campaign is served, and its later acts are signed apart and posted', async () => {
  const campaign = at('campaigns/real'), server = new Server();
  assert.equal(run('campaign', 'create', ...common, ...two, campaign).status, 0);
  server.folder = folder;
  server.config = at('real.conf');
  server.env = process.env;
  server.port = 20000 + process.pid % 20000;
  writeFileSync(server.config, `listen = 127.0.0.1:${server.port}\nadmin =\ncampaigns = ${folder}/campaigns\nrun = ${folder}/run\nweb = ${root}/web/dist\nfronts = 1\n[limits]\nlift = yes\n`);
  await server.start();
  try {
    const shown = (await server.get('/api/v1/campaigns/real')).json;
    assert.equal(shown.demo, false);
    /** Signs on another machine: nothing but the key, the origin and the entry's text. */
    const sign = (text, key, origin = 'prize.example/real') => spawnSync(dauys, ['campaign', 'sign', '--key', at(key), '--origin', origin], { input: text, encoding: 'utf8', cwd: folder });
    const post = (text) => server.post('/api/v1/campaigns/real/entries', text);
    const pause = JSON.stringify({ act: 'pause', phase: 'nomination', seen: 1, t: 'phase', v: 1, why: 'a test' });
    const notice = JSON.stringify({ t: 'notice', v: 1, text: 'Қош келдіңіз', seen: 1 });
    const one = sign(pause, 'a.pem').stdout.trim();
    assert.equal((await post(one)).json.code, 'signers_missing');
    assert.equal(sign(one, 'a.pem').status === 0 ? (await post(sign(one, 'a.pem').stdout.trim())).json.code : 'signers_order', 'signers_order');
    assert.equal((await post(sign(sign(notice, 'a.pem', 'prize.example/other').stdout, 'b.pem', 'prize.example/other').stdout.trim())).json.code, 'signature_wrong');
    assert.equal(run('campaign', 'key', at('stranger.pem')).status, 0);
    assert.equal((await post(sign(one, 'stranger.pem').stdout.trim())).json.code, 'signer_unknown');
    const both = sign(sign(notice, 'b.pem').stdout, 'a.pem').stdout.trim(); // in either order
    const done = await post(both);
    assert.equal(done.status, 201, done.text);
    const again = await post(both);
    assert.deepEqual([again.status, again.json.index], [200, done.json.index]);
    assert.equal(run('verify', `${campaign}/ledger`).status, 0);
  } finally {
    await server.stop();
  }
});
