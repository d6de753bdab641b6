// What browser tests share: Chromium, views, axe, and that a page says nothing on the console.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { root } from '../flow/server.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const shots = path.join(root, 'build/screenshots');

export const LANGS = ['kk', 'ru', 'en'];
export const PHONE = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
export const DESKTOP = { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' };

export function launch() {
  mkdirSync(shots, { recursive: true });
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--no-first-run'],
  });
}

/** Keeps in page.said whatever the console or an error says. */
export function listen(page) {
  page.said = [];
  page.on('console', (message) => page.said.push(message.text()));
  page.on('pageerror', (error) => page.said.push(`${error.message}\n${error.stack}`));
  return page;
}

/** Nothing was said, but what the test provoked (a failed request is always said). */
export function quiet(page, ...expected) {
  assert.deepEqual(page.said.filter((text) => !expected.some((pattern) => pattern.test(text))), []);
}

/** Axe clean, one h1, nothing wider than the view; leaves a picture. */
export async function inspect(page, name) {
  const { violations } = await page.evaluate(`${axe}; axe.run()`);
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes[0].html}`), [], name);
  assert.equal(await page.locator('h1').count(), 1, name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: ${wide} px too wide`);
  await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true });
}
