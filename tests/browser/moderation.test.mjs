// Nominate on a phone, moderate on a desktop, read the outcome on my page: the true server, three languages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Citizen } from '../flow/citizen.mjs';
import { Server, until } from '../flow/server.mjs';
import { DESKTOP, inspect, LANGS, launch, PHONE, quiet } from './browser.mjs';
import { ADMIT, MERGE, ModeratorPage, REFUSE, RETURN } from './moderator_page.mjs';
import { ngos, NominatorPage, TEXT } from './nominator_page.mjs';

const LIGHT = { viewport: { width: 1280, height: 800 } };
let server, browser, register, person = 0, place = 0;
const moderators = {};
const code = () => server.codes[person++];
const ngo = () => register[place++];

before(async () => {
  server = await Server.make({ create: ['--phase', 'nomination'], codes: Array.from({ length: 40 }, (_, i) => `TEST-C0DE-${1000 + i}`) });
  browser = await launch();
  register = (await ngos(server)).filter(({ bin, status }) => bin && status === 'ACTIVE');
  // One sign-in each: a one-time code is taken once.
  for (const name of ['demo-moderator', 'demo-moderator-2', 'demo-1', 'demo-auditor'])
    moderators[name] = await ModeratorPage.open(server, await browser.newContext(LIGHT), name, { key: name !== 'demo-auditor' });
});
after(async () => {
  await browser?.close();
  await server?.destroy();
});

/** A nomination by the API; its number, its organisation and its citizen. */
async function nominated(cat = 'youth', own = ngo()) {
  const citizen = await new Citizen(server, code()).signIn();
  const { json } = await citizen.nominate(own.id, cat);
  return { ref: json.index, ngo: own, citizen };
}

/** The page of a moderator in a language and a view. */
async function as(name, lang = 'kk', view = LIGHT) {
  const own = moderators[name];
  own.lang = lang;
  await own.page.setViewportSize(view.viewport);
  await own.page.emulateMedia({ colorScheme: view.colorScheme ?? 'light' });
  own.page.said.length = 0;
  await own.goto();
  await own.page.waitForSelector('nav.tabs');
  return own;
}

const SAYS = {
  kk: { returned: /Толықтыруға қайтарылды/, admitted: /Үміткерлер қатарына қосылды/, received: /Қабылданды/, refused: /Қабылданбады/, appealed: /Шағым берілді/ },
  ru: { returned: /Возвращено на доработку/, admitted: /Допущено/, received: /Принято/, refused: /Отклонено/, appealed: /Подана апелляция/ },
  en: { returned: /Returned to be completed/, admitted: /Admitted/, received: /Received/, refused: /Refused/, appealed: /Appealed/ },
};

for (const lang of LANGS)
  test(`${lang}: nominate, return, complete, admit; my page tells each`, async () => {
    const own = ngo();
    const citizen = await NominatorPage.open(server, await browser.newContext(PHONE), lang);
    await citizen.fillIn(code(), { bin: own.bin, cat: 'heritage', links: ['https://example.kz/report'] });
    const ref = await citizen.send();

    const moderator = await as('demo-moderator', lang);
    await inspect(moderator.page, `moderation-queue-${lang}-desktop`);
    await moderator.page.click(`a[href="#item/${ref}"]`);
    await moderator.page.waitForSelector('.decide');
    await inspect(moderator.page, `moderation-item-${lang}-desktop`);
    const shown = await moderator.text();
    assert.ok(shown.includes(TEXT[lang].split('\n')[0]) && shown.includes(own.bin));
    await moderator.fillIn(RETURN, 'links_missing');
    const reason = await moderator.page.inputValue(`#reason-${lang}`);
    await moderator.page.fill(`#reason-${lang}`, `${reason} (${lang} 1)`);
    await moderator.page.click('.decide form button.main');
    await moderator.page.waitForSelector('.decide .notice[lang]');
    await inspect(moderator.page, `moderation-preview-${lang}-desktop`);
    await moderator.page.click('.decide .buttons button.main');
    await moderator.page.waitForSelector('p.notice[role=status]');

    await citizen.me();
    assert.match(await citizen.mine(own.name[lang]).innerText(), SAYS[lang].returned);
    assert.ok((await citizen.text()).includes(`${reason} (${lang} 1)`));
    await inspect(citizen.page, `me-returned-${lang}-phone`);
    await citizen.page.click('.cards li .buttons button');
    await citizen.page.waitForSelector('#text');
    await inspect(citizen.page, `me-complete-${lang}-phone`);
    await citizen.page.fill('#text', `${TEXT[lang]} ${lang} 2`);
    await citizen.page.click('form button.main');
    await citizen.page.waitForSelector('.notice[role=status]');
    assert.match(await citizen.mine(own.name[lang]).innerText(), SAYS[lang].received);

    await moderator.open(ref);
    await moderator.page.waitForSelector('.decide');
    assert.ok((await moderator.text()).includes(`${lang} 2`));
    await moderator.fillIn(ADMIT, 'complete');
    await moderator.sign();
    await citizen.me();
    assert.match(await citizen.mine(own.name[lang]).innerText(), SAYS[lang].admitted);
    await inspect(citizen.page, `me-admitted-${lang}-phone`);
    quiet(citizen.page);
    quiet(moderator.page);
    await citizen.page.context().close();
  });

test('a refusal waits for a second signer, who sees exactly the bytes; then it is appealed and reopened', async () => {
  const { ref, ngo: own, citizen } = await nominated('youth');
  let moderator = await as('demo-moderator', 'en');
  await moderator.open(ref);
  await moderator.page.waitForSelector('.decide');
  await moderator.fillIn(REFUSE, 'false_data');
  await moderator.sign();
  assert.match(await moderator.text(), /waits for a second signer/);
  assert.equal((await citizen.mine(ref)).state, 'received');
  await moderator.goto('#cosign');
  await moderator.page.waitForSelector('.cards li');
  assert.match(await moderator.text(), /You have signed; another person is needed/);
  assert.equal(await moderator.page.locator('.cards button.main').count(), 0);

  for (const lang of LANGS) {
    const second = await as('demo-moderator-2', lang, lang === 'kk' ? DESKTOP : { viewport: { width: 320, height: 640 } });
    await second.goto('#cosign');
    await second.page.waitForSelector('.cards li');
    await second.page.click('.cards summary');
    await inspect(second.page, `moderation-cosign-${lang}`);
  }
  const second = await as('demo-moderator-2', 'en');
  await second.goto('#cosign');
  await second.page.click('.cards summary');
  const bytes = JSON.parse(await second.page.locator('.cards pre').innerText());
  assert.deepEqual([bytes.t, bytes.d, bytes.ref, bytes.sigs], ['moderate', 'refuse', ref, undefined]);
  await second.page.click('.cards button.main');
  await second.page.waitForFunction(() => document.querySelector('p[role=status]').textContent === 'Signed.');
  assert.equal((await citizen.mine(ref)).state, 'refused');

  const page = await NominatorPage.open(server, await browser.newContext(PHONE), 'ru');
  await page.me(citizen.code);
  assert.match(await page.mine(own.name.ru).innerText(), SAYS.ru.refused);
  await page.page.click('.cards li .buttons button:text("апелляцию")');
  await page.page.waitForSelector('#text');
  await inspect(page.page, 'me-appeal-ru-phone');
  await page.page.fill('#text', 'Данные верны, вот справка.');
  await page.page.click('form button.main');
  await page.page.waitForSelector('.notice[role=status]');
  assert.match(await page.mine(own.name.ru).innerText(), SAYS.ru.appealed);

  moderator = await as('demo-1', 'en');
  await moderator.goto('#appeals');
  await moderator.page.click(`a[href="#item/${ref}"]`);
  await moderator.page.waitForSelector('.decide');
  assert.match(await moderator.text(), /Данные верны/);
  await moderator.fillIn(1, 'appeal');
  await moderator.sign();
  moderator = await as('demo-moderator', 'en');
  await moderator.goto('#cosign');
  await moderator.page.click('.cards button.main');
  await moderator.page.waitForFunction(() => document.querySelector('p[role=status]').textContent === 'Signed.');
  assert.equal((await citizen.mine(ref)).state, 'received');
  await page.page.context().close();
});

test('an item is taken by one; given back, another may decide', async () => {
  const { ref } = await nominated('culture');
  const first = await as('demo-moderator', 'en');
  await first.open(ref);
  await first.page.waitForSelector('.decide');
  const second = await as('demo-moderator-2', 'en');
  assert.match(await second.page.locator('.cards li', { has: second.page.locator(`a[href="#item/${ref}"]`) }).innerText(), /Taken by: demo-moderator/);
  await second.open(ref);
  await second.page.waitForSelector('[data-code=item_claimed]');
  assert.equal(await second.page.locator('.decide').count(), 0);
  await first.page.click('.buttons button:text("Put it back")');
  await first.page.waitForFunction(() => location.hash === '#queue');
  await second.open(ref);
  await second.page.waitForSelector('.decide');
});

test('a conflict of interest hides the item', async () => {
  const { ref } = await nominated('rights');
  const own = await as('demo-moderator', 'kk');
  await own.open(ref);
  await own.page.waitForSelector('.decide');
  await own.page.click('button:text("Мүдделер қайшылығын мәлімдеу")');
  await inspect(own.page, 'moderation-conflict-kk-desktop');
  await own.page.click('.notice button');
  await own.page.waitForFunction(() => location.hash === '#queue');
  await until(async () => await own.page.locator(`a[href="#item/${ref}"]`).count() === 0);
  await own.goto(`#item/${ref}`);
  await own.page.waitForSelector('[data-code=conflict_of_interest]');
});

test('two nominations of one direction are merged', async () => {
  const { ref: into } = await nominated('gender');
  const { ref, citizen } = await nominated('gender');
  const own = await as('demo-moderator', 'ru');
  await own.open(ref);
  await own.page.waitForSelector('.decide');
  await own.fillIn(MERGE, 'branch', into);
  await own.sign();
  assert.equal((await citizen.mine(ref)).state, 'merged');
});

test('a decision without its parts is not signed', async () => {
  const { ref } = await nominated('accord');
  const own = await as('demo-moderator', 'en');
  await own.open(ref);
  await own.page.waitForSelector('.decide');
  await own.page.click('.decide form button.main');
  assert.match(await own.text(), /No decision is chosen/);
  await own.page.check(`.decide label.choice:nth-of-type(${REFUSE}) input`);
  await own.page.fill('#reason-kk', 'x\u202ey');
  await own.page.click('.decide form button.main');
  assert.match(await own.text(), /No reason is chosen[^]*invisible signs/);
  await inspect(own.page, 'moderation-missing-en-desktop');
});

test('by keyboard alone: from the queue to a decision', async () => {
  const { ref } = await nominated('probation');
  const own = await as('demo-moderator-2', 'en');
  await own.page.locator(`a[href="#item/${ref}"]`).focus();
  await own.page.keyboard.press('Enter');
  await own.page.waitForSelector('.decide');
  await own.page.locator('.decide input').first().focus();
  await own.page.keyboard.press('Space');
  await own.page.locator('#template').focus();
  await own.page.keyboard.press('ArrowDown');
  await own.page.locator('#reason-en').focus();
  await own.page.keyboard.press('Tab');
  await own.page.keyboard.press('Enter');
  await own.page.waitForSelector('.decide .notice[lang]');
  await own.page.locator('.decide .buttons button').first().focus();
  await own.page.keyboard.press('Enter');
  await own.page.waitForSelector('p.notice[role=status]');
});

test('a dispute about a pass is asked on my page and answered', async () => {
  const citizen = await new Citizen(server, code()).signIn();
  await citizen.post('/me/disputes', { cat: 'youth', text: 'Мен рұқсат алған жоқпын.' });
  const own = await as('demo-moderator', 'kk');
  await own.goto('#disputes');
  await own.page.click('.cards button');
  await inspect(own.page, 'moderation-disputes-kk-desktop');
  await own.page.fill('textarea', 'Тексерілді: код 3 қарашада пайдаланылған.');
  await own.page.click('.cards button.main');
  await own.page.waitForSelector('.cards .notice');
  const page = await NominatorPage.open(server, await browser.newContext(PHONE), 'kk');
  await page.me(citizen.code);
  assert.match(await page.text(), /код 3 қарашада пайдаланылған/);
  await inspect(page.page, 'me-dispute-kk-phone');
  await page.page.context().close();
});

test('erased by its author: gone for moderators at once, and an administrator says so in the ledger', async () => {
  const { ref, ngo: own, citizen } = await nominated('demography');
  const page = await NominatorPage.open(server, await browser.newContext(PHONE), 'en');
  await page.me(citizen.code);
  await page.page.click('button:text("Erase my data")');
  await inspect(page.page, 'me-erase-en-phone');
  await page.page.click('form button.main');
  await page.page.waitForSelector('.notice[role=status]');
  assert.match(await page.mine(own.name.en).innerText(), /Text erased/);
  const administrator = await as('demo-1', 'en');
  await administrator.open(ref);
  assert.match(await administrator.text(), /The text was erased/);
  await administrator.goto('#erasures');
  await administrator.page.waitForSelector('.rows button');
  await inspect(administrator.page, 'moderation-erasures-en-desktop');
  await administrator.page.click('.rows button');
  await until(async () => await administrator.page.locator('.rows button').count() === 0);
  await page.page.context().close();
});

test('who may not decide: nobody signed in, no key here, an auditor', async () => {
  for (const lang of LANGS) {
    const context = await browser.newContext(PHONE);
    const page = await context.newPage();
    await page.goto(`${server.url}/${lang}/demo/moderation`);
    await page.waitForSelector('a.button[href$="/staff"]');
    await inspect(page, `moderation-signed-out-${lang}-phone`);
    await context.close();
  }
  const auditor = await as('demo-auditor', 'ru');
  const { ref } = await nominated('employment');
  await auditor.open(ref);
  assert.equal(await auditor.page.locator('.decide').count(), 0);
});

test('320 px: queue, item, own decisions', async () => {
  const { ref } = await nominated('employment');
  for (const lang of LANGS) {
    const own = await as('demo-moderator', lang, { viewport: { width: 320, height: 640 } });
    await inspect(own.page, `moderation-queue-${lang}-phone`);
    await own.open(ref);
    await own.page.waitForSelector('.decide');
    await inspect(own.page, `moderation-item-${lang}-phone`);
    await own.goto('#mine');
    await own.page.waitForSelector('.rows li');
    await inspect(own.page, `moderation-mine-${lang}-phone`);
  }
});
