// What `make install` and `make deb` put there works without the source: pages, rules and calendar are found, the
// example configuration is right, the package has what it must.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { dauys, freePort, root, until } from './server.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'dauys-install-'));
const tree = path.join(folder, 'root'), elsewhere = path.join(folder, 'elsewhere');
const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const make = (...args) => execFileSync('make', ['-s', 'BUILT=1', `VARIANT=${path.basename(path.dirname(realpathSync(dauys)))}`, ...args], { cwd: root, stdio: 'pipe', encoding: 'utf8' });
const run = (program, ...args) => execFileSync(program, args, { cwd: elsewhere, stdio: 'pipe', encoding: 'utf8' });

/** The installed example with its paths below folder, its port a free one and these lines more. */
function configuration(from, port) {
  const text = readFileSync(path.join(from, 'etc/dauys/dauys.conf'), 'utf8').replaceAll('/var/lib/dauys', folder)
    .replace(/^listen = .*$/m, `listen = 127.0.0.1:${port}`).replace(/^admin = .*$/m, 'admin =');
  const file = path.join(folder, 'dauys.conf');
  writeFileSync(file, text);
  return file;
}

before(() => { mkdirSync(elsewhere); make('install', `DESTDIR=${tree}`, 'PREFIX=/usr'); });
after(() => rmSync(folder, { recursive: true, force: true }));

test('the installed program serves its pages from another folder', async () => {
  const program = path.join(tree, 'usr/bin/dauys'), port = await freePort();
  const config = configuration(tree, port);
  run(program, 'campaign', 'create', '--demo', path.join(folder, 'campaigns/demo'));
  assert.match(run(program, 'serve', '--config', config, '--print-config'), new RegExp(`^web = ${tree}/usr/share/dauys/web/dist`, 'm'));
  const server = spawn(program, ['serve', '--config', config], { cwd: elsewhere, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  server.stderr.on('data', (bytes) => { log += bytes; });
  const ended = new Promise((resolve) => { server.on('exit', resolve); });
  try {
    const get = (target) => fetch(`http://127.0.0.1:${port}${target}`);
    await until(async () => server.exitCode !== null || (await get('/readyz')).status === 200, 20, 'the server');
    for (const page of ['/kk/', '/ru/demo/register', '/en/demo/register'])
      assert.equal((await get(page)).status, 200, page + log);
    const [asset] = /\/assets\/[\w./-]+/.exec(await (await get('/kk/')).text());
    assert.equal((await get(asset)).status, 200, asset);
    assert.doesNotMatch(log, /calendar_missing/);
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
  assert.equal(server.exitCode, 0);
});

test('an installed program takes /etc/dauys/dauys.conf, one in its source does not', { skip: spawnSync('unshare', ['-m', 'true']).status !== 0 && 'no mount namespace here' }, () => {
  const campaigns = (program) => /^campaigns = (.*)$/m.exec(run('unshare', '-m', 'sh', '-c', `mount --bind ${tree}/etc /etc && exec ${program} serve --print-config`))[1].trim();
  assert.match(campaigns(path.join(tree, 'usr/bin/dauys')), /^\/var\/lib\/dauys\/campaigns/);
  assert.match(campaigns(dauys), /^campaigns/);
});

test('the unit is good, and shut', { skip: !has('systemd-analyze') && 'no systemd-analyze' }, () => {
  const unit = path.join(tree, 'usr/lib/systemd/system/dauys.service');
  assert.doesNotMatch(readFileSync(unit, 'utf8'), /@PREFIX@/);
  const here = path.join(folder, 'dauys.service');
  writeFileSync(here, readFileSync(unit, 'utf8').replaceAll('/usr/bin/dauys', path.join(tree, 'usr/bin/dauys')));
  const verify = spawnSync('systemd-analyze', ['verify', '--man=no', here], { encoding: 'utf8' });
  assert.equal(verify.stderr.split('\n').filter((line) => line.includes('dauys.service')).join('\n'), '');
  const security = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=40', here], { encoding: 'utf8' });
  assert.equal(security.status, 0, security.stdout.split('\n').slice(-3).join('\n') + security.stderr);
});

test('sysusers makes the users of the processes', { skip: !has('systemd-sysusers') && 'no systemd-sysusers' }, () => {
  mkdirSync(path.join(folder, 'machine/etc'), { recursive: true });
  run('systemd-sysusers', `--root=${folder}/machine`, path.join(root, 'packaging/sysusers.conf'));
  const users = readFileSync(path.join(folder, 'machine/etc/passwd'), 'utf8');
  const [, gid] = /^dauys:x:(\d+):/m.exec(readFileSync(path.join(folder, 'machine/etc/group'), 'utf8'));
  for (const name of ['front', 'registrar', 'ledger']) assert.match(users, new RegExp(`^dauys-${name}:x:\\d+:${gid}:`, 'm'));
});

test('the package has what it must and runs where it is unpacked', { skip: !has('dpkg-deb') && 'no dpkg-deb' }, () => {
  const deb = path.resolve(root, make('deb').trim().split('\n').at(-1));
  const list = run('dpkg-deb', '-c', deb), about = run('dpkg-deb', '-I', deb);
  for (const file of ['usr/bin/dauys', 'usr/share/dauys/web/dist/manifest.json', 'usr/share/dauys/data/demo/rules.json', 'usr/share/dauys/data/calendar/kz.csv',
    'usr/share/dauys/rules.schema.json', 'usr/share/dauys/recount.py', 'usr/share/man/man1/dauys.1', 'usr/share/doc/dauys/operating.md', 'usr/lib/systemd/system/dauys.service',
    'usr/lib/sysusers.d/dauys.conf', 'usr/lib/tmpfiles.d/dauys.conf', 'etc/dauys/dauys.conf'])
    assert.match(list, new RegExp(`^-rw[x-]r-[x-]r-[x-] root/root .* \\./${file}$`, 'm'), file);
  assert.doesNotMatch(list.replaceAll('root/root', ''), /node_modules|\.pem|private\.db|^d.{6}---/m);
  assert.match(about, /^ Depends: .*libc6 .*libevent.*, redis-server/m);
  assert.match(about, /^ Version: 0\.\d+\+g[0-9a-f]+$/m);
  assert.match(about, /conffiles/);
  const unpacked = path.join(folder, 'unpacked');
  run('dpkg-deb', '-x', deb, unpacked);
  const program = path.join(unpacked, 'usr/bin/dauys');
  assert.ok(existsSync(program));
  assert.match(run(program, '--version'), /^dauys /);
  assert.match(run(program, 'serve', '--config', configuration(unpacked, 8080), '--check-config'), /is right/);
  assert.match(run(program, 'serve', '--config', path.join(unpacked, 'etc/dauys/dauys.conf'), '--check-config'), /is right/);
});
