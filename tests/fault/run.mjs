#!/usr/bin/env node
// Plays the faults of rows.mjs against true servers and checks each; ends with one line of totals.
//
//   tests/fault/run.mjs                the brief ones, as in CI
//   tests/fault/run.mjs --long         all, each on a server of its own
//   tests/fault/run.mjs NAME…          those whose name contains one of these
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root, Server } from '../flow/server.mjs';
import { checkEnd, checkNow } from './check.mjs';
import { Load } from './load.mjs';
import { FAKETIME, missing, rows } from './rows.mjs';

const long = process.argv.includes('--long');
const names = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const chosen = rows.filter((row) => (names.length ? names.some((name) => row.name.includes(name)) : long || !row.long));
const scratch = mkdtempSync(path.join(tmpdir(), 'dauys-fault-'));
let passed = 0, failed = 0, skipped = 0;

let made;
/** A campaign that servers get copies of: its keys take longer to make than most faults to play. */
async function template() {
  made ??= await Server.make({ start: false });
  return made.campaign;
}

/** A server as the row wants it, under load. */
async function make(stage, options = {}) {
  stage.env = {};
  if (options.tmpfs) {
    stage.mount = mkdtempSync(path.join(scratch, 'disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${options.tmpfs}`, 'dauys', stage.mount]);
  }
  if (options.weather) {
    stage.env.LD_PRELOAD = path.join(scratch, 'weather.so');
    execFileSync('gcc', ['-O1', '-shared', '-fPIC', '-D_GNU_SOURCE', '-o', stage.env.LD_PRELOAD, path.join(root, 'tests/fault/weather.c'), '-ldl']);
  }
  if (options.faketime) {
    stage.clock = path.join(scratch, 'clock');
    writeFileSync(stage.clock, '+0\n');
    Object.assign(stage.env, { LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: stage.clock, FAKETIME_NO_CACHE: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' });
    // Redis' allocator and libfaketime do not go together; it keeps the true time.
    const redis = execFileSync('which', ['redis-server'], { encoding: 'utf8' }).trim();
    mkdirSync(path.join(scratch, 'bin'), { recursive: true });
    writeFileSync(path.join(scratch, 'bin/redis-server'), `#!/bin/sh\nunset LD_PRELOAD\nexec ${redis} "$@"\n`, { mode: 0o755 });
    stage.env.PATH = `${path.join(scratch, 'bin')}:${process.env.PATH}`;
  }
  stage.server = await Server.make({ from: await template(), limits: 'lift = yes\nconnections_per_address = 400', config: options.config ?? 'fronts = 2', folder: stage.mount, env: stage.env });
  stage.server.setClock = (shift) => writeFileSync(stage.clock, `${shift}\n`);
  stage.load = await Load.make(stage.server);
  return stage;
}

async function unmake(stage) {
  if (!stage) return;
  await stage.load?.stop().catch(() => undefined);
  if (stage.mount) {
    await stage.server?.stop();
    execFileSync('umount', ['-l', stage.mount]);
  } else {
    await stage.server?.destroy();
  }
}

async function attempt(name, work) {
  const began = Date.now();
  try {
    const recovery = await work();
    passed += 1;
    console.log(`  ok   ${name}${recovery === undefined ? '' : `: ${Math.round(recovery)} ms`} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.stack ?? error}`);
    return false;
  }
}

const told = (stage) => console.log(stage.server.log.split('\n').filter((line) => !/"level":"info"/.test(line) || /child_/.test(line)).slice(-20).join('\n'));

/** One row on one server. False: the server is of no more use. */
async function play(row, stage) {
  return attempt(row.name, async () => {
    stage.load.start();
    await stage.load.more(3);
    const recovery = await row.play(stage.server, stage.load, { long });
    await stage.load.stop();
    await checkNow(stage.server, stage.load);
    return recovery;
  });
}

const end = (stage, name) => attempt(`the count after ${name}`, () => checkEnd(stage.server, stage.load));

let shared, sharedRows = 0;
const endShared = async () => {
  if (shared && !(await end(shared, `${sharedRows} faults`))) told(shared);
  await unmake(shared);
  shared = undefined;
  sharedRows = 0;
};
/** A demo's three voters have at most 20 ballots a category: a server is used up by then. */
const tired = (stage) => stage.load.lanes.filter((lane) => !lane.done && lane.rev < stage.load.most - 2).length < 12;

for (const row of chosen) {
  const tool = missing(row);
  if (tool) {
    skipped += 1;
    console.log(`skipped: no ${tool} (${row.name})`);
  } else if (row.alone) {
    const stage = {};
    try {
      await make(stage, row.alone);
      if (!(await play(row, stage)) || !(await end(stage, row.name))) told(stage);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${row.name}: ${error.stack}`);
    }
    await unmake(stage);
  } else {
    if (shared && (long || tired(shared))) await endShared();
    shared ??= await make({});
    sharedRows += 1;
    if (!(await play(row, shared))) {
      told(shared);
      await unmake(shared);
      shared = undefined;
      sharedRows = 0;
    }
  }
}
await endShared();
await made?.destroy();
rmSync(scratch, { recursive: true, force: true });
console.log(`fault: ${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed || !passed ? 1 : 0);
