// The server's time, and requests with a limit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './load.mjs';

const at = (ms) => new Date(ms).toUTCString();
const NOW = 1_790_000_000_000;

test('a phone whose clock is right says nothing; one an hour behind is told', async () => {
  const clock = await load('lib/clock.ts');
  assert.equal(clock.clockError_ms(), 0);
  clock.noteServerDate(at(NOW), NOW, NOW + 100);
  assert.equal(clock.clockError_ms(), 0);
  clock.noteServerDate(at(NOW + 3_600_000), NOW, NOW + 100);
  assert.ok(Math.abs(clock.clockError_ms() - 3_600_000) < 1500);
  assert.ok(Math.abs(clock.serverNow_ms() - Date.now() - 3_600_000) < 1500);
});

test('the quickest answer is believed; no date, and nonsense, change nothing', async () => {
  // Another query makes another module: its state begins anew.
  const clock = await load('lib/clock.ts', { banner: { js: '// again' } });
  clock.noteServerDate(at(NOW + 90_000), NOW, NOW + 200);
  const error = clock.clockError_ms();
  clock.noteServerDate(at(NOW + 95_000), NOW, NOW + 10_000);
  clock.noteServerDate(null, NOW, NOW);
  clock.noteServerDate('yesterday', NOW, NOW);
  clock.noteServerDate(at(NOW), NOW, NOW - 5);
  assert.equal(clock.clockError_ms(), error);
});

test('a request that is not answered in time is a timeout, one that is called off says so', async (context) => {
  const { ask } = await load('lib/api.ts');
  context.mock.method(globalThis, 'fetch', (_, { signal }) => new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  }));
  await assert.rejects(ask('/x', { tries: 1, deadline_ms: 20 }), { code: 'timeout', status: 0, unanswered: true });
  const stop = new AbortController();
  const asking = ask('/x', { signal: stop.signal });
  stop.abort(new Error('left'));
  await assert.rejects(asking, /left/);
});

test('a partial tile that has given way is taken from the full one', async (context) => {
  const { ledgerFiles } = await load('lib/api.ts');
  const asked = [];
  context.mock.method(globalThis, 'fetch', async (path) => {
    asked.push(path);
    return path.endsWith('/001') ? new Response(Uint8Array.of(1, 2)) : new Response('{"code":"not_found"}', { status: 404 });
  });
  assert.deepEqual(await ledgerFiles('/demo/ledger')('tile/0/001.p/44'), Uint8Array.of(1, 2));
  assert.deepEqual(asked, ['/demo/ledger/tile/0/001.p/44', '/demo/ledger/tile/0/001']);
  await assert.rejects(ledgerFiles('/demo/ledger')('tile/0/002'), { code: 'not_found', status: 404 });
});
