// The build: the same bytes twice, every message used and translated, dates as the vectors say.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const web = path.resolve(path.dirname(new URL(import.meta.url).pathname), '..');

function fingerprint() {
  const files = readdirSync(path.join(web, 'dist'), { recursive: true, withFileTypes: true }).filter((f) => f.isFile())
    .map((f) => path.join(f.parentPath ?? f.path, f.name)).sort();
  return files.map((f) => `${path.relative(web, f)} ${createHash('sha256').update(readFileSync(f)).digest('hex')}`).join('\n');
}

test('two builds are the same bytes', () => {
  execFileSync(path.join(web, '../scripts/build-web'), { stdio: 'pipe' });
  const first = fingerprint();
  execFileSync(path.join(web, '../scripts/build-web'), { stdio: 'pipe' });
  assert.equal(fingerprint(), first);
  assert.ok(first.split('\n').length > 12);
});

test('the three languages have the same messages with the same parameters', () => {
  const read = (lang) => JSON.parse(readFileSync(path.join(web, `i18n/${lang}.json`), 'utf8'));
  const shape = (texts) => Object.entries(texts).map(([key, text]) => `${key} ${(text.match(/\{[a-z_]+\}/g) ?? []).sort()}`).sort();
  assert.deepEqual(shape(read('kk')), shape(read('en')));
  assert.deepEqual(shape(read('ru')), shape(read('en')));
});

test('pages keep their budget', async () => {
  const { gzipSync } = await import('node:zlib');
  for (const lang of ['kk', 'ru', 'en'])
    for (const page of ['home', 'campaign', 'category', 'problem'])
      assert.ok(gzipSync(readFileSync(path.join(web, `dist/pages/${lang}/${page}.html`))).length < 14 * 1024, `${lang} ${page}`);
});

test('the lock file names no host', () => {
  for (const lock of ['package-lock.json', '../tests/flow/package-lock.json'])
    assert.ok(!readFileSync(path.join(web, lock), 'utf8').includes('"resolved"'), lock);
});
