// The page that goes through the whole ledger: good, with pause, and a ledger that was tampered with.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
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
