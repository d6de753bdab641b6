// docs/operating.md is what an operator has at night: every event that is logged stands there, and so does every remedy.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { dauys, root, Server, until } from './server.mjs';

const text = readFileSync(path.join(root, 'docs/operating.md'), 'utf8');
let server;
after(() => server?.destroy());

test('every event that is not of every day is explained', () => {
  const daily = new Set(['redis_connected', 'redis_server_started', 'child_started', 'stopping', 'batch', 'redis_rebuilding']);
  const unknown = new Set();
  for (const folder of readdirSync(path.join(root, 'server'), { withFileTypes: true }).filter((item) => item.isDirectory())) {
    for (const file of readdirSync(path.join(root, 'server', folder.name)).filter((name) => name.endsWith('.c'))) {
      const code = readFileSync(path.join(root, 'server', folder.name, file), 'utf8');
      for (const [, , event] of code.matchAll(/\blog_(info|warn|error|line)\([^";]*?"([a-z_]+)"/g))
        if (!daily.has(event) && !text.includes(`\`${event}\``)) unknown.add(event);
    }
  }
  assert.deepEqual([...unknown].sort(), []);
});

test('a damaged folder refuses with the file and the way out, and the others go on', async () => {
  server = await Server.make();
  await server.stop();
  writeFileSync(path.join(server.campaign, 'state/journal'), Buffer.alloc(100, 7));
  const child = spawn(dauys, ['serve', '--config', server.config], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (bytes) => { log += bytes; });
  try {
    await until(async () => /child_fault/.test(log), 15, 'the refusal').catch((error) => { throw new Error(`${error.message}: ${log}`); });
    const { why } = JSON.parse(log.split('\n').find((line) => line.includes('child_fault')));
    assert.match(why, /campaigns\/demo.*restore.*docs\/operating\.md/);
    await until(async () => (await server.get('/livez')).status === 200, 10, 'the front');
    assert.equal((await server.get('/readyz')).status, 503);
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => { child.on('exit', resolve); });
  }
});
