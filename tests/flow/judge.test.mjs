// The fold and scripts/recount.py are two readings of PROTOCOL.md §6: of every entry, good or bad, at
// every place they must say the same.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { linesThrough, throughTool } from './tool.mjs';

const compare = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../python/compare_judges.py');

// Seeded, so that a failure can be repeated: SEED=n.
const seed = process.env.SEED ?? String(Date.now());

test('the fold and recount.py judge alike', () => {
  const said = linesThrough('/usr/bin/python3', [compare], throughTool('judge_cases', ['100', seed], []));
  const last = said.at(-1);
  assert.match(last, / 0 differences$/, `SEED=${seed}\n${said.slice(0, 5).join('\n')}\n${last}`);
  const [cases, codes] = last.match(/\d+/g).map(Number);
  assert.ok(cases > 5000 && codes > 50, last);
});
