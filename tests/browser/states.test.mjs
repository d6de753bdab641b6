// states.json: every state that people can find a page in has a page and a test that is there.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const here = path.dirname(new URL(import.meta.url).pathname);
/** As the design lists them: a state that is new there is added here first. */
const STATES = ['before the window', 'within the window', 'last ten minutes', 'closed while filling in', 'after, not published', 'extended',
  'paused', 'not signed in', 'not eligible', 'pass issued here', 'pass issued on another device', 'recorded', 'sent and waiting',
  'promise broken', 'offline', 'busy', 'wrong clock', 'storage blocked', 'script off or browser too old', 'unknown error',
  'replaced later', 'set aside', 'not yet visible', 'does not match', 'mistyped'];
const rows = JSON.parse(readFileSync(path.join(here, 'states.json'), 'utf8'));

/** Names of the tests of a file, as they stand in its text. */
function tests(file) {
  const source = readFileSync(path.join(here, file), 'utf8');
  return [...source.matchAll(/^\s*(?:test|state)\('([^']+)'/gm)].map((match) => match[1]);
}

for (const state of STATES)
  test(`state "${state}" has a page and a test`, () => {
    const own = rows.filter((row) => row.state === state);
    assert.ok(own.length > 0, 'no row');
    for (const { page, file, test: name } of own) {
      assert.ok(existsSync(path.join(here, `../../web/src/pages/${page}.tsx`)), `no page ${page}`);
      assert.ok(tests(file).includes(name), `${file} has no test "${name}"`);
    }
  });

test('no row is of a state that nobody knows', () => {
  assert.deepEqual(rows.filter((row) => !STATES.includes(row.state)), []);
});
