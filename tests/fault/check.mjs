// One checker for all faults (faults.md §2): what every client saw must be in one ledger, once, and counted.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { root, until } from '../flow/server.mjs';

const sha256 = (...parts) => crypto.createHash('sha256').update(Buffer.concat(parts)).digest();
const leafHash = (entry) => sha256(Buffer.from([0]), entry);
const nodeHash = (left, right) => sha256(Buffer.from([1]), left, right);

/** All entries of the ledger as it is served, up to the size of a checkpoint. */
async function entries(server, size) {
  const all = [];
  for (let bundle = 0; bundle * 256 < size; bundle++) {
    const width = Math.min(256, size - bundle * 256);
    const answer = await server.get(`/demo/ledger/tile/entries/${String(bundle).padStart(3, '0')}${width < 256 ? `.p/${width}` : ''}`);
    assert.equal(answer.status, 200, `bundle ${bundle} of ${size}`);
    const bytes = Buffer.from(answer.bytes);
    for (let at = 0; at < bytes.length;) {
      const len = bytes.readUInt16BE(at);
      all.push(bytes.subarray(at + 2, at + 2 + len));
      at += 2 + len;
    }
  }
  assert.equal(all.length, size);
  return all;
}

/** The root after each entry: roots[n] is that of the first n. */
function roots(leaves) {
  const all = [sha256()], peaks = []; // [height, hash], falling heights
  for (const leaf of leaves) {
    peaks.push([0, leaf]);
    while (peaks.length > 1 && peaks.at(-1)[0] === peaks.at(-2)[0]) {
      const [, right] = peaks.pop(), [height, left] = peaks.pop();
      peaks.push([height + 1, nodeHash(left, right)]);
    }
    all.push(peaks.map(([, hash]) => hash).reduceRight((right, left) => nodeHash(left, right)));
  }
  return all;
}

/** {size, root} of a checkpoint whose signature is the log's. */
function opened(server, text) {
  const [name, , key] = /^([^+]+)\+([0-9a-f]+)\+(.+)$/.exec(server.vkey).slice(1);
  const raw = Buffer.from(key, 'base64').subarray(1);
  const publicKey = crypto.createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw]), format: 'der', type: 'spki' });
  const cut = text.indexOf('\n\n'), [origin, size, rootText] = text.split('\n');
  const signature = Buffer.from(text.slice(cut + 2).trim().split(' ')[2], 'base64').subarray(4);
  assert.equal(origin, name);
  assert.ok(crypto.verify(null, Buffer.from(text.slice(0, cut + 1)), publicKey, signature), 'a checkpoint with a wrong signature');
  return { size: Number(size), root: rootText };
}

const digest = (server) => server.run('state-digest', '--config', server.config, 'demo').out;

/** Every request that got no answer is sent again: each then has exactly one index. Some answered ones too. */
async function resend(server, load) {
  const again = [...load.sent.filter((record) => record.answers.length === 0), ...load.sent.filter((_, i) => i % 17 === 0)];
  for (const record of again)
    await until(() => load.cast(record), 25, `an answer to rev ${record.rev} of ${record.cat}`);
  for (const record of load.sent) {
    const indices = new Set(record.answers.map(({ index }) => index));
    assert.equal(indices.size, 1, `rev ${record.rev} of ${record.cat} has the indices ${[...indices]}`);
  }
  for (const lane of load.lanes)
    if (lane.pending?.answers.length) lane.pending = undefined;
}

/** I1, I2, I4 while the campaign goes on. Returns the entries. */
export async function checkNow(server, load) {
  await until(async () => (await server.get('/readyz')).status === 200, 30, 'readiness');
  await resend(server, load);
  assert.deepEqual(load.surprises, []);
  const text = await (async () => (await server.get('/demo/ledger/checkpoint')).text)();
  const { size } = opened(server, text);
  const all = await entries(server, size), leaves = all.map(leafHash), trees = roots(leaves);
  load.checkpoints.add(text);
  for (const seen of load.checkpoints) { // I2: every one a prefix of the last
    const checkpoint = opened(server, seen);
    assert.ok(checkpoint.size <= size, `a checkpoint of size ${checkpoint.size} was seen, now there are ${size}`);
    assert.equal(checkpoint.root, trees[checkpoint.size].toString('base64'), `another tree of size ${checkpoint.size} was seen`);
  }
  for (const record of load.sent) { // I1, and the receipt
    const { index } = record.answers[0];
    assert.equal(all[index]?.toString(), record.bytes, `entry ${index} is another`);
    assert.ok(opened(server, record.checkpoint).size > index, `the receipt of ${index} does not hold it`);
  }
  const parsed = all.map((entry) => JSON.parse(entry));
  const ballots = parsed.filter(({ t }) => t === 'ballot'), ours = new Set(load.sent.map(({ bytes }) => bytes));
  assert.equal(ballots.length, load.sent.length, 'ballots in the ledger and ballots sent');
  assert.ok(all.every((entry, i) => parsed[i].t !== 'ballot' || ours.has(entry.toString())));
  assert.equal(new Set(all.map(String)).size, size, 'an entry is there twice');
  const issues = parsed.filter(({ t }) => t === 'issue');
  for (const { cat, index } of load.passes) assert.equal(parsed[index].cat, cat);
  assert.equal(new Set(issues.map(({ p, cat }) => `${p} ${cat}`)).size, issues.length, 'issued twice');
  let last = 0;
  for (const { at } of parsed.filter((entry) => entry.at !== undefined)) {
    assert.ok(at >= last, `time goes back from ${last} to ${at}`);
    last = at;
  }
  const shown = (await server.get(server.api())).json.categories;
  for (const category of shown) {
    assert.equal(category.cast, ballots.filter(({ cat }) => cat === category.id).length, category.id);
    assert.equal(category.issued, issues.filter(({ cat }) => cat === category.id).length, category.id);
  }
  await checkRedis(server);
  return parsed;
}

/** Redis holds what the ledger's fold gives, every key. */
async function checkRedis(server) {
  let said;
  await until(async () => {
    said = server.run('check-redis', '--config', server.config, 'demo');
    return said.code === 0;
  }, 20, 'Redis as the ledger has it').catch((error) => { throw new Error(`${error.message}: ${said.out}`); });
}

/** I3: without its data, Redis becomes the same again. */
export async function checkRebuild(server) {
  const before = digest(server);
  rmSync(path.join(server.folder, 'run/redis/appendonlydir'), { recursive: true, force: true });
  server.kill('redis/redis');
  await until(async () => digest(server) === before && (await server.get('/readyz')).status === 200, 30, 'Redis as it was');
}

/** What the tally must say, from the clients' own journal. */
function expected(load, cat) {
  const last = new Map();
  for (const record of load.sent.filter((r) => r.cat === cat))
    if (!last.has(record.pk) || last.get(record.pk).rev < record.rev) last.set(record.pk, record);
  const counts = {};
  for (const { adds } of last.values()) {
    for (const [nominee, criterion, value] of adds) {
      const values = (counts[nominee] ??= {})[criterion] ??= {};
      values[value] = (values[value] ?? 0) + 1;
    }
  }
  return { counted: last.size, counts };
}

/** Closes the campaign: the API's tally, Redis', a recount from the tiles and the clients' journal are one. */
export async function checkEnd(server, load) {
  await checkNow(server, load);
  await checkRebuild(server);
  const close = server.sign({ act: 'close', phase: 'evaluation', seen: 1, t: 'phase', v: 1, why: 'a test' }, 'demo-1', 'demo-2');
  await until(async () => (await server.post(server.api('/entries'), close)).status < 300, 20, 'the close');
  await until(async () => (await server.get(server.api('/tallies'))).json?.final === true, 30, 'tallies');
  for (const { id } of (await server.get(server.api())).json.categories) {
    const { tally } = (await server.get(server.api(`/tallies/${id}`))).json, own = expected(load, id);
    assert.equal(tally.counted, own.counted, id);
    assert.deepEqual(tally.counts, own.counts, id);
    assert.equal(tally.cast, load.sent.filter((record) => record.cat === id).length, id);
  }
  await checkRedis(server);
  const verify = server.run('verify', path.join(server.campaign, 'ledger'));
  assert.equal(verify.code, 0, verify.out);
  execFileSync('/usr/bin/python3', [path.join(root, 'scripts/recount.py'), path.join(server.campaign, 'ledger'), '--vkey', path.join(server.campaign, 'log.vkey')], { stdio: 'pipe' });
}
