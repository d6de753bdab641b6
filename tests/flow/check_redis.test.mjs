// `dauys check-redis`: every key and item of Redis against the ledger's fold, with an operator's own Redis.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { Server, until } from './server.mjs';
import { Voter } from './voter.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'dauys-redis-')), socket = path.join(folder, 's');
let redis, server, nominee;
const cli = (...args) => execFileSync('redis-cli', ['-s', socket, ...args], { encoding: 'utf8' }).trim();
const check = (campaign = 'demo') => server.run('check-redis', '--config', server.config, campaign);

before(async () => {
  redis = spawn('redis-server', ['--unixsocket', socket, '--port', '0', '--dir', folder, '--save', ''], { stdio: 'ignore' });
  await until(async () => cli('ping') === 'PONG', 20, 'redis');
  server = await Server.make({ config: `redis = unix:${socket}` });
  const voter = new Voter(server);
  await voter.enroll(server.codes[0], 'youth', 'probation');
  nominee = (await server.get(server.api('/nominees?cat=youth&limit=1'))).json.items[0].id;
  for (const rev of [1, 2]) assert.equal((await voter.cast(await voter.ballot('youth', { a: [nominee], m: 'approve' }, rev))).status, 201);
  await until(async () => check().code === 0, 10, 'Redis');
});
after(async () => {
  await server?.destroy();
  redis?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Spoils Redis, has it found and named, and mends it again. */
function found(line, spoil, mend) {
  spoil();
  const { code, out } = check();
  assert.equal(code, 1, out);
  assert.deepEqual(out.split('\n').filter((text) => text.startsWith('{c:')), [line]);
  assert.match(out, /remedy: /);
  mend();
  assert.equal(check().code, 0, check().out);
}

test('what differs is named, whatever it is', () => {
  const set = (key, field, value) => cli('HSET', `{c:demo}:${key}`, field, value);
  found('{c:demo}:counts  another content', () => set('counts', 'youth|cast', '3'), () => set('counts', 'youth|cast', '2'));
  found('{c:demo}:counts  another content', () => set('counts', 'more', '1'), () => cli('HDEL', '{c:demo}:counts', 'more'));
  found('{c:demo}:extra?key  not of the ledger', () => cli('SET', '{c:demo}:extra key', 'x'), () => cli('DEL', '{c:demo}:extra key'));
  const campaign = cli('GET', '{c:demo}:campaign');
  found('{c:demo}:campaign  missing', () => cli('DEL', '{c:demo}:campaign'), () => cli('SET', '{c:demo}:campaign', campaign));
  const root = cli('HGET', '{c:demo}:applied', 'root');
  found('{c:demo}:applied  another root', () => set('applied', 'root', '0'.repeat(64)), () => set('applied', 'root', root));
  const size = cli('HGET', '{c:demo}:applied', 'size');
  spoilSize(size);
  const row = cli('HGET', '{c:demo}:nominees:youth', nominee);
  found('{c:demo}:nominees:youth  another content', () => set('nominees:youth', nominee, row.replace('e', 'o')), () => set('nominees:youth', nominee, row));
});

function spoilSize(size) {
  cli('HSET', '{c:demo}:applied', 'size', '100000');
  const ahead = check();
  assert.equal(ahead.code, 1);
  assert.match(ahead.out, /Redis stands at 100000 entries/);
  cli('HSET', '{c:demo}:applied', 'size', size);
  assert.equal(check().code, 0);
}

test('its output tells no choice and no pass', () => {
  cli('HSET', '{c:demo}:counts', 'youth|cast', '77');
  const { out } = check();
  assert.ok(!out.includes('77') && !out.includes(nominee), out);
  cli('HSET', '{c:demo}:counts', 'youth|cast', '2');
});

test('tallies are compared too, and the remedy mends', async () => {
  const close = server.sign({ act: 'close', phase: 'evaluation', seen: 1, t: 'phase', v: 1, why: 'a test' }, 'demo-1', 'demo-2');
  assert.equal((await server.post(server.api('/entries'), close)).status, 201);
  await until(async () => (await server.get(server.api('/tallies'))).json?.final === true, 30, 'tallies');
  await until(async () => check().code === 0, 10, 'Redis');
  const [field] = cli('HKEYS', '{c:demo}:tally:youth').split('\n');
  cli('HINCRBY', '{c:demo}:tally:youth', field, '1');
  assert.match(check().out, /^\{c:demo\}:tally:youth {2}another content$/m);
  await server.stop();
  cli('EVAL', "for _, k in ipairs(redis.call('KEYS', '{c:demo}*')) do redis.call('DEL', k) end", '0');
  assert.equal(check().code, 1);
  await server.start();
  assert.equal(check().code, 0, check().out);
});

test('what cannot be compared is told apart', async () => {
  assert.equal(check('nope').code, 2);
  assert.equal(server.run('check-redis').code, 2);
  await server.stop();
  redis.kill('SIGKILL');
  await until(async () => check().code === 2, 10, 'the end of redis');
});
