// Texts in islands: in the place of their keys, with exactly their parameters.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import * as esbuild from 'esbuild';
import { textsPlugin } from '../texts-plugin.mjs';

const texts = { 'a.plain': 'Жай "мәтін"', 'a.count': 'Саны: {n}', 'a.never': 'x' };

/** Bundles a source that has t(); the text of the bundle and the keys it used. */
async function bundle(source) {
  const folder = mkdtempSync(path.join(tmpdir(), 'dauys-texts-'));
  try {
    mkdirSync(path.join(folder, 'src'));
    writeFileSync(path.join(folder, 'kk.json'), JSON.stringify(texts));
    writeFileSync(path.join(folder, 'src/a.tsx'), `declare const t: any, h: any;\n${source}`);
    const used = new Set();
    const { outputFiles } = await esbuild.build({
      entryPoints: [path.join(folder, 'src/a.tsx')], write: false, charset: 'utf8', logLevel: 'silent', jsxFactory: 'h',
      plugins: [textsPlugin(path.join(folder, 'src'), folder, 'kk', used)],
    });
    return { code: outputFiles[0].text, used: [...used] };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('a text stands where its key stood, and no other', async () => {
  const { code, used } = await bundle('t("a.plain"); t("a.count", { n: "1" }); const by = { one: "a.plain" }; <p title="a.plain" />;');
  assert.equal(code.match(/Жай/g).length, 3);
  assert.match(code, /t\("Саны: \{n\}", \{ n: "1" \}\)/);
  assert.doesNotMatch(code, /a\.plain|a\.never/);
  assert.deepEqual(used, ['a.plain', 'a.count']);
});

for (const [what, source] of Object.entries({
  'a parameter that is missing': 't("a.count")',
  'one too many': 't("a.plain", { n: "1" })',
  'another name': 't("a.count", { m: "1" })',
  'parameters out of sight': 'const p = { n: "1" }; t("a.count", p)',
  'a text with parameters in a table': 'const by = { one: "a.count" }; t(by.one)',
  'a choice between texts with parameters': 't(Math.random() ? "a.count" : "a.plain", { n: "1" })',
})) test(`refused: ${what}`, () => assert.rejects(bundle(source), /a\.(count|plain)/));
