// `dauys verify` against the corpus of damaged ledgers, against scripts/recount.py (a second reading of
// PROTOCOL.md), against every byte flipped, and over HTTP; and receipts.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { linesThrough, throughTool } from './tool.mjs';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const dauys = path.resolve(root, process.env.DAUYS ?? 'build/dauys');
const python = '/usr/bin/python3';
const recount = path.join(root, 'scripts/recount.py');
// Checking one flip takes ten times as long with a sanitizer.
const everyByte = dauys.includes('san') ? 17 : 1;
let folder;

// A good ledger of 300 entries, the log at 200 of them, and one that the same key signed with another entry 150.
const WRITE = `
import json, os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "tests/python")
import ledger_writer as w
c = w.pad_with_notices(w.sample_campaign(), 300)
folder = sys.argv[1]
w.write_folder(folder + "/small", c.paths())
w.write_folder(folder + "/short", w.folder_files(c.entries[:120], c.files))
forked = c.entries[:150] + [w.canonical(c.notice_entry("forked"))] + c.entries[151:]
w.write_folder(folder + "/forked", w.folder_files(forked, c.files))
early = c.entries[:200]
note = w.folder_files(early, c.files)["checkpoint"]
for index in (0, 5, 160, 199):
    with open(f"{folder}/{index}.tlog-proof", "wb") as file:
        file.write(w.receipt(early, index, note))
for length in (0, 1, 8192, 8193):
    entry = b"x" * length
    with open(f"{folder}/entry-{length}.tlog-proof", "wb") as file:
        file.write(w.receipt([entry], 0, w.folder_files([entry], {})["checkpoint"]))
`;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'dauys-verify-'));
  linesThrough(python, ['-B', path.join(root, 'tests/python/ledger_writer.py'), '--damaged', path.join(folder, 'corpus')], []);
  const { status, stderr } = spawnSync(python, ['-c', WRITE, folder], { cwd: root });
  assert.equal(status, 0, String(stderr));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program without holding up the event loop: a server may be in this process. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const out = [[], []];
    child.stdout.on('data', (bytes) => out[0].push(bytes));
    child.stderr.on('data', (bytes) => out[1].push(bytes));
    child.on('error', reject);
    child.on('close', (status) => resolve({
      status, stdout: Buffer.concat(out[0]).toString(), stderr: Buffer.concat(out[1]).toString(),
    }));
  });
}
const verify = (...args) => run(dauys, ['verify', ...args]);
const at = (...names) => path.join(folder, ...names);

async function report(command, args) {
  const { status, stdout, stderr } = await run(command, args);
  assert.ok(status === 0 || status === 1, `${args.join(' ')}: exit ${status}: ${stderr}`);
  const json = JSON.parse(stdout);
  assert.equal(status, json.findings.length > 0 ? 1 : 0, args.join(' '));
  return json;
}

// recount.py's command on each folder of its standard input, in one process: its exit status and its JSON, a line each.
const RECOUNT_ALL = `
import importlib.util, sys
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("recount", sys.argv[1])
recount = importlib.util.module_from_spec(spec)
sys.modules["recount"] = recount
spec.loader.exec_module(recount)
for folder in sys.stdin.read().split("\\n")[:-1]:
    sys.argv = ["recount.py", "--json", folder]
    print(recount.main(), flush=True)
`;

test('each damaged ledger: both verifiers list exactly what is wrong and count alike', async () => {
  const names = readdirSync(at('corpus'));
  const codes = new Set();
  const said = linesThrough(python, ['-c', RECOUNT_ALL, recount], names.map((name) => at('corpus', name, 'ledger')));
  const seconds = Object.fromEntries(names.map((name, i) => [name, { ...JSON.parse(said[2 * i]), status: Number(said[2 * i + 1]) }]));
  const check = async () => {
    for (let name = names.pop(); name; name = names.pop()) {
      const ledger = at('corpus', name, 'ledger');
      const expected = JSON.parse(readFileSync(at('corpus', name, 'expected.json'), 'utf8'));
      const own = await report(dauys, ['verify', '--json', ledger]);
      const second = seconds[name];
      assert.deepEqual(own.findings, expected, name);
      assert.deepEqual(second.findings, expected, name);
      assert.equal(second.status, expected.length > 0 ? 1 : 0, name);
      for (const member of ['size', 'root', 'tallies'])
        assert.deepEqual(own[member], second[member], `${name}: ${member}`);
      expected.forEach(({ code }) => codes.add(code));
    }
  };
  assert.ok(names.length > 60);
  await Promise.all([check(), check()]);
  assert.ok(codes.size > 60, `${codes.size} codes`);
});

test('every byte of every file flipped: dauys verify finds each', () => {
  const said = throughTool('verify_flips', [at('small/ledger'), at('small/log.vkey'), String(everyByte), '0'], []);
  const [, flips, missed] = said.at(-1).match(/^flips (\d+) missed (\d+)$/).map(Number);
  assert.equal(missed, 0);
  assert.ok(flips * everyByte > 100000, `${flips} flips`);
});

// All of them take two minutes: by hand, tests/python/flips.py FOLDER 1 0.
test('every 7th byte of every file flipped: recount.py finds each', () => {
  const first = String(Number(process.env.SEED ?? 0) % 7);
  const said = linesThrough(python, [path.join(root, 'tests/python/flips.py'), at('small'), '7', first], []);
  assert.match(said.at(-1), /^flips [1-9]\d{4} missed 0$/);
});

test('what could not be checked is not called good', async () => {
  const vkey = at('small/log.vkey');
  const empty = at('empty');
  cpSync(at('small'), empty, { recursive: true });
  rmSync(path.join(empty, 'ledger/checkpoint'));
  const cases = [
    [['verify', at('nothing')], /log\.vkey/], [['verify', '--vkey', vkey, at('nothing')], /can't open/],
    [['verify', path.join(empty, 'ledger')], /checkpoint/], [['verify', '--vkey', 'x', at('small/ledger')], /verifier key/],
    [['verify', 'http://127.0.0.1:1/x'], /--vkey/], [['verify', '--vkey', vkey, 'http://127.0.0.1:1/x'], /127\.0\.0\.1/],
    [['verify', '--vkey', vkey, 'http://user@host/'], /not an address/], [['verify'], /Usage/],
    [['verify', '--threads', '0', at('small/ledger')], /Usage/], [['verify', at('small/ledger'), 'more'], /Usage/],
    [['verify', '--receipt', at('none.tlog-proof'), '--vkey', vkey], /none\.tlog-proof/],
    [['verify', '--receipt', at('5.tlog-proof')], /--vkey/],
  ];
  for (const [args, says] of cases) {
    const { status, stdout, stderr } = await run(dauys, args);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, says);
    assert.equal(stdout, '');
  }
});

test('people read a sentence for each finding and a table', async () => {
  const good = await verify(at('small/ledger'));
  assert.equal(good.status, 0);
  assert.match(good.stdout, /^ledger\.example\/sample \(demo\)\nsize 300\nroot /);
  assert.match(good.stdout, /\n {2}evaluation {3}closed /);
  assert.match(good.stdout, /\n {2}edu +22 +22 +1 +1 +15 +5 {2}as published\n/);
  assert.match(good.stdout, /\n +1 +16 +2 +2 +n1\n/);
  assert.match(good.stdout, /\ngood\n$/);
  const bad = await verify(at('corpus/entries_voting/ledger'));
  assert.equal(bad.status, 1);
  assert.match(bad.stdout, /^ +\d+ {2}pass_forged {11}the pass does not bear the registrar's signature$/m);
  const many = await verify(at('corpus/fields/ledger'));
  assert.match(many.stdout, /^ +and \d+ more$/m);
  assert.equal(many.stdout.match(/^ +\d+ {2}\w+ +\S/gm).length, 100);
});

/** Serves a ledger folder; change(path) may give {status, body, headers} instead, or {cut}: broken off. */
async function serve(ledger, change = () => undefined) {
  const asked = [];
  const server = createServer((request, response) => {
    const name = request.url.replace(/^\/log\//, '');
    asked.push(name);
    const other = change(name);
    if (other?.cut) {
      response.writeHead(200, { 'content-length': '8192' });
      response.write('x', () => response.destroy());
      return;
    }
    const file = path.join(ledger, name);
    const found = existsSync(file) && statSync(file).isFile();
    response.writeHead(other?.status ?? (found ? 200 : 404), other?.headers);
    response.end(other?.body ?? (found ? readFileSync(file) : 'none'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, asked, address: `http://127.0.0.1:${server.address().port}/log` };
}
async function served(change, work, ledger = at('small/ledger')) {
  const { server, asked, address } = await serve(ledger, change);
  try {
    await work(address, asked);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('over HTTP: the same findings, every file fetched once', async () => {
  const vkey = at('small/log.vkey');
  await served(undefined, async (address, asked) => {
    const far = await report(dauys, ['verify', '--json', '--vkey', vkey, address]);
    assert.deepEqual(far, await report(dauys, ['verify', '--json', at('small/ledger')]));
    assert.equal(far.tallies.length, 5);
    const tiles = asked.filter((name) => name.startsWith('tile/'));
    assert.deepEqual([...new Set(tiles)].sort(), [...tiles].sort());
  });
  const found = async (change, expected) => served(change, async (address) => {
    const { findings } = await report(dauys, ['verify', '--json', '--vkey', vkey, `${address}/`]);
    assert.deepEqual(findings, expected);
  });
  await found((name) => (name === 'tile/entries/000' ? { status: 404 } : undefined), [{ code: 'bundle_missing', index: 0 }]);
  await found((name) => (name === 'tile/0/001.p/44' ? { body: Buffer.alloc(9000) } : undefined), [{ code: 'tile_width', index: 256 }]);
  await found((name) => (name === 'checkpoint' ? { body: Buffer.alloc(20000, 'a') } : undefined),
    [{ code: 'checkpoint_malformed', index: -1 }]);
});

test('over HTTP: an answer that is no answer stops the check', async () => {
  const vkey = at('small/log.vkey');
  const stopped = async (change, says) => served(change, async (address) => {
    const { status, stderr } = await verify('--json', '--vkey', vkey, address);
    assert.equal(status, 2);
    assert.match(stderr, says);
  });
  await stopped((name) => (name.startsWith('files/') ? { status: 503 } : undefined), /503/);
  await stopped((name) => (name === 'checkpoint' ? { status: 404 } : undefined), /checkpoint/);
  await stopped((name) => (name === 'tile/entries/000' ? { status: 302, headers: { location: 'http://127.0.0.1:1/' } } : undefined),
    /302.*redirects are not followed/);
  await stopped((name) => (name === 'tile/0/000' ? { cut: true } : undefined), /tile\/0\/000/);
});

async function receipts(names, ...more) {
  const args = names.flatMap((name) => ['--receipt', name]);
  const { status, stdout, stderr } = await verify('--json', ...args, '--vkey', at('small/log.vkey'), ...more);
  assert.ok(status === 0 || status === 1, stderr);
  const list = JSON.parse(stdout).receipts;
  assert.equal(status, list.every((receipt) => receipt.good) ? 0 : 1);
  return list;
}

test('receipts: good ones, and what a ledger that lies can do about them', async () => {
  const names = [0, 5, 160, 199].map((index) => at(`${index}.tlog-proof`));
  for (const where of [[], [at('small/ledger')]]) {
    const list = await receipts(names, ...where);
    assert.deepEqual(list.map(({ good, index, size }) => [good, index, size]), [0, 5, 160, 199].map((index) => [true, index, 200]));
  }
  await served(undefined, async (address) => {
    assert.ok((await receipts(names, address)).every(({ good }) => good));
  });
  const why = async (where, says) => {
    for (const receipt of await receipts(names, where)) {
      assert.equal(receipt.good, false);
      assert.match(receipt.why, says);
    }
  };
  await why(at('forked/ledger'), /another one than that of the receipt/);
  await why(at('short/ledger'), /ends at 120 entries, but its key has signed 200/);
  // The tree is the signed one, but the bundle shows something else.
  const hidden = at('hidden');
  cpSync(at('small'), hidden, { recursive: true });
  cpSync(at('forked/ledger/tile/entries'), path.join(hidden, 'ledger/tile/entries'), { recursive: true });
  const bundle = readFileSync(path.join(hidden, 'ledger/tile/entries/000'));
  bundle[40] ^= 1;
  writeFileSync(path.join(hidden, 'ledger/tile/entries/000'), bundle);
  const shown = await receipts(names, path.join(hidden, 'ledger'));
  assert.deepEqual(shown.map(({ good }) => good), [false, true, true, true]);
  assert.match(shown[0].why, /another entry at 0/);
});

test('receipts: an entry has 1 to 8192 bytes, for both', async () => {
  const names = [0, 1, 8192, 8193].map((length) => at(`entry-${length}.tlog-proof`));
  assert.deepEqual((await receipts(names)).map(({ good }) => good), [false, true, true, false]);
  const second = await Promise.all(names.map((name) => run(python, [recount, '--receipt', name, '--vkey', at('small/log.vkey')])));
  assert.deepEqual(second.map(({ status }) => status), [1, 0, 0, 1]);
});

test('receipts: every byte flipped is noticed, by both', async () => {
  const good = readFileSync(at('160.tlog-proof'));
  const names = [];
  for (let i = 0; i < good.length; i++) {
    const copy = Buffer.from(good);
    copy[i] ^= 1 << (i % 8);
    names.push(at(`flip-${i}.tlog-proof`));
    writeFileSync(names[i], copy);
  }
  for (const [i, receipt] of (await receipts(names)).entries()) assert.equal(receipt.good, false, `byte ${i}`);
  const all = `
import importlib.util, sys
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("recount", sys.argv[1])
recount = importlib.util.module_from_spec(spec)
sys.modules["recount"] = recount
spec.loader.exec_module(recount)
vkey = recount.read_verifier_key(open(sys.argv[2]).read())
for name in sys.stdin.read().split():
    try:
        print(recount.check_receipt(open(name, "rb").read(), vkey))
    except recount.Finding as finding:
        print(finding)
`;
  const said = linesThrough(python, ['-c', all, recount, at('small/log.vkey')], [...names, at('160.tlog-proof')]);
  assert.equal(said.at(-1), '160');
  assert.ok(said.slice(0, -1).every((line) => /^[a-z_]+$/.test(line)), said.join(' '));
});
