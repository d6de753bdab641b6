// Each state of the evaluation in three languages: what it says, axe, 320 px, a picture. Scenes whose
// cause can't be had at will (a server that breaks its promise) are played by changing its answers.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Server, until } from '../flow/server.mjs';
import { DESKTOP, inspect, LANGS, launch, PHONE, quiet } from './browser.mjs';
import { VoterPage } from './voter_page.mjs';

const LOST = [/Failed to load resource/, /ERR_INTERNET_DISCONNECTED/];
let server, browser, person = 0;
const code = () => server.codes[person++];
const now = () => Math.floor(Date.now() / 1000);

before(async () => {
  server = await Server.make({ codes: Array.from({ length: 60 }, (_, i) => `TEST-C0DE-${1000 + i}`) });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.destroy();
});

const context = (view = PHONE) => browser.newContext({ ...view, acceptDownloads: true });

/** One state: play(lang) brings it about and gives the page; says: what must be read there, by language. */
function state(name, play, says) {
  test(name, async () => {
    for (const [lang, view] of [...LANGS.map((lang) => [lang, PHONE]), ['kk', DESKTOP]]) {
      const voter = await play(lang, view);
      const text = await voter.text();
      for (const pattern of [says[lang]].flat()) assert.match(text, pattern, `${name} in ${lang}`);
      await inspect(voter.page, `evaluate-${name.replace(/\W+/g, '_')}-${lang}-${view === PHONE ? 'phone' : 'desktop-dark'}`);
      quiet(voter.page, ...LOST);
      await voter.page.context().close();
    }
  });
}

/** With a pass of youth and a mark. */
async function filled(lang, view, options = {}) {
  const voter = await VoterPage.open(server, await context(view), { lang, ...options });
  await voter.enroll(code(), 'youth');
  await voter.keepCode();
  await voter.approve();
  await until(async () => (await voter.kept('youth')).marks === 1);
  return voter;
}

async function sent(lang, view, options = {}) {
  const voter = await filled(lang, view, options);
  await options.before?.(voter.page);
  await voter.review();
  await voter.send();
  return voter;
}

const seen = (alter) => async (lang, view) => VoterPage.open(server, await context(view), { lang, campaign: alter });

state('before the window', async (lang, view) => {
  const voter = await VoterPage.open(server, await context(view), {
    lang,
    campaign: (_, phase) => Object.assign(phase, { state: 'scheduled', opens: now() + 86400, closes: now() + 9 * 86400 }),
  });
  const [file] = await Promise.all([voter.page.waitForEvent('download'), voter.page.click('.notice button')]);
  assert.match(readFileSync(await file.path(), 'utf8'), /^BEGIN:VCALENDAR\r\n[^]*DTSTART:\d{8}T\d{6}Z\r\n[^]*END:VCALENDAR\r\n$/);
  assert.equal(await voter.page.locator('form').count(), 0);
  return voter;
}, { kk: /басталған жоқ/, ru: /ещё не началась/, en: /has not begun/ });

state('within the window', async (lang, view) => VoterPage.open(server, await context(view), { lang }),
  { kk: /Дауыс беру коды/, ru: /Код голосования/, en: /Voter code/ });

state('last ten minutes', seen((_, phase) => Object.assign(phase, { closes: now() + 500 })),
  { kk: /Қалған минут: 9/, ru: /Осталось минут: 9/, en: /Minutes left: 9/ });

state('closed while filling in', async (lang, view) => {
  const voter = await filled(lang, view);
  await voter.change((_, phase) => Object.assign(phase, { state: 'closed', closes: now() - 1 }));
  await voter.goto('#review');
  await voter.page.waitForSelector('section dl dt');
  assert.equal(await voter.page.locator('.buttons button.main').count(), 0);
  return voter;
}, { kk: [/Бағалау аяқталды/, /әлі жіберілген жоқ/], ru: [/Оценка закончена/, /ещё не отправлено/], en: [/evaluation ended/, /not sent yet/] });

state('after, not published', seen((campaign, phase) => {
  Object.assign(phase, { state: 'closed', closes: now() - 3600 });
  campaign.tally = { shown: false, final: false, visible_from: now() + 86400 };
}), { kk: /Нәтижелер әлі жарияланған жоқ/, ru: /ещё не опубликованы/, en: /not published yet/ });

state('after, published', seen((campaign, phase) => {
  Object.assign(phase, { state: 'closed', closes: now() - 3600 });
  campaign.tally = { shown: true, final: true, visible_from: now() - 60 };
}), { kk: /Нәтижелерді қарау/, ru: /Посмотреть итоги/, en: /See the results/ });

state('extended', seen((_, phase) => Object.assign(phase, { extended: true, no: '17', why: 'storm' })),
  { kk: /Шешім нөмірі: 17/, ru: /Номер решения: 17/, en: /Decision number: 17/ });

state('paused', async (lang, view) => {
  const voter = await filled(lang, view);
  await voter.change((_, phase) => Object.assign(phase, { paused: true, why: 'Сервер ауыстырылуда' }));
  await voter.goto('#review');
  await voter.page.waitForSelector('section dl dt');
  return voter;
}, { kk: [/уақытша тоқтатылды/, /Сервер ауыстырылуда/], ru: [/приостановлена/, /Сервер ауыстырылуда/], en: [/is paused/, /Сервер ауыстырылуда/] });

// The session is over when passes are asked for: the code is asked for again.
state('not signed in', async (lang, view) => {
  const voter = await VoterPage.open(server, await context(view), { lang });
  await voter.answer('**/passes', 401, { code: 'signed_out', detail: { kk: 'Кіру мерзімі өтті.', ru: 'Вход истёк.', en: 'The sign-in has ended.' }[lang] });
  await voter.enroll(code(), 'youth');
  await voter.page.waitForSelector('[role=alert]');
  assert.ok(await voter.page.locator('#code').isVisible());
  return voter;
}, { kk: /Кіру мерзімі өтті/, ru: /Вход истёк/, en: /sign-in has ended/ });

state('a code that nobody has', async (lang, view) => {
  const voter = await VoterPage.open(server, await context(view), { lang });
  await voter.enroll('NONE-0F-THEM', 'youth');
  await voter.page.waitForSelector('[role=alert]');
  return voter;
}, { kk: /коды қабылданбады/, ru: /не принят/, en: /was not accepted/ });

state('not eligible', async (lang, view) => {
  const voter = await VoterPage.open(server, await context(view), { lang });
  await voter.answer('**/session', 403, { code: 'not_eligible', detail: 'x' });
  await voter.enroll(code(), 'youth');
  await voter.page.waitForSelector('[role=alert]');
  return voter;
}, { kk: /Ереже бойынша/, ru: /По правилам/, en: /Under the rules/ });

state('recovery code', async (lang, view) => {
  const voter = await VoterPage.open(server, await context(view), { lang });
  await voter.enroll(code(), 'youth');
  await voter.page.waitForSelector('.qr');
  return voter;
}, { kk: /Құпия кодты сақтап қойыңыз/, ru: /Сохраните тайный код/, en: /Save the recovery code/ });

state('pass issued here', async (lang, view) => {
  const voter = await filled(lang, view);
  await voter.goto();
  return voter;
}, { kk: /Толтырылды, әлі жіберілген жоқ/, ru: /Заполнено, ещё не отправлено/, en: /Filled in, not sent yet/ });

state('pass issued on another device', async (lang, view) => {
  const mine = code();
  const first = await VoterPage.open(server, await context());
  await first.enroll(mine, 'youth');
  await first.page.waitForSelector('.secret span');
  await first.page.context().close();
  const voter = await VoterPage.open(server, await context(view), { lang });
  await voter.enroll(mine, 'youth');
  await voter.page.waitForSelector('textarea');
  await voter.page.fill('textarea', 'Бұл мен емес, кодымды біреу пайдаланған.');
  await voter.page.locator('form').nth(1).locator('button').click();
  await until(async () => /қабылданды|принято|was taken/.test(await voter.text()));
  // Answered by staff meanwhile.
  await voter.page.route('**/campaigns/demo/me', async (route) => {
    const answer = await route.fetch();
    const json = await answer.json();
    Object.assign(json.disputes[0], { state: 'answered', answer: 'Тексердік.' });
    await route.fulfill({ response: answer, json });
  });
  await voter.goto('#elsewhere/youth');
  await until(async () => /Тексердік/.test(await voter.text()));
  return voter;
}, { kk: [/Өтініш қабылданды/, /Жауап:/], ru: [/Обращение принято/, /Ответ:/], en: [/dispute was taken/, /Answer:/] });

/** Screens of the five methods, and of the marks too many. */
const METHODS = { health: '.marks', environment: 'input[type=number]', youth: 'input[name=a]', culture: 'fieldset', probation: 'fieldset' };
test('filling in by each method', async () => {
  for (const lang of LANGS) {
    const voter = await VoterPage.open(server, await context(), { lang });
    await voter.enroll(code(), ...Object.keys(METHODS));
    await voter.keepCode();
    for (const [cat, part] of Object.entries(METHODS)) {
      await voter.goto(`#d/${cat}`);
      await voter.page.waitForSelector(part);
      if (cat === 'youth') for (const box of await voter.page.locator('input[name=a]').all()) await box.check();
      if (cat === 'environment') for (const field of await voter.page.locator('input[type=number]').all()) await field.fill('9');
      if (cat === 'health') await voter.page.locator('.marks input').nth(2).check();
      await inspect(voter.page, `evaluate-method-${cat}-${lang}-phone`);
    }
    await voter.review();
    assert.equal(await voter.page.locator('.buttons button.main').count(), 0, 'too many marks are not sent');
    await inspect(voter.page, `evaluate-review-${lang}-phone`);
    quiet(voter.page);
    await voter.page.context().close();
  }
});

state('recorded', async (lang, view) => {
  const voter = await sent(lang, view);
  await voter.recorded();
  for (const details of await voter.page.locator('details').all()) await details.locator('summary').click();
  await voter.page.waitForSelector('.qr');
  assert.match(await voter.page.locator('.receipt a').first().getAttribute('href'), new RegExp(`^${server.url}/${lang}/demo/verify#[0-9A-Z]{16}$`));
  return voter;
}, { kk: /Бюллетень журналда тұр/, ru: /Бюллетень есть в журнале/, en: /ballot is in the ledger/ });

state('sent and waiting', (lang, view) => sent(lang, view, { wait: 600 }),
  { kk: /Жіберуге қалған секунд/, ru: /До отправки секунд/, en: /Seconds until it is sent/ });

state('promise broken', async (lang, view) => {
  // The server says it recorded the ballot where it did not.
  const voter = await sent(lang, view, {
    before: (page) => page.route('**/ballots', async (route) => {
      const answer = await route.fetch();
      const json = await answer.json();
      await route.fulfill({ response: answer, json: { ...json, index: json.index - 1 } });
    }),
  });
  await voter.page.waitForSelector('.receipt, [role=alert]');
  const [file] = await Promise.all([voter.page.waitForEvent('download'), voter.page.click('.notice.warn button')]);
  const complaint = JSON.parse(readFileSync(await file.path(), 'utf8'));
  assert.match(complaint.acknowledged_checkpoint, /^localhost\/demo\n/);
  assert.equal(complaint.fault, 'proof');
  return voter;
}, { kk: /уәдесі бұзылғанының/, ru: /нарушенного обещания/, en: /proof of a broken promise/ });

state('offline', async (lang, view) => {
  const voter = await filled(lang, view);
  await voter.page.context().setOffline(true);
  await voter.review();
  await voter.send();
  await until(async () => /сақталған|сохранён|is kept/.test(await voter.text()));
  return voter;
}, { kk: /Байланыс жоқ/, ru: /Нет связи/, en: /No connection/ });

state('busy', async (lang, view) => {
  const voter = await sent(lang, view, {
    before: (page) => page.route('**/ballots', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"code":"busy","detail":"x"}' })),
  });
  await until(async () => /бос емес|занят|busy/.test(await voter.text()));
  return voter;
}, { kk: /Сервер бос емес/, ru: /Сервер занят/, en: /server is busy/ });

state('wrong clock', async (lang, view) => {
  const own = await context(view);
  await own.addInitScript(() => {
    const real = Date.now;
    Date.now = () => real() - 3600_000;
  });
  const voter = await VoterPage.open(server, own, { lang });
  await voter.page.waitForSelector('.notice');
  return voter;
}, { kk: /Айырмасы, минут: 60/, ru: /Разница в минутах: 60/, en: /Difference in minutes: 60/ });

state('storage blocked', async (lang, view) => {
  const own = await context(view);
  await own.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('blocked', 'SecurityError'); } }));
  return VoterPage.open(server, own, { lang });
}, { kk: /жад бермейді/, ru: /не даёт странице хранить/, en: /does not let this page keep/ });

state('unknown error', async (lang, view) => {
  const voter = await VoterPage.open(server, await context(view), { lang });
  await voter.answer('**/passes', 500, { code: 'internal' });
  await voter.enroll(code(), 'youth');
  await voter.page.waitForSelector('[role=alert]');
  return voter;
}, { kk: [/Күтпеген қате/, /Қате коды: internal/], ru: [/непредвиденная/, /internal/], en: [/unexpected/, /internal/] });

test('script off or browser too old', async () => {
  const words = { kk: /JavaScript қажет/, ru: /нужен JavaScript/, en: /needs JavaScript/ };
  const old = { kk: /браузер тым ескі/, ru: /браузер слишком старый/, en: /browser is too old/ };
  for (const lang of LANGS) {
    const plain = await browser.newContext({ ...PHONE, javaScriptEnabled: false });
    const page = await plain.newPage();
    await page.goto(`${server.url}/${lang}/demo/evaluate`);
    assert.match(await page.locator('main').innerText(), words[lang]);
    await plain.close();
    const own = await context();
    await own.addInitScript(() => Object.defineProperty(globalThis, 'isSecureContext', { value: false }));
    const late = await own.newPage();
    await late.goto(`${server.url}/${lang}/demo/evaluate`);
    assert.match(await late.locator('main').innerText(), old[lang]);
    await inspect(late, `evaluate-too_old-${lang}-phone`);
    await own.close();
  }
});
