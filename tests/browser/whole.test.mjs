// The prize from the register to the results, as its people live it: citizens on a phone of 320 px, a moderator and two
// administrators at desks, readers without script. Once in each language, on a campaign of its own.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { assertPrivate } from '../flow/privacy.mjs';
import { Server, until } from '../flow/server.mjs';
import { demoStaff, Member } from '../flow/staff.mjs';
import { DESKTOP, inspect, LANGS, launch, PHONE, quiet } from './browser.mjs';
import { ADMIT, ModeratorPage } from './moderator_page.mjs';
import { ngos, NominatorPage, TEXT } from './nominator_page.mjs';
import { VoterPage } from './voter_page.mjs';

const VOTERS = ['TEST-C0DE-1001', 'TEST-C0DE-1002', 'TEST-C0DE-1003'];
/** Of people born in 1899. */
const NUMBERS = ['991231100000', '991231100010', '991231100109'];
const RECORDED = { kk: /Бюллетень журналға жазылған/, ru: /Бюллетень записан в журнал/, en: /The ballot is recorded/ };
let browser;

before(async () => { browser = await launch(); });
after(() => browser?.close());

/** Two administrators do one after another what the schedule would bring in weeks. */
async function move(one, two, steps) {
  for (const [phase, act] of steps) {
    const proposed = await one.act({ act, phase, t: 'phase', why: 'сынақ', v: 1 });
    assert.equal(proposed.status, 202, `${act} ${phase}`);
    assert.equal((await two.cosign(proposed.json.number)).status, 201, `${act} ${phase}`);
  }
}

for (const lang of LANGS)
  test(`whole way in ${lang}: register, nominate, moderate, open, evaluate, change, close, results`, async (t) => {
    const server = await Server.make({ create: ['--phase', 'nomination'], codes: VOTERS, persons: NUMBERS, admin: true });
    t.after(() => server.destroy());
    const people = demoStaff(server);
    const [one, two] = [new Member(server, people['demo-1']), new Member(server, people['demo-2'])];
    for (const member of [one, two]) assert.equal((await member.signIn()).status, 201);
    const phone = await browser.newContext(PHONE);
    const reader = await browser.newContext({ ...DESKTOP, javaScriptEnabled: false });
    const still = await reader.newPage();

    // A reader finds an organisation in the register and, without script, its page and the way to nominate it.
    const ngo = (await ngos(server)).find(({ bin, status }) => bin && status === 'ACTIVE');
    await still.goto(`${server.url}/${lang}/demo/register?q=${ngo.bin}`);
    await still.click(`a[href$="/register/${ngo.id}"]`);
    assert.match(await still.locator('main').innerText(), new RegExp(ngo.bin));
    const way = await still.locator('main a[href*="/nominate?ngo="]').getAttribute('href');

    const nominator = await NominatorPage.open(server, phone, lang, way.slice(way.indexOf('?')));
    await nominator.signIn(VOTERS[0]);
    await nominator.direction('youth');
    await nominator.tie();
    await nominator.write(TEXT[lang], 'https://example.kz/report');
    await nominator.consent();
    const ref = await nominator.send();
    quiet(nominator.page);

    const moderator = await ModeratorPage.open(server, await browser.newContext(DESKTOP), 'demo-moderator', { lang });
    await moderator.open(ref);
    await moderator.page.waitForSelector('.decide');
    await moderator.fillIn(ADMIT, 'complete');
    await moderator.sign();
    quiet(moderator.page);
    await still.goto(`${server.url}/${lang}/demo/nominees/${ref}`);
    assert.ok((await still.locator('main').innerText()).includes(TEXT[lang].split('\n')[0]));

    await move(one, two, [['nomination', 'close'], ['screening', 'open'], ['screening', 'close'], ['evaluation', 'open']]);

    // Two voters; the second thinks better of it.
    const codes = [];
    for (const code of VOTERS.slice(1)) {
      const voter = await VoterPage.open(server, await browser.newContext({ ...PHONE, acceptDownloads: true }), { lang });
      await voter.vote(code);
      if (codes.length === 1) {
        await voter.page.click('section > button'); // change my vote
        await voter.page.waitForSelector('input[name=a]');
        await voter.review();
        await voter.send();
        await until(async () => (await voter.kept('youth')).rev === 2);
        await voter.recorded();
      }
      codes.push((await voter.page.locator('.short').first().innerText()).replace(/\s/g, ''));
      await inspect(voter.page, `whole-recorded-${lang}-phone`);
      quiet(voter.page);
    }
    await still.goto(`${server.url}/${lang}/demo/results`);
    assert.equal(await still.locator('main table').count(), 0); // I6

    await move(one, two, [['evaluation', 'close']]);
    await until(async () => (await server.get(server.api('/tallies/youth'))).status === 200, 20, 'the tally');
    await still.goto(`${server.url}/${lang}/demo/results`);
    await until(async () => { await still.reload(); return await still.locator('main table').count() > 0; });
    const row = await still.locator('tr', { hasText: ngo.name[lang] }).first().innerText();
    assert.match(row, /\b2\b/);
    await inspectWithoutScript(still, `whole-results-${lang}`);

    // Each receipt says what became of its ballot; the page asks nothing but the public log.
    const verify = await (await browser.newContext(PHONE)).newPage();
    await verify.goto(`${server.url}/${lang}/demo/verify#${codes[1]}`);
    await verify.waitForSelector('.ticks');
    assert.match(await verify.locator('main').innerText(), RECORDED[lang]);

    const folder = path.join(server.campaign, 'ledger');
    const { code, out } = server.run('verify', '--vkey', server.vkey, folder);
    assert.equal(code, 0, out);
    const named = (what, list) => Object.fromEntries(list.map((secret, i) => [`${what} ${i}`, secret]));
    const metrics = await (await fetch(`http://127.0.0.1:${server.admin}/metrics`)).text();
    assertPrivate(server, {
      ...named('code', VOTERS), ...named('code as kept', VOTERS.map((code) => code.replaceAll('-', ''))), ...named('person number', NUMBERS),
      password: people['demo-1'].password, totp: people['demo-1'].secret,
    }, [], { metrics });
    for (const context of [phone, reader]) await context.close();
  });

/** What can be asked of a page that runs no script: one h1, and nothing wider than the view. */
async function inspectWithoutScript(page, name) {
  assert.equal(await page.locator('h1').count(), 1, name);
  await page.screenshot({ path: path.join('build/screenshots', `${name}.png`), fullPage: true });
}
