// The pages that people only read, in Chromium: three languages, phone and desktop, light and dark, with and without script.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, until } from '../flow/server.mjs';
import { Voter } from '../flow/voter.mjs';
import { inspect, LANGS, launch, listen, quiet } from './browser.mjs';

const VIEWS = {
  phone: { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true },
  'desktop-dark': { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
};
const PAGES = {
  home: '/', help: '/help', campaign: '/demo/', category: '/demo/categories/youth', nominees: '/demo/nominees', 'nominees-filtered': '/demo/nominees?direction=youth',
  'nominees-none': '/demo/nominees?q=nothing', results: '/demo/results', register: '/demo/register', 'register-found': `/demo/register?${new URLSearchParams({ q: 'қам', status: 'ACTIVE' })}`,
  'register-none': '/demo/register?q=nothing', ngo: '/demo/register/n00042', 'ngo-laureate': '/demo/register/n00114', problem: '/problems/rev_stale', missing: '/nothing/',
};
let server, browser, nominee;

before(async () => {
  server = await Server.make();
  browser = await launch();
  nominee = (await server.get(server.api('/nominees?cat=youth'))).json.items[0].id;
  PAGES.nominee = `/demo/nominees/${nominee}`;
});
after(async () => {
  await browser?.close();
  await server?.destroy();
});

async function look(name, rest, options = {}) {
  for (const lang of LANGS) {
    for (const [view, own] of Object.entries(VIEWS)) {
      const context = await browser.newContext({ ...own, ...options });
      const page = listen(await context.newPage());
      const answer = await page.goto(`${server.url}/${lang}${rest}`);
      assert.equal(answer.status(), name === 'missing' ? 404 : 200, `${lang} ${name}`);
      assert.equal(await page.locator('html').getAttribute('lang'), lang);
      await inspect(page, `${lang}-${name}-${view}`);
      quiet(page, /404/);
      await context.close();
    }
  }
}

for (const name of [...Object.keys(PAGES), 'nominee'])
  test(`${name}: one h1, axe clean, no message, nothing cut off at 320 px, in three languages`, async () => {
    await look(name, PAGES[name]);
  });

async function withoutScript(target) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = listen(await context.newPage());
  await page.goto(server.url + target);
  return page;
}

test('without script: from the home page to a nominee and its register facts', async () => {
  const page = await withoutScript('/kk/');
  await page.click('.cards a');
  assert.match(await page.locator('a.main').innerText(), /бағалау/i);
  await page.click('.places a >> nth=0');
  await page.selectOption('#direction', 'youth');
  await page.click('form button');
  assert.match(page.url(), /direction=youth/);
  assert.equal(await page.locator('#direction').inputValue(), 'youth');
  assert.equal(await page.locator('tbody tr').count(), 4);
  await page.click('tbody a >> nth=0');
  assert.equal(await page.locator('dl dt').count() > 5, true);
  await page.click('a[href*="/register/"]');
  assert.match(page.url(), /\/kk\/demo\/register\/n\d+$/);
  quiet(page);
  await page.context().close();
});

test('without script: searching the register, paging, changing the language keeps the filter', async () => {
  const page = await withoutScript('/ru/demo/register');
  await page.click('a.button[href*="after="]');
  assert.match(page.url(), /after=50/);
  await page.fill('#q', 'забота');
  await page.selectOption('#region', 'KZ-15');
  await page.click('form button');
  const found = await page.locator('tbody th').allInnerTexts();
  assert.ok(found.length > 0 && found.every((name) => name.includes('Забота')), found.join());
  await page.click('a[hreflang=kk]');
  assert.match(page.url(), /^.*\/kk\/demo\/register\?.*region=KZ-15/);
  assert.equal(await page.locator('#q').inputValue(), 'забота');
  assert.equal(await page.locator('tbody tr').count(), found.length);
  const csv = await page.locator('a[href*="register.csv"]').getAttribute('href');
  const lines = (await server.get(csv)).text.trim().split('\r\n');
  assert.equal(lines.length - 1, found.length);
  await page.context().close();
});

test('the dates stand on every page of the campaign, in words', async () => {
  const page = await withoutScript('/en/demo/register');
  await page.click('summary');
  assert.match(await page.locator('.phases').innerText(), /Public evaluation[\s\S]*2026/);
  assert.match(await page.locator('summary').first().innerText(), /under way until/);
  await page.context().close();
});

test('touch targets are 44 px high', async () => {
  const context = await browser.newContext(VIEWS.phone);
  const page = await context.newPage();
  for (const rest of ['/demo/', '/demo/register', '/demo/nominees', PAGES.nominee]) {
    await page.goto(`${server.url}/kk${rest}`);
    const small = await page.$$eval('nav a, button, .button, input, select, summary, th a', (all) => all.filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5)
      .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 30)} ${one.getBoundingClientRect().height}`));
    assert.deepEqual(small, [], rest);
  }
  await context.close();
});

test('printed, a page has no navigation and keeps its tables', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/kk/demo/categories/youth`);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('nav:visible').count(), 0);
  assert.equal(await page.locator('tbody tr:visible').count(), 4);
  await context.close();
});

test('forced colours keep bars and buttons visible', async () => {
  await look('register', PAGES.register, { forcedColors: 'active' });
});

test('paused and extended: every page says why and by which decision', async () => {
  const say = async (entry) => {
    const answer = await server.post(server.api('/entries'), server.sign({ phase: 'evaluation', seen: 1, t: 'phase', v: 1, ...entry }, 'demo-1', 'demo-2'));
    assert.equal(answer.status, 201, answer.text);
  };
  const evaluation = async () => (await server.get(server.api())).json.phases.find((phase) => phase.id === 'evaluation');
  const { closes } = await evaluation();
  await say({ act: 'pause', why: '<b>дауыл</b>' });
  await until(async () => (await evaluation()).paused, 10, 'the pause');
  const page = await withoutScript('/kk/demo/nominees');
  assert.match(await page.locator('header').innerText(), /<b>дауыл<\/b>/);
  await look('paused', '/demo/');
  await say({ act: 'resume', why: 'дауыл өтті', seen: 2 });
  await say({ act: 'extend', closes: closes + 3600, no: '17-қ', why: 'дауыл', seen: 3 });
  await until(async () => (await evaluation()).extended, 10, 'the extension');
  await page.reload();
  assert.match(await page.locator('header').innerText(), /17-қ/);
  await page.context().close();
});

test('results: hidden with their date, then a table, bars, the shortlist and how to recount', async () => {
  const before = await withoutScript('/en/demo/results');
  assert.match(await before.locator('main').innerText(), /They appear: .*2026/);
  assert.equal(await before.locator('main table').count(), 0);
  await before.context().close();
  const ids = (await server.get(server.api('/nominees?cat=youth'))).json.items.map(({ id }) => id);
  for (const [i, code] of server.codes.entries()) {
    const voter = new Voter(server);
    await voter.enroll(code, 'youth');
    const answer = await voter.cast(await voter.ballot('youth', { a: ids.slice(0, i + 1), m: 'approve' }, 1));
    assert.equal(answer.status, 201, answer.text);
  }
  const close = server.sign({ act: 'close', phase: 'evaluation', seen: 3, t: 'phase', v: 1, why: 'a test' }, 'demo-1', 'demo-2');
  assert.equal((await server.post(server.api('/entries'), close)).status, 201);
  await until(async () => (await server.get(server.api('/tallies'))).json.final === true, 60, 'tallies');
  await look('results-shown', '/demo/results');
  await look('category-counted', '/demo/categories/youth');
  await look('campaign-closed', '/demo/');
  const page = await withoutScript('/en/demo/results');
  const section = page.locator('section', { has: page.locator('#youth') });
  assert.deepEqual((await section.locator('tbody tr').allInnerTexts()).map((row) => row.split('\t')[0].trim()), ['1', '2', '3', '4']);
  assert.ok(await section.locator('tbody .now').count() > 0);
  assert.equal(await section.locator('tbody svg').count(), 4);
  await page.goto(`${server.url}/en/demo/`);
  assert.match(await page.locator('a.main').innerText(), /results/i);
  await page.context().close();
});
