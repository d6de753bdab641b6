// The pages in Chromium: three languages, phone and desktop, light and dark, with and without script.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { root, Server } from '../flow/server.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = path.join(root, 'build/screenshots');
const pages = { home: '/', campaign: '/demo/', category: '/demo/categories/youth', problem: '/problems/rev_stale', missing: '/nothing/' };
let server, browser;

before(async () => {
  mkdirSync(shots, { recursive: true });
  server = await Server.make();
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--no-first-run'],
  });
});
after(async () => {
  await browser?.close();
  await server?.destroy();
});

/** Opens a page; what the console or CSP says is kept in page.said. */
async function open(context, target) {
  const page = await context.newPage();
  page.said = [];
  page.on('console', (message) => page.said.push(message.text()));
  page.on('pageerror', (error) => page.said.push(error.message));
  const answer = await page.goto(server.url + target);
  return { page, answer };
}

for (const lang of ['kk', 'ru', 'en']) {
  for (const [name, rest] of Object.entries(pages)) {
    test(`${lang} ${name}: one h1, axe clean, no message, nothing cut off at 320 px`, async () => {
      for (const [view, options] of Object.entries({
        'phone': { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true },
        'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
      })) {
        const context = await browser.newContext({ ...options, bypassCSP: false });
        const { page, answer } = await open(context, `/${lang}${rest}`);
        assert.equal(answer.status(), name === 'missing' ? 404 : 200);
        assert.equal(await page.locator('h1').count(), 1);
        assert.equal(await page.locator('html').getAttribute('lang'), lang);
        const { violations } = await page.evaluate(`${axe}; axe.run()`);
        assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), []);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.ok(wide <= 0, `${wide} px too wide`);
        assert.deepEqual(page.said.filter((text) => !text.includes('404')), []);
        await page.screenshot({ path: path.join(shots, `${lang}-${name}-${view}.png`), fullPage: true });
        await context.close();
      }
    });
  }
}

test('without script everything reads the same, and the language switch keeps the page', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const { page } = await open(context, '/kk/demo/categories/youth');
  await page.click('a[hreflang=ru]');
  assert.match(page.url(), /\/ru\/demo\/categories\/youth$/);
  assert.equal(await page.locator('table tbody tr').count(), 4);
  await context.close();
});

test('the phases are named and dated', async () => {
  const context = await browser.newContext();
  const { page } = await open(context, '/en/demo/');
  assert.match(await page.locator('.phases').innerText(), /Public evaluation[\s\S]*2026/);
  await context.close();
});
