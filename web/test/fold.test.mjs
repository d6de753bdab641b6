// Texts folded for searching: the vectors that the server's C is held to as well.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from './load.mjs';

test('folds as the vectors say', async () => {
  const { fold } = await load('lib/fold.ts');
  const { folds } = JSON.parse(readFileSync(new URL('../i18n/fold-vectors.json', import.meta.url), 'utf8'));
  assert.ok(folds.length > 10);
  for (const [text, want] of folds) assert.equal(fold(text), want);
});
