// Started as root, every kind of process is a user of its own, and can open what is its own and nothing else. The users
// are there for the server and its commands only: in a mount namespace with another /etc/passwd and /etc/group.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

const GROUP = 7100;
const uids = { front: 7101, registrar: 7102, ledger: 7103 };
const root = path.resolve(import.meta.dirname, '../..');
const program = path.resolve(root, process.env.DAUYS ?? 'build/dauys');
const skip = process.getuid() !== 0 ? 'wants root' : spawnSync('unshare', ['-m', 'true']).status !== 0 && 'no mount namespace here';
const tools = mkdtempSync(path.join(tmpdir(), 'dauys-users-'));

/** A wrapper that is the program, on a machine that has the users; the server may do no more than its unit lets it. */
function wrapper() {
  const lines = (file, ...more) => [...readFileSync(file, 'utf8').split('\n').filter((line) => line && !line.startsWith('dauys')), ...more, ''].join('\n');
  writeFileSync(path.join(tools, 'passwd'), lines('/etc/passwd', ...Object.entries(uids).map(([name, uid]) => `dauys-${name}:x:${uid}:${GROUP}::/nonexistent:/bin/false`)));
  writeFileSync(path.join(tools, 'group'), lines('/etc/group', `dauys:x:${GROUP}:`));
  const caps = /^CapabilityBoundingSet=(.*)$/m.exec(readFileSync(path.join(root, 'packaging/dauys.service'), 'utf8'))[1];
  const bounds = caps.split(' ').map((cap) => `+${cap.slice(4).toLowerCase()}`).join();
  const script = path.join(tools, 'dauys');
  writeFileSync(script, `#!/bin/sh\n[ "$1" = serve ] && limit='setpriv --no-new-privs --bounding-set=-all,${bounds}'\nexport limit\nexec unshare -m sh -c 'mount --bind ${tools}/passwd /etc/passwd && mount --bind ${tools}/group /etc/group && exec $limit ${program} "$@"' sh "$@"\n`, { mode: 0o755 });
  return script;
}

process.env.DAUYS = wrapper();
const { Server, until } = await import('./server.mjs');
const { Voter } = await import('./voter.mjs');
const { demoStaff, Member } = await import('./staff.mjs');

const as = (who, ...command) => spawnSync('setpriv', ['--reuid', uids[who], '--regid', GROUP, '--clear-groups', ...command], { encoding: 'utf8' });
const opens = (who, file) => as(who, 'cat', path.join(server.campaign, file)).status === 0;
const makes = (who, folder) => {
  const made = as(who, 'mktemp', '-p', path.join(server.campaign, folder));
  if (made.status === 0) rmSync(made.stdout.trim());
  return made.status === 0;
};
const files = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((item) => {
  const name = path.join(folder, item.name);
  return item.isDirectory() ? [name, ...files(name)] : [name];
});
/** Who owns what of the campaign: a path below it → name, for all that is in the parts of the processes. */
const strangers = () => Object.entries({ ledger: 'ledger', state: 'ledger', 'keys/ledger': 'ledger', registrar: 'registrar', register: 'registrar', 'keys/registrar': 'registrar' })
  .flatMap(([part, who]) => [path.join(server.campaign, part), ...files(path.join(server.campaign, part))].filter((name) => statSync(name).uid !== uids[who]));
let server, voter;

before(async () => {
  if (skip) return;
  chmodSync(tools, 0o755);
  cpSync(path.join(root, 'web/dist'), path.join(tools, 'web'), { recursive: true }); // wherever the source is
  server = await Server.make({ web: path.join(tools, 'web') });
});
after(async () => { await server?.destroy(); rmSync(tools, { recursive: true, force: true }); });

test('each process is its own user, and /readyz has nothing to warn of', { skip }, async () => {
  for (const [name, uid] of [['front-0', uids.front], ['registrar', uids.registrar], ['ledger-demo', uids.ledger], ['redis/redis', uids.ledger]]) {
    const pid = readFileSync(path.join(server.folder, 'run', `${name}.pid`), 'utf8').trim();
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\\t${uid}\\t${uid}\\t${uid}\\t${uid}$`, 'm'), name);
    assert.match(status, new RegExp(`^Gid:\\t${GROUP}\\t${GROUP}\\t${GROUP}\\t${GROUP}$`, 'm'), name);
  }
  assert.deepEqual((await server.get('/readyz')).json.warnings, []);
});

test('everything works: sign in, pass, ballot, page, ledger, search, staff', { skip }, async () => {
  voter = new Voter(server);
  assert.equal((await voter.enroll(server.codes[0], 'youth')).status, 200);
  const [{ id }] = (await server.get(server.api('/nominees?cat=youth'))).json.items;
  const answer = await voter.cast(await voter.ballot('youth', { a: [id], m: 'approve' }, 1));
  assert.equal(answer.status, 201, answer.text);
  assert.equal((await server.get('/kk/')).status, 200);
  assert.equal((await server.get('/demo/ledger/checkpoint')).status, 200);
  rmSync(path.join(server.campaign, 'register'), { recursive: true });
  execFileSync(process.env.DAUYS, ['campaign', 'own', server.campaign]);
  assert.ok((await server.get(server.api('/register?q=камкор'))).json.items.length > 0);
  assert.equal((await new Member(server, demoStaff(server)['demo-1']).signIn()).status, 201);
});

test('who can open and make what', { skip }, () => {
  const one = (folder, end) => `${folder}/${readdirSync(path.join(server.campaign, folder)).find((name) => name.endsWith(end))}`;
  const all = ['front', 'registrar', 'ledger'];
  const rows = [
    ['keys/ledger/log.pem', 'ledger'], ['keys/ledger/seal.pem', 'ledger'],
    ['keys/registrar/registrar.pem', 'registrar'], ['keys/registrar/pseudonym.key', 'registrar'], [one('keys/registrar', '.pem'), 'registrar'],
    ['registrar/private.db', 'registrar'], ['registrar/private.db-wal', 'registrar'], ['state/journal', 'ledger'],
    ['staff/demo-1.pem'], ['demo-staff.csv'], ['demo-codes.csv'],
    [one('register', '.db'), ...all], ['ledger/checkpoint', ...all], ['rules.json', ...all], ['log.vkey', ...all],
  ];
  for (const [file, ...who] of rows) assert.deepEqual([file, ...all.filter((name) => opens(name, file))], [file, ...who]);
  for (const [folder, ...who] of [['ledger/files', 'ledger'], ['state', 'ledger'], ['registrar', 'registrar'], ['register', 'registrar'], ['.'], ['keys']])
    assert.deepEqual([folder, ...all.filter((name) => makes(name, folder))], [folder, ...who]);
});

test('commands of root beside it leave nothing that a process cannot open', { skip }, async () => {
  assert.deepEqual(strangers(), []);
  assert.equal(server.run('staff', 'invite', server.campaign, '--person', 'new-1', '--role', 'auditor').code, 0);
  assert.equal(server.run('check-redis', '--config', server.config, 'demo').code, 0);
  assert.equal(server.run('campaign', 'show', server.campaign).code, 0);
  assert.equal(server.run('verify', path.join(server.campaign, 'ledger')).code, 0);
  const { json } = await server.get(server.api());
  const csv = readFileSync(path.join(server.campaign, 'ledger/files', json.register), 'utf8').replace('n00001,', 'n90001,');
  writeFileSync(path.join(server.folder, 'ngos.csv'), csv);
  const answer = server.run('register', 'import', path.join(server.folder, 'ngos.csv'), '--campaign', server.campaign, '--confirm');
  assert.equal(answer.code, 0, answer.out);
  assert.equal(readdirSync(path.join(server.campaign, 'register')).length, 2);
  assert.deepEqual(strangers(), []);
});

test('a rehearsal of root reaches its own folder', { skip }, () => {
  process.env.DAUYS_WEB = path.join(tools, 'web');
  const answer = server.run('rehearse', '--synthetic', '3');
  assert.equal(answer.code, 0, answer.out);
});

test('each comes back after it was killed, and so does the whole', { skip }, async () => {
  const ready = async () => (await server.get('/readyz')).status === 200;
  for (const name of ['registrar', 'ledger-demo', 'redis/redis']) {
    const pid = () => readFileSync(path.join(server.folder, 'run', `${name}.pid`), 'utf8');
    const before = pid();
    server.kill(name);
    await until(async () => pid() !== before && await ready(), 20, name);
  }
  server.process.kill('SIGKILL');
  await server.ended;
  await server.start();
  assert.equal((await voter.signIn(server.codes[2])).status, 201);
  assert.deepEqual(strangers(), []);
});

test('staff invited while it stands still: the database is still the registrar\'s', { skip }, async () => {
  await server.stop();
  assert.equal(server.run('staff', 'invite', server.campaign, '--person', 'new-2', '--role', 'auditor').code, 0);
  assert.deepEqual(strangers(), []);
  await server.start();
  assert.equal((await new Member(server, demoStaff(server)['demo-2']).signIn()).status, 201);
});

test('a folder of root is refused with the remedy, which helps', { skip }, async () => {
  await server.stop();
  execFileSync('chown', ['-R', '0:0', server.campaign]);
  await assert.rejects(server.start(), /belongs to user 0, not to dauys-ledger: run: dauys campaign own/);
  assert.equal(server.run('campaign', 'own', path.join(server.folder, 'campaigns')).code, 1);
  assert.equal(server.run('campaign', 'own', server.campaign).code, 0);
  await server.start();
  await until(async () => (await server.get('/readyz')).status === 200);
  assert.equal((await voter.signIn(server.codes[1])).status, 201);
});
