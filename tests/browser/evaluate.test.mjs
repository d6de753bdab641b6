// The evaluation as citizens live it: a true server, a true ledger, phones that lose the network.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, until } from '../flow/server.mjs';
import { DESKTOP, launch, PHONE, quiet } from './browser.mjs';
import { VoterPage } from './voter_page.mjs';

const LOST = [/Failed to load resource/, /ERR_INTERNET_DISCONNECTED/];
let server, browser, person = 0;
const code = () => server.codes[person++];

before(async () => {
  server = await Server.make({ codes: Array.from({ length: 30 }, (_, i) => `TEST-C0DE-${1000 + i}`) });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.destroy();
});

async function visitor(options = {}, view = PHONE) {
  const context = await browser.newContext({ ...view, acceptDownloads: true });
  return VoterPage.open(server, context, options);
}

const counts = async () => (await server.get(server.api())).json.categories.find(({ id }) => id === 'youth');
const cast = async () => (await counts()).cast;

test('evaluate: the whole way, several directions, receipts checked by the page', async () => {
  const voter = await visitor({ lang: 'kk', wait: 0.5 }, DESKTOP);
  const { page } = voter;
  const before = await cast();
  await voter.enroll(code(), 'health', 'youth', 'environment', 'culture');
  await voter.keepCode();
  await page.waitForSelector('.marks');
  await page.locator('fieldset').nth(0).locator('input').nth(3).check();
  await page.locator('fieldset').nth(1).locator('input').last().check(); // can't say
  await page.click('a.main'); // the next nominee
  await page.waitForFunction(() => location.hash === '#d/health/1');
  await page.click('.buttons button'); // skip
  for (const cat of ['environment', 'youth', 'culture']) {
    await page.evaluate((id) => { location.hash = `#d/${id}`; }, cat);
    await page.waitForSelector('input[name=a], input[type=number], input[name=c], select');
    if (cat === 'environment') await page.locator('input[type=number]').first().fill('7');
    else if (cat === 'youth') await voter.approve();
    else if (await page.locator('select').count()) await page.locator('select').first().selectOption({ index: 2 });
    else await page.locator('main input').first().check();
  }
  await voter.review();
  assert.equal(await page.locator('section').count(), 4);
  await voter.send();
  await voter.recorded(4);
  assert.equal(await cast(), before + 1);
  // The file is a receipt for the command line's verifier too.
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('.receipt .buttons button').first().click()]);
  const where = `${server.folder}/one.tlog-proof`;
  await file.saveAs(where);
  const { code: exit, out } = server.run('verify', '--vkey', server.vkey, '--receipt', where, `${server.campaign}/ledger`);
  assert.equal(exit, 0, out);
  quiet(page);
});

test('evaluate: a vote is changed and the later one counts', async () => {
  const voter = await visitor();
  await voter.vote(code());
  const first = await voter.kept('youth');
  await voter.page.click('section > button'); // change my vote
  await voter.approve(1);
  await voter.review();
  assert.match(await voter.text(), /not sent yet/);
  await voter.send();
  await until(async () => (await voter.kept('youth')).rev === 2);
  const second = await voter.kept('youth');
  assert.ok(second.index > first.index);
  await voter.recorded();
  quiet(voter.page);
});

test('evaluate: offline in the middle, reload, online: nothing lost, nothing twice', async () => {
  const voter = await visitor();
  const { page } = voter;
  const context = page.context();
  await voter.enroll(code(), 'youth');
  await voter.keepCode();
  await voter.approve(2);
  await page.waitForFunction(() => navigator.serviceWorker.controller && caches.open('dauys').then(async (c) => (await c.keys()).length > 4));
  await page.reload();
  await page.waitForSelector('input[name=a]');
  const before = await cast();
  await context.setOffline(true);
  await page.waitForSelector('.notice.warn');
  await page.reload(); // from what the service worker keeps
  await page.waitForSelector('input[name=a]');
  assert.ok(await page.locator('input[name=a]').nth(2).isChecked());
  await voter.review();
  await voter.send();
  await until(async () => /No connection. The ballot is kept/.test(await voter.text()));
  await page.reload();
  await page.waitForSelector('.waiting');
  await context.setOffline(false);
  await voter.recorded();
  assert.equal(await cast(), before + 1);
  quiet(page, ...LOST);
});

test('evaluate: the answer is lost after the ballot was recorded: sent again, recorded once', async () => {
  const voter = await visitor();
  const { page } = voter;
  await voter.enroll(code(), 'youth');
  await voter.keepCode();
  await voter.approve();
  await voter.review();
  const before = await cast();
  await page.route('**/ballots', async (route) => {
    await route.fetch(); // it reaches the ledger
    await route.abort(); // and nobody hears of it
  }, { times: 1 });
  await voter.send();
  await until(async () => (await voter.kept('youth')).state === 'sent');
  await voter.recorded();
  assert.equal(await cast(), before + 1);
  assert.equal((await voter.kept('youth')).rev, 1);
  quiet(page, ...LOST);
});

test('evaluate: a network that answers in place of the server is not taken for it', async () => {
  const voter = await visitor();
  const { page } = voter;
  await voter.enroll(code(), 'youth');
  await voter.keepCode();
  await voter.approve();
  await voter.review();
  const before = await cast();
  const strangers = [{ status: 200, contentType: 'text/html', body: '<h1>Sign in to the hotel</h1>' }, { status: 200, contentType: 'application/json', body: '{}' },
    { status: 403, contentType: 'text/html', body: 'Forbidden' }];
  await page.route('**/ballots', (route) => route.fulfill(strangers.shift()), { times: 3 });
  await page.evaluate(() => { Math.random = () => 0; }); // the shortest waits
  await voter.send();
  await until(async () => strangers.length === 0, 30);
  assert.notEqual((await voter.kept('youth')).state, 'pass');
  await voter.recorded();
  assert.equal(await cast(), before + 1);
  quiet(page, ...LOST);
});

test('evaluate: reload while the ballot waits: it goes out by itself', async () => {
  const voter = await visitor({ wait: 3 });
  await voter.enroll(code(), 'youth');
  await voter.keepCode();
  await voter.approve();
  await voter.review();
  await voter.send();
  await voter.goto('#sent');
  await voter.recorded();
  quiet(voter.page);
});

test('evaluate: a change that is not sent is dropped, and a device forgets', async () => {
  const voter = await visitor();
  const { page } = voter;
  await voter.vote(code());
  await page.click('section > button'); // change my vote
  await voter.approve(1);
  await page.click('.languages a[hreflang=ru]'); // the same screen in Russian
  await page.waitForSelector('input[name=a]');
  assert.ok(await page.locator('input[name=a]').nth(1).isChecked());
  await page.evaluate(() => { location.hash = '#sent'; });
  await page.click('section .buttons >> text=Оставить как было');
  await until(async () => (await voter.kept('youth')).state === 'recorded');
  assert.equal((await voter.kept('youth')).marks, 1);
  await page.evaluate(() => { location.hash = ''; });
  await page.click('summary >> text=Удалить с этого');
  await page.click('button >> text=Удалить всё');
  await page.waitForSelector('#code');
  assert.equal(await voter.kept('youth'), undefined);
  quiet(page);
});

test('evaluate: two tabs send at once: one ballot', async () => {
  const voter = await visitor({ wait: 1 });
  const before = await cast();
  await voter.enroll(code(), 'youth');
  await voter.keepCode();
  await voter.approve();
  await until(async () => (await voter.kept('youth')).marks === 1);
  const other = await VoterPage.open(server, voter.page.context(), { wait: 1 });
  for (const one of [voter, other]) await one.review();
  await Promise.all([voter, other].map((one) => one.page.evaluate(() => document.querySelector('.buttons button.main')?.click())));
  await until(async () => (await voter.kept('youth')).state === 'recorded');
  for (const one of [voter, other]) {
    await one.page.evaluate(() => { location.hash = '#sent'; });
    await one.recorded();
  }
  const { rev, index } = await voter.kept('youth');
  assert.equal(rev, 1);
  assert.ok(index > 0);
  assert.equal(await cast(), before + 1);
  quiet(voter.page);
  quiet(other.page);
});

test('evaluate: two devices with one code', async () => {
  const mine = code();
  const first = await visitor();
  const recovery = await first.vote(mine);
  const second = await visitor();
  const { page } = second;
  await second.enroll(mine, 'youth');
  await page.waitForFunction(() => location.hash === '#elsewhere/youth');
  // A mistyped code is told from another's.
  await page.fill('#recovery', `${recovery.slice(0, -1)}${recovery.endsWith('0') ? '1' : '0'}`);
  await page.click('button.main');
  await page.waitForSelector('[role=alert]');
  await page.fill('#recovery', recovery.toLowerCase().replaceAll('-', ' '));
  await page.click('button.main');
  await second.approve(1);
  await second.review();
  await second.page.click('.buttons button.main');
  // The first device's ballot is there: this one would replace it, and the page asks first.
  await page.waitForFunction(() => location.hash === '#sent');
  await until(async () => (await second.kept('youth')).state === 'pass');
  await second.review();
  assert.match(await second.text(), /another device/);
  await second.send();
  await second.recorded();
  assert.equal((await second.kept('youth')).rev, 2);
  quiet(page, /409/);
});

test('evaluate: storage blocked: the page says so and works', async () => {
  const context = await browser.newContext(PHONE);
  await context.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('blocked', 'SecurityError'); } }));
  const voter = await VoterPage.open(server, context);
  assert.match(await voter.text(), /does not let this page keep anything/);
  await voter.vote(code());
  quiet(voter.page);
});

for (const [name, hours] of [['slow', -1], ['fast', 1]])
  test(`evaluate: a phone clock an hour ${name}`, async () => {
    const context = await browser.newContext(PHONE);
    await context.addInitScript((ms) => {
      const now = Date.now;
      Date.now = () => now() + ms;
    }, hours * 3600_000);
    const voter = await VoterPage.open(server, context);
    await until(async () => /clock is wrong/.test(await voter.text()));
    await voter.vote(code());
    quiet(voter.page);
  });

test('evaluate: the server is restarted between pass and cast', async () => {
  const voter = await visitor();
  await voter.enroll(code(), 'youth');
  await voter.keepCode();
  await voter.approve();
  await voter.review();
  await server.stop();
  await server.start();
  await voter.send();
  await voter.recorded();
  quiet(voter.page);
});

test('evaluate: the server dies under the request for a pass: asked again after a reload', async () => {
  const voter = await visitor();
  await voter.page.route('**/passes', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await voter.enroll(code(), 'youth');
  await until(async () => (await voter.kept('youth'))?.state === 'pass_asked');
  await voter.page.waitForSelector('[role=alert]');
  await voter.page.unroute('**/passes');
  const { issued } = await counts();
  await voter.goto();
  await until(async () => (await voter.kept('youth')).state === 'pass');
  assert.equal((await counts()).issued, issued);
  quiet(voter.page, ...LOST);
});

test('evaluate: the service worker goes when the operator says so', async () => {
  const voter = await visitor();
  const { page } = voter;
  const workers = () => page.evaluate(async () => [(await navigator.serviceWorker.getRegistrations()).length, (await caches.keys()).length]);
  await until(async () => (await workers()).join() === '1,1');
  await server.stop();
  server.configure('service_worker = no');
  await server.start();
  await page.reload(); // asks for the worker anew
  await until(async () => (await workers()).join() === '0,0');
  await page.reload();
  await page.waitForSelector('h1[tabindex]');
  await until(async () => (await workers()).join() === '0,0');
  await server.stop();
  server.configure('');
  await server.start();
});

test('evaluate: paused and extended by decisions of two, in the words that they signed', async () => {
  const decide = async (entry) => {
    const { json } = await server.get(server.api());
    const signed = server.sign({ phase: 'evaluation', seen: json.ledger.size, t: 'phase', v: 1, ...entry }, 'demo-1', 'demo-2');
    assert.equal((await server.post(server.api('/entries'), signed)).status, 201);
  };
  await decide({ act: 'pause', why: 'A storm in the capital' });
  const voter = await visitor();
  await until(async () => /is paused[^]*A storm in the capital/.test(await voter.text()));
  assert.equal(await voter.page.locator('form').count(), 0);
  await decide({ act: 'resume', why: 'The storm is over' });
  const { closes } = (await server.get(server.api())).json.phases.find(({ id }) => id === 'evaluation');
  await decide({ act: 'extend', closes: closes + 7200, no: '17', why: 'A storm in the capital' });
  await voter.goto();
  await until(async () => /was extended. Decision number: 17/.test(await voter.text()));
  await voter.vote(code());
  quiet(voter.page);
});

// The last: it ends the evaluation.
test('evaluate: the window closes while somebody fills in: readable, and said to be unsent', async () => {
  const voter = await visitor();
  const { page } = voter;
  await voter.enroll(code(), 'youth');
  await voter.keepCode();
  await voter.approve();
  await voter.review();
  const chosen = await page.locator('section dl').innerText();
  const before = await cast();
  const close = server.sign({ act: 'close', phase: 'evaluation', seen: 3, t: 'phase', v: 1, why: 'a test' }, 'demo-1', 'demo-2');
  assert.equal((await server.post(server.api('/entries'), close)).status, 201);
  await page.click('.buttons button.main');
  await until(async () => /was not sent/.test(await voter.text()), 10);
  await voter.review();
  assert.match(await voter.text(), /was not sent/);
  assert.equal(await page.locator('section dl').innerText(), chosen);
  assert.equal(await page.locator('.buttons button.main').count(), 0);
  assert.equal(await cast(), before);
  quiet(page, /409/);
});
