// The page that goes through the whole ledger: good, with pause, and a ledger that was tampered with.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { browserScript } from '../flow/browser_lib.mjs';
import { root, Server } from '../flow/server.mjs';
import { DESKTOP, inspect, LANGS, launch, listen, PHONE, quiet } from './browser.mjs';

const texts = (lang) => JSON.parse(readFileSync(path.join(root, `web/i18n/${lang}.json`), 'utf8'));
let server, browser;

before(async () => {
  server = await Server.make();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.destroy();
});

async function open(options, lang) {
  const page = listen(await (await browser.newContext(options)).newPage());
  await page.goto(`${server.url}/${lang}/demo/audit`);
  return page;
}

async function judge(page, name) {
  await inspect(page, name);
  quiet(page);
}

for (const lang of LANGS) {
  test(`audit: the ledger is whole (${lang})`, async () => {
    const t = texts(lang);
    for (const [view, options] of Object.entries({ phone: PHONE, 'desktop-dark': DESKTOP })) {
      const page = await open(options, lang);
      await page.getByRole('button', { name: t['audit.start'] }).click();
      await page.getByText(t['audit.good'], { exact: true }).waitFor();
      await judge(page, `${lang}-audit-good-${view}`);
      await page.context().close();
    }
  });
}

test('audit: a pause holds it until it goes on', async () => {
  const t = texts('en'), page = await open(PHONE, 'en');
  let let_go;
  const held = new Promise((resolve) => { let_go = resolve; });
  await page.route('**/tile/entries/**', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('button', { name: t['audit.start'] }).click();
  await page.getByRole('button', { name: t['audit.pause'] }).click();
  let_go();
  await page.getByRole('button', { name: t['audit.resume'] }).waitFor();
  await judge(page, 'en-audit-paused-phone');
  assert.equal(await page.getByText(t['audit.good'], { exact: true }).count(), 0);
  await page.getByRole('button', { name: t['audit.resume'] }).click();
  await page.getByText(t['audit.good'], { exact: true }).waitFor();
  await page.context().close();
});

test('audit: one byte of one entry changed: found', async () => {
  const t = texts('en'), page = await open(PHONE, 'en');
  await page.route('**/tile/entries/**', async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    body[body.indexOf('"at":') + 6] ^= 1;
    await route.fulfill({ response: answer, body });
  });
  await page.getByRole('button', { name: t['audit.start'] }).click();
  await page.getByText(t['audit.bad'], { exact: true }).waitFor();
  assert.ok((await page.locator('.result').innerText()).includes('root_mismatch'));
  await judge(page, 'en-audit-bad-phone');
  await page.context().close();
});

test('audit: on a phone of a sixth of this speed: microseconds an entry', async (context) => {
  const page = await open({}, 'en');
  await page.evaluate(await browserScript());
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  const each = await page.evaluate(() => {
    const { Replay, base64, utf8 } = globalThis.lib;
    const some = (n) => base64(crypto.getRandomValues(new Uint8Array(n)));
    const entries = Array.from({ length: 5000 }, () => utf8(`{"cat":"youth","ct":"${some(272)}","enc":"${some(65)}","ik":"0123456789abcdef","pk":"${some(32)}",`
      + `"pre":"${some(32)}","rev":1,"sig":"${some(64)}","t":"ballot","tok":"${some(256)}","v":1}`));
    const run = new Replay(), began = performance.now();
    for (const entry of entries) run.add(entry);
    return (performance.now() - began) * 1000 / entries.length;
  });
  context.diagnostic(`${each.toFixed(0)} µs an entry at CPU ×6: ${(each / 10).toFixed(1)} s for 100,000 (goal 12)`);
  assert.ok(each < 1000, `${each} µs`);
  await page.context().close();
});
