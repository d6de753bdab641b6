// The faults (faults.md §2), one row each. A row's play(server, load) does the fault while voters go on, and gives
// the milliseconds until ballots were acknowledged again; run.mjs then checks. Rows with `alone` get a server of
// their own, made with these options; the others share one. `long` rows are played by hand only.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readdirSync, readFileSync, readSync, renameSync, rmSync, statSync, truncateSync, writeFileSync, writeSync, appendFileSync } from 'node:fs';
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dauys, root, until } from '../flow/server.mjs';
import { wait } from './load.mjs';

const pidOf = (server, name) => Number(readFileSync(path.join(server.folder, 'run', `${name}.pid`), 'utf8'));
const tries = (work) => { try { return work(); } catch { return undefined; } };

/** Kills a process when it is there, and waits until ballots go on. */
async function kill(server, load, name) {
  await until(async () => pidOf(server, name) > 0, 10, name);
  const before = load.acked;
  server.kill(name);
  await until(async () => load.acked > before, 25, 'ballots');
  return load.more(10);
}

/** Lets strace put a fault into a process's system calls, until the process has gone or stop() is called. */
async function inject(server, name, ...injections) {
  const pid = pidOf(server, name);
  const calls = injections.map((text) => text.split(':')[0]);
  const strace = spawn('strace', ['-f', '-q', '-p', String(pid), '-o', '/dev/null', '-e', `trace=${calls}`, ...injections.flatMap((text) => ['-e', `inject=${text}`])],
    { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((resolve) => { strace.on('exit', resolve); });
  // It may have done its work before one can look.
  await until(async () => !existsSync(`/proc/${pid}`) || /^TracerPid:\s*[1-9]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')), 10, 'strace');
  return { pid, stop: async () => { strace.kill('SIGTERM'); await ended; } };
}

const gone = (pid) => until(async () => !existsSync(`/proc/${pid}`), 20, `the end of ${pid}`);

/** The ledger must end by itself (I7) at this failed call, come back, and have lost nothing. */
async function ledgerEnds(server, load, injection) {
  const { pid, stop } = await inject(server, 'ledger-demo', injection);
  await gone(pid).catch(async (error) => { await stop(); throw new Error(`${injection}: ${error.message}`); });
  await stop();
  return load.more(5, 30);
}

// A batch of the ledger: pwrite64 and fdatasync of the journal, then of three files openat, pwrite64, renameat, then
// writev of the answers.
const PLACES = ['pwrite64:1', 'fdatasync:1', 'renameat:3', 'writev:1'];
const ALL_PLACES = [...PLACES, 'renameat:1', 'pwrite64:2', 'pwrite64:3', 'pwrite64:4', 'renameat:2', 'fdatasync:2', 'writev:2', 'openat:1', 'openat:3', 'fchmod:2', 'pwrite64:7', 'renameat:5', 'write:1'];

/** Fills a file system to the last byte. */
function fill(file) {
  const fd = openSync(file, 'w'), block = Buffer.alloc(1 << 20);
  for (let size = block.length; size >= 1; size = size >> 1)
    while (tries(() => writeSync(fd, block, 0, size)) === size);
  closeSync(fd);
}

const status = async (server, target) => (await server.get(target).catch(() => ({ status: 0 }))).status;

/** So many connections at once that each send what begin() and then drip() give; when all are closed by the server. */
function hostile(server, count, begin, drip, seconds) {
  const began = Date.now();
  return Promise.all(Array.from({ length: count }, () => new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1');
    const timer = drip && setInterval(() => socket.write(drip), 400);
    const limit = setTimeout(() => { socket.destroy(); reject(new Error(`a connection is open after ${seconds} s`)); }, seconds * 1000);
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.on('close', () => { clearInterval(timer); clearTimeout(limit); resolve(Date.now() - began); });
    socket.write(begin);
  })));
}

export const rows = [
  // First, while the parent still starts a process again at once: its patience grows with each end.
  {
    name: 'ledger killed at writes, syncs and renames of a batch',
    tool: 'strace',
    async play(server, load, { long }) {
      let worst = 0;
      for (const place of long ? ALL_PLACES : PLACES) {
        const [call, when] = place.split(':');
        worst = Math.max(worst, await ledgerEnds(server, load, `${call}:signal=KILL:when=${when}`));
      }
      return worst;
    },
  },
  {
    name: 'ledger: EIO and ENOSPC at write and sync',
    tool: 'strace',
    async play(server, load, { long }) {
      let worst = 0;
      const faults = ['fdatasync:error=EIO:when=1', 'pwrite64:error=ENOSPC:when=1'];
      if (long) faults.push('pwrite64:error=EIO:when=1', 'pwrite64:error=EIO:when=2', 'renameat:error=EIO:when=1', 'renameat:error=ENOSPC:when=3', 'fdatasync:error=EINTR:when=1', 'pwrite64:error=EDQUOT:when=3');
      for (const fault of faults) worst = Math.max(worst, await ledgerEnds(server, load, fault));
      return worst;
    },
  },
  ...['front-0', 'registrar', 'ledger-demo', 'redis/redis'].map((name) => (
    { name: `kill -9 ${name}`, play: (server, load) => kill(server, load, name) })),
  {
    name: 'kill -9 at random',
    async play(server, load, { long }) {
      const names = ['front-0', 'front-1', 'registrar', 'ledger-demo', 'redis/redis'];
      let worst = 0;
      for (let i = 0; i < (long ? 40 : 5); i++) {
        await wait(Math.random() * 300);
        tries(() => server.kill(names[Math.floor(Math.random() * names.length)]));
        if (!load.lanes.every((lane) => lane.done)) worst = Math.max(worst, await load.more(1, 40));
      }
      return worst;
    },
  },
  {
    name: 'kill -9 of all at once, then start',
    async play(server, load) {
      const all = readdirSync(path.join(server.folder, 'run')).filter((name) => name.endsWith('.pid') && name !== 'parent.pid').map((name) => name.slice(0, -4));
      server.process.kill('SIGKILL');
      for (const name of [...all, 'redis/redis']) tries(() => server.kill(name));
      await server.ended;
      await server.start();
      return load.more(10);
    },
  },
  {
    name: 'kill -9 of the parent alone: its children end, redis is taken over',
    async play(server, load) {
      server.process.kill('SIGKILL');
      await server.ended;
      await server.start();
      return load.more(10);
    },
  },
  {
    name: 'registrar: EIO and ENOSPC at its writes and syncs',
    tool: 'strace',
    async play(server, load) {
      const signIn = async () => (await server.post(server.api('/session'), { code: server.codes[0] })).status;
      for (const fault of ['pwrite64:error=EIO:when=1+1', 'pwrite64:error=ENOSPC:when=1+1', 'fdatasync:error=EIO:when=1+1']) {
        const { stop } = await inject(server, 'registrar', fault);
        const seen = [await signIn(), await signIn()];
        await stop();
        assert.ok(seen.every((one) => one === 201 || one >= 500), `${fault}: ${seen}`);
        if (fault.startsWith('pwrite')) assert.ok(seen.some((one) => one >= 500), `${fault} told nobody: ${seen}`);
        await until(async () => (await signIn()) === 201, 10, `a sign-in after ${fault}`);
      }
      return load.more(10);
    },
  },
  {
    name: 'ledger: EINTR at every third write',
    tool: 'strace',
    async play(server, load) {
      const { stop } = await inject(server, 'ledger-demo', 'pwrite64:error=EINTR:when=1+3');
      const took = await load.more(20);
      await stop();
      return took;
    },
  },
  {
    name: 'slow disk: no answer before the sync',
    tool: 'strace',
    async play(server, load) {
      await load.stop();
      const lane = load.lanes.find((one) => !one.late && !one.done && !one.pending && one.rev < load.most);
      const record = await load.next(lane);
      const { stop } = await inject(server, 'ledger-demo', 'fdatasync:delay_enter=1500000:when=1');
      const began = Date.now();
      assert.ok(await load.cast(record));
      const took = Date.now() - began;
      await stop();
      assert.ok(took >= 1400, `answered after ${took} ms, before the sync ended`);
      load.start();
      return took;
    },
  },
  {
    name: 'frozen ledger (SIGSTOP)',
    async play(server, load) {
      const pid = pidOf(server, 'ledger-demo');
      process.kill(pid, 'SIGSTOP');
      await wait(1500);
      const acked = load.acked;
      await wait(300);
      assert.equal(load.acked, acked, 'answered while the ledger stood still');
      assert.equal(await status(server, '/kk/demo/'), 200);
      process.kill(pid, 'SIGCONT');
      return load.more(10);
    },
  },
  {
    name: 'frozen redis (SIGSTOP)',
    async play(server, load) {
      const pid = pidOf(server, 'redis/redis');
      process.kill(pid, 'SIGSTOP');
      await wait(1000);
      process.kill(pid, 'SIGCONT');
      return load.more(10);
    },
  },
  {
    name: 'redis loses its data',
    play(server, load) {
      rmSync(path.join(server.folder, 'run/redis/appendonlydir'), { recursive: true });
      return kill(server, load, 'redis/redis');
    },
  },
  {
    name: 'redis rolled back to an older copy',
    async play(server, load) {
      const data = path.join(server.folder, 'run/redis/appendonlydir'), copy = path.join(server.folder, 'old-aof');
      cpSync(data, copy, { recursive: true });
      await load.more(20);
      rmSync(data, { recursive: true });
      renameSync(copy, data);
      return kill(server, load, 'redis/redis');
    },
  },
  ...['cut', 'flipped'].map((how) => ({
    name: `redis' file ${how}`,
    async play(server, load) {
      const folder = path.join(server.folder, 'run/redis/appendonlydir');
      const file = path.join(folder, readdirSync(folder).filter((name) => name.endsWith('.aof')).sort((a, b) => statSync(path.join(folder, b)).size - statSync(path.join(folder, a)).size)[0]);
      const { size } = statSync(file);
      const pid = pidOf(server, 'redis/redis'), before = load.acked;
      server.kill('redis/redis');
      await gone(pid).catch(() => undefined);
      if (how === 'cut') truncateSync(file, Math.floor(size * 0.7));
      else {
        const fd = openSync(file, 'r+'), byte = Buffer.alloc(1), at = Math.floor(size * 0.6);
        readSync(fd, byte, 0, 1, at);
        writeSync(fd, Buffer.from([byte[0] ^ 1]), 0, 1, at);
        closeSync(fd);
      }
      await until(async () => load.acked > before, 25, 'ballots');
      const took = await load.more(5);
      // What a comparison on connect does not see, a whole scan does; the remedy is to let it be written anew.
      await load.stop();
      await until(async () => (await server.get('/readyz')).status === 200, 20, 'readiness');
      if (server.run('check-redis', '--config', server.config, 'demo').code === 1) {
        rmSync(folder, { recursive: true });
        server.kill('redis/redis');
      }
      return took;
    },
  })),
  {
    name: 'redis ahead of a rolled-back folder: refused',
    async play(server, load) {
      await load.stop();
      await server.stop();
      const old = path.join(server.folder, 'old'), now = path.join(server.folder, 'now');
      cpSync(server.campaign, old, { recursive: true });
      await server.start();
      load.start();
      await load.more(10);
      await load.stop();
      await server.stop();
      renameSync(server.campaign, now);
      renameSync(old, server.campaign);
      const child = spawn(dauys, ['serve', '--config', server.config], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
      let log = '';
      child.stderr.on('data', (bytes) => { log += bytes; });
      try {
        await until(async () => /child_fault.*Redis knows another ledger/.test(log), 15, 'the refusal').catch((error) => { throw new Error(`${error.message}: ${log}`); });
        assert.notEqual(await status(server, '/readyz'), 200);
      } finally {
        child.kill('SIGTERM');
        await new Promise((resolve) => { child.on('exit', resolve); });
      }
      rmSync(server.campaign, { recursive: true });
      renameSync(now, server.campaign);
      await server.start();
      load.start();
      return load.more(10);
    },
  },
  {
    name: 'torn journal',
    async play(server, load) {
      await load.stop();
      await server.stop();
      const journal = path.join(server.campaign, 'state/journal');
      appendFileSync(journal, readFileSync(journal).subarray(0, 700)); // a record that begins and does not end, or is of another place
      await server.start();
      load.start();
      return load.more(10);
    },
  },
  {
    name: 'two ledgers on one folder',
    async play(server, load) {
      const config = path.join(server.folder, 'second.conf');
      writeFileSync(config, readFileSync(server.config, 'utf8').replace(/^listen.*$/m, 'listen = 127.0.0.1:0').replace(/^run = .*$/m, `run = ${server.folder}/run2`).replace(/^admin.*$/m, 'admin ='));
      const child = spawn(dauys, ['serve', '--config', config], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
      let log = '';
      child.stderr.on('data', (bytes) => { log += bytes; });
      try {
        await until(async () => /child_fault.*ledger-demo.*(open|lock)/.test(log), 15, 'the refusal');
        return await load.more(10);
      } finally {
        child.kill('SIGTERM');
        await new Promise((resolve) => { child.on('exit', resolve); });
      }
    },
  },
  {
    name: 'SIGHUP and SIGTERM under load',
    async play(server, load) {
      for (let i = 0; i < 3; i++) {
        server.process.kill('SIGHUP');
        await load.more(5);
      }
      const began = Date.now();
      server.process.kill('SIGTERM');
      const { code } = await server.ended;
      assert.equal(code, 0);
      assert.ok(Date.now() - began < 11000, 'the drain took more than ten seconds');
      await server.start();
      return load.more(10);
    },
  },
  {
    name: 'client gone before the answer',
    async play(server, load) {
      await load.stop();
      for (const lane of load.lanes.filter((one) => !one.late && !one.done && !one.pending && one.rev < load.most).slice(0, 8)) {
        lane.pending = await load.next(lane);
        const body = lane.pending.bytes;
        await new Promise((resolve) => {
          const socket = connect(server.port, '127.0.0.1', () => {
            socket.write(`POST ${server.api('/ballots')} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`, () => { socket.destroy(); resolve(); });
          });
        });
      }
      load.start();
      return load.more(10);
    },
  },
  {
    name: 'slow heads and bodies, 200 at a time',
    async play(server, load, { long }) {
      const head = `POST ${server.api('/ballots')} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
      const attacks = [hostile(server, 200, head, 'X', 12), hostile(server, 100, `${head}Content-Length: 900\r\n\r\n{`, '1', 16)];
      if (long) attacks.push(hostile(server, 200, '', undefined, 25));
      const took = await load.more(40, 10); // others are served meanwhile
      await Promise.all(attacks);
      return took;
    },
  },
  {
    name: 'slow readers, 100 at a time',
    long: true,
    async play(server, load) {
      const page = `GET /kk/demo/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.repeat(90);
      const closed = Array.from({ length: 100 }, () => new Promise((resolve, reject) => {
        const socket = connect({ port: server.port, host: '127.0.0.1', readableHighWaterMark: 1 });
        socket.pause();
        socket.on('error', () => {});
        socket.on('close', resolve);
        setTimeout(() => { socket.resume(); }, 45000); // by then the server has long closed
        setTimeout(() => reject(new Error('still open')), 60000);
        socket.write(page);
      }));
      const took = await load.more(40, 10);
      await Promise.all(closed);
      return took;
    },
  },
  {
    name: 'descriptors used up',
    tool: 'prlimit',
    async play(server, load) {
      const pid = pidOf(server, 'front-0');
      const open = readdirSync(`/proc/${pid}/fd`).length;
      execFileSync('prlimit', ['--pid', String(pid), `--nofile=${open + 20}:`]);
      const sockets = Array.from({ length: 120 }, () => connect(server.port, '127.0.0.1').on('error', () => {}));
      await wait(1500);
      const spent = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ').slice(13, 15).reduce((sum, n) => sum + Number(n), 0);
      const ticks = spent();
      await wait(1000);
      assert.ok(spent() - ticks < 60, 'the front spins while it has no descriptors'); // of 100 a second
      for (const socket of sockets) socket.destroy();
      execFileSync('prlimit', ['--pid', String(pid), '--nofile=1024:']);
      const took = await load.more(10);
      assert.equal(pidOf(server, 'front-0'), pid, 'the front ended');
      return took;
    },
  },
  {
    name: 'full disk: 503 before the wall, reads go on, then go on',
    tool: 'mount',
    alone: { tmpfs: '400m', config: 'space_floor_mib = 24' },
    async play(server, load) {
      const filler = path.join(server.folder, 'filler'), low = path.join(server.folder, 'low');
      const free = () => { const [size, bytes] = execFileSync('stat', ['-f', '-c', '%a %S', server.folder], { encoding: 'utf8' }).split(' ').map(Number); return size * bytes; };
      writeFileSync(low, Buffer.alloc(free() - (20 << 20)));
      await load.stop();
      const lane = load.lanes.find((one) => one.pending) ?? load.lanes.find((one) => !one.late && !one.done && one.rev < load.most);
      lane.pending ??= await load.next(lane);
      const refused = await server.post(server.api('/ballots'), lane.pending.bytes);
      assert.equal(refused.status, 503, refused.text);
      assert.ok(refused.headers.get('retry-after'));
      assert.ok(free() > (10 << 20), 'refused only at the wall');
      for (const target of ['/kk/demo/', '/demo/ledger/checkpoint', server.api()]) assert.equal(await status(server, target), 200, target);
      load.start();
      fill(filler); // the wall: registrar, ledger and Redis have not one byte
      await wait(2500);
      assert.equal(await status(server, '/demo/ledger/checkpoint'), 200);
      rmSync(filler);
      rmSync(low);
      return load.more(10, 40);
    },
  },
  {
    name: 'full disk without a floor worth its name',
    tool: 'mount',
    long: true,
    alone: { tmpfs: '400m', config: 'space_floor_mib = 1' },
    async play(server, load) {
      const filler = path.join(server.folder, 'filler');
      for (let i = 0; i < 3; i++) {
        fill(filler);
        await wait(3000);
        rmSync(filler);
        await load.more(5, 40);
      }
      return 0;
    },
  },
  {
    name: 'clock an hour forward, two back, then right',
    tool: 'faketime',
    alone: { faketime: true },
    async play(server, load) {
      let worst = 0;
      const phase = async () => (await server.get(server.api())).json.phases.map(({ id, state }) => `${id} ${state}`).join();
      const before = await phase();
      for (const shift of ['+3600', '-7200', '+0']) {
        server.setClock(shift);
        await wait(700);
        worst = Math.max(worst, await load.more(10));
        assert.equal(await phase(), before, `the phases at ${shift}`);
      }
      return worst;
    },
  },
  {
    name: 'short and interrupted reads and writes everywhere',
    tool: 'gcc',
    alone: { weather: true },
    play: (server, load, { long }) => load.more(long ? 300 : 100, 60),
  },
];

/** Whether the machine can play the row; the tool's name if not. */
export function missing({ tool }) {
  if (tool === undefined) return undefined;
  if (tool === 'faketime') return FAKETIME ? undefined : 'libfaketime';
  if (tool === 'mount') return tries(() => {
    const folder = mkdtempSync(path.join(tmpdir(), 'dauys-mount-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'dauys', folder], { stdio: 'pipe' });
    execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
    return true;
  }) ? undefined : 'mount';
  if (tool === 'strace') return spawnSync('strace', ['-e', 'inject=getuid:error=EIO', 'true'], { stdio: 'ignore' }).status === 0 ? undefined : 'strace';
  return spawnSync('which', [tool], { stdio: 'ignore' }).status === 0 ? undefined : tool;
}

export const FAKETIME = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib'].map((lib) => `${lib}/faketime/libfaketimeMT.so.1`).find((file) => existsSync(file));
