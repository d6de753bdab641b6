// Nominating on a phone of 320 px, as citizens do: from the code to the number, and all that can come between.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Citizen } from '../flow/citizen.mjs';
import { Server, until } from '../flow/server.mjs';
import { DESKTOP, inspect, LANGS, launch, PHONE, quiet } from './browser.mjs';
import { ngos, NominatorPage, TEXT } from './nominator_page.mjs';

const LOST = [/Failed to load resource/, /ERR_INTERNET_DISCONNECTED/];
let server, browser, register, person = 0, place = 0;
const code = () => server.codes[person++];
/** An organisation that nobody has nominated yet. */
const ngo = () => register[place++];

before(async () => {
  server = await Server.make({ create: ['--phase', 'nomination'], codes: Array.from({ length: 60 }, (_, i) => `TEST-C0DE-${1000 + i}`) });
  browser = await launch();
  register = (await ngos(server)).filter(({ bin, status }) => bin && status === 'ACTIVE');
});
after(async () => {
  await browser?.close();
  await server?.destroy();
});

const open = async (lang = 'kk', { view = PHONE, query = '' } = {}) =>
  NominatorPage.open(server, await browser.newContext(view), lang, query);

async function end(own, ...expected) {
  quiet(own.page, ...expected);
  await own.page.context().close();
}

for (const lang of LANGS)
  for (const [view, options] of [['phone', PHONE], ['desktop-dark', DESKTOP]])
    test(`${lang} ${view}: one question a page, each axe clean, then the number and my page`, async () => {
      const own = await open(lang, { view: options });
      const { bin, name } = ngo();
      const look = (step) => inspect(own.page, `nominate-${step}-${lang}-${view}`);
      const person = code();
      await look('sign-in');
      await own.signIn(person);
      await own.find(bin);
      await look('ngo');
      await own.choose();
      await own.at('cat');
      await look('direction');
      await own.direction('heritage');
      await own.at('who');
      await look('tie');
      await own.tie();
      await own.at('why');
      await look('text');
      await own.write(TEXT[lang], 'https://example.kz/есеп');
      await own.at('consent');
      assert.deepEqual([await own.page.isChecked('#processing'), await own.page.isChecked('#publication')], [false, false]);
      await look('consent');
      await own.consent();
      await look('check');
      assert.match(await own.text(), new RegExp(bin));
      const number = await own.send();
      await look('recorded');
      await own.me();
      await own.page.click('.cards summary');
      await look('me');
      const mine = await own.mine(name[lang]).innerText();
      assert.match(mine.replace(/[\s,]/g, ''), new RegExp(String(number)));
      assert.ok(mine.includes(TEXT[lang].split('\n')[0]));
      await end(own, LOST[0]); // the icon of no page, and nothing else
    });

test('with a known BIN it takes twelve inputs', async () => {
  const own = await open('en');
  await own.fillIn(code(), { bin: ngo().bin, cat: 'culture' });
  await own.send();
  assert.ok(own.inputs <= 12, `${own.inputs} inputs`);
  await end(own);
});

test('the link on an organisation’s page brings the organisation along', async () => {
  const { id, name } = ngo();
  const own = await open('ru', { query: `?ngo=${id}` });
  await own.signIn(code());
  await own.direction('youth');
  await own.tie();
  await own.at('why');
  assert.ok((await own.text()).includes(name.ru));
  await end(own);
});

test('nominated by somebody already: it becomes support', async () => {
  const { bin } = ngo();
  const [first, second] = [await open('kk'), await open('ru')];
  await first.fillIn(code(), { bin, cat: 'health' });
  const number = await first.send();
  await second.fillIn(code(), { bin, cat: 'health' });
  assert.notEqual(await second.send(), number);
  assert.match(await second.text(), /добавлено как поддержка/);
  await end(first);
  await end(second);
});

test('a draft survives a reload without a network, and another language', async () => {
  const own = await open('kk');
  const { bin, name } = ngo();
  await own.signIn(code());
  await own.find(bin);
  await own.choose();
  await own.direction('orphans');
  await own.tie();
  await own.page.waitForSelector('#why');
  await own.page.fill('#why', TEXT.kk);
  await own.keptOffline();
  const context = own.page.context();
  await context.setOffline(true);
  await own.page.reload();
  await own.page.waitForSelector('#why');
  assert.equal(await own.page.inputValue('#why'), TEXT.kk);
  await inspect(own.page, 'nominate-offline-kk-phone');
  assert.match(await own.text(), /Байланыс жоқ/);
  await own.next();
  await own.consent();
  await own.next();
  await own.page.waitForSelector('.stands:text("жауап күтілуде")');
  await inspect(own.page, 'nominate-waiting-kk-phone');
  await context.setOffline(false);
  await own.recorded();
  await own.page.click('a[hreflang=ru]');
  await own.page.waitForSelector('.stands.done');
  assert.ok((await own.text()).includes(name.ru));
  await end(own, ...LOST);
});

test('an answer that is lost: it is sent again by itself and keeps its number', async () => {
  const own = await open('en');
  const { bin, name } = ngo();
  const person = code();
  await own.fillIn(person, { bin, cat: 'rights' });
  let first;
  await own.page.route('**/nominations', async (route) => {
    first = await (await route.fetch()).json();
    await route.abort();
  }, { times: 1 });
  assert.equal(await own.send(), first.index);
  await own.me();
  assert.equal(await own.mine(name.en).count(), 1);
  await end(own, ...LOST);
});

test('a reload while it waits goes on sending', async () => {
  const own = await open('en');
  await own.fillIn(code(), { bin: ngo().bin, cat: 'rights' });
  await own.page.route('**/nominations', (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"code":"busy","title":"Busy","detail":"Later."}' }));
  await own.next();
  await own.page.waitForSelector('.stands:text("waiting")');
  assert.match(await own.text(), /never counts twice/);
  await inspect(own.page, 'nominate-busy-en-phone');
  await own.page.unroute('**/nominations');
  await own.page.reload();
  await own.recorded();
  await end(own, ...LOST);
});

test('storage blocked: the page says so and works', async () => {
  const own = await open('kk');
  await own.page.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('blocked', 'SecurityError'); } }));
  await own.goto();
  const { bin } = ngo();
  await own.signIn(code());
  assert.match(await own.text(), /сақтауға рұқсат бермейді/);
  await inspect(own.page, 'nominate-blocked-kk-phone');
  await own.find(bin);
  await own.choose();
  await own.direction('gender');
  await own.tie();
  await own.write(TEXT.kk);
  await own.consent({ publication: false });
  await own.send();
  await end(own);
});

test('a code that nobody has, and one that is not there', async () => {
  const own = await open('ru');
  await own.next();
  assert.match(await own.text(), /Код не введён/);
  await own.fill('#code', 'WR0NG-C0DE');
  await own.next();
  await own.page.waitForSelector('[role=alert][data-code]');
  assert.match(await own.text(), /Код не принят/);
  await inspect(own.page, 'nominate-code-unknown-ru-phone');
  await end(own, LOST[0]);
});

test('a session that has ended: sign in again, and nothing is lost', async () => {
  const own = await open('en');
  const person = code();
  await own.fillIn(person, { bin: ngo().bin, cat: 'probation' });
  await own.page.route('**/nominations', (route) => route.fulfill({ status: 401, contentType: 'application/problem+json', body: '{"code":"signed_out","title":"Signed out","detail":"Sign in again."}' }), { times: 1 });
  await own.next();
  await own.page.waitForSelector('#code');
  await own.fill('#code', person);
  await own.next();
  await own.at('check');
  await own.send();
  await end(own, LOST[0]);
});

test('consent not given: nothing is sent', async () => {
  const own = await open('en');
  await own.signIn(code());
  await own.find(ngo().bin);
  await own.choose();
  await own.direction('accord');
  await own.tie();
  await own.write(TEXT.en);
  await own.page.waitForSelector('#publication');
  await own.press('#publication');
  await own.next();
  await own.page.waitForSelector('#processing[aria-invalid=true]');
  await inspect(own.page, 'nominate-no-consent-en-phone');
  assert.equal(await own.page.locator('dl.answers').count(), 0);
  await end(own);
});

test('more than the rules allow a person: refused in words, and the draft is still there', async () => {
  const own = await open('ru');
  const person = code();
  const citizen = await new Citizen(server, person).signIn();
  for (const { id } of register.slice(-15)) assert.equal((await citizen.nominate(id, 'education')).status, 201);
  await own.fillIn(person, { bin: ngo().bin, cat: 'education' });
  await own.next();
  await own.page.waitForSelector('[data-code=nominations_exceeded]');
  assert.match(await own.text(), /Ещё не отправлено[^]*Больше предложений подать нельзя/);
  await inspect(own.page, 'nominate-limit-ru-phone');
  assert.equal(await own.page.locator('dl.answers').count(), 1);
  await end(own, LOST[0]);
});

test('related people, where the rules refuse them: said at once, before anything is written', async () => {
  const own = await open('kk');
  await own.page.route('**/ledger/files/*', async (route) => {
    const answer = await route.fetch();
    const rules = await answer.json();
    rules.nomination.own = 'refuse';
    await route.fulfill({ response: answer, json: rules });
  });
  await own.signIn(code());
  await own.find(ngo().bin);
  await own.choose();
  await own.direction('education');
  await own.at('who');
  await own.page.click('.choices li:nth-child(3) button');
  await own.page.waitForSelector('[data-step=who] [role=alert]');
  assert.match(await own.text(), /басшысы мен қызметкерлері оны өздері ұсына алмайды/);
  await inspect(own.page, 'nominate-related-kk-phone');
  await end(own);
});

/** Up to the text, with an organisation of its own. */
async function writing(lang) {
  const own = await open(lang);
  own.ngo = ngo();
  await own.signIn(code());
  await own.find(own.ngo.bin);
  await own.choose();
  await own.direction('employment');
  await own.tie();
  await own.page.waitForSelector('#why');
  return own;
}

test('hostile text: a script tag, an SQL quote and emoji are text and nothing else', async () => {
  const own = await writing('en');
  const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)> '; DROP TABLE nomination; -- 😀👩‍👩‍👧 {{name}} ${'x'.repeat(20)}`;
  await own.write(hostile, 'https://example.kz/"><script>alert(3)</script>');
  await own.consent();
  await own.send();
  await own.me();
  await own.page.click('.cards summary');
  const mine = await own.mine(own.ngo.name.en).innerText();
  assert.ok(mine.includes(hostile.trim()), mine);
  assert.ok(mine.includes('https://example.kz/%22%3E%3Cscript%3Ealert(3)%3C/script%3E'));
  await end(own);
});

for (const [name, text, says] of [
  ['bidi signs', `${'a'.repeat(60)} \u202egnp.exe`, /invisible signs/],
  ['10,000 combining marks', `a${'\u0301'.repeat(10000)}`, /too many: 6/],
  ['marks piled on a letter', `${'a'.repeat(60)}${'\u0301'.repeat(300)}`, /too many marks/],
  ['5 MB', 'ұ'.repeat(5 << 20), /too many: 16/],
  ['49 signs', 'ұ'.repeat(49), /still needed: 1/],
])
  test(`hostile text: ${name} are refused before they are sent`, async () => {
    const own = await writing('en');
    await own.page.evaluate((pasted) => {
      const field = document.getElementById('why');
      field.focus();
      document.execCommand('insertText', false, pasted.slice(0, 100_000)); // as a paste: the field's own limit holds
    }, text);
    await own.next();
    await own.page.waitForSelector('#why[aria-invalid=true]');
    assert.match(await own.text(), says);
    assert.equal(await own.page.locator('#processing').count(), 0);
    await end(own);
  });

test('bidi signs can be taken out with one button', async () => {
  const own = await writing('kk');
  await own.page.fill('#why', `${TEXT.kk}\u202e`);
  await own.next();
  await own.page.click('button:text("Сол белгілерді алып тастау")');
  await own.next();
  await own.page.waitForSelector('#processing');
  await end(own);
});

test('what people type into the search: quotes, emoji, a BIN with a wrong digit', async () => {
  const own = await open('en');
  await own.signIn(code());
  for (const query of ["'; DROP TABLE ngo; --", '😀😀😀', '" OR 1=1 *', '%%%', '<script>alert(1)</script>']) {
    await own.page.fill('#ngo', query);
    await own.page.click('form button');
    await own.page.waitForFunction(() => /Nothing was found|Choose one/.test(document.querySelector('[data-step=ngo] [role=status]').textContent));
  }
  await own.page.fill('#ngo', '160340000002');
  await own.page.click('form button');
  await own.page.waitForSelector('#ngo[aria-invalid=true]');
  assert.match(await own.text(), /check digit of this BIN does not fit/);
  await end(own);
});

test('script off: the page says what is needed, and reads', async () => {
  const context = await browser.newContext({ ...PHONE, javaScriptEnabled: false });
  for (const [page, says] of [['nominate', /JavaScript/], ['me', /JavaScript/], ['moderation', /JavaScript/]]) {
    const own = await context.newPage();
    await own.goto(`${server.url}/kk/demo/${page}`);
    assert.match(await own.locator('main').innerText(), says);
  }
  await context.close();
});

/** Moves the nomination phase as two administrators do. */
async function phase(act, more) {
  const { json } = await server.get(server.api());
  const entry = server.sign({ v: 1, t: 'phase', phase: 'nomination', act, seen: json.ledger.size, ...more }, 'demo-1', 'demo-2');
  const answer = await server.post(server.api('/entries'), entry);
  assert.equal(answer.status, 201, answer.text);
  await until(async () => (await server.get(server.api())).json.ledger.size > json.ledger.size);
}

test('paused while filling in, extended, and closed: what was written stays readable, and is said to be unsent', async () => {
  const own = await open('en');
  await own.fillIn(code(), { bin: ngo().bin, cat: 'monitoring' });
  await phase('pause', { why: 'Power cut' });
  await own.next();
  await own.page.waitForSelector('[role=alert][data-code=campaign_paused]');
  assert.match(await own.text(), /This was not sent/);
  await own.page.reload();
  await own.page.waitForSelector('.said');
  assert.match(await own.text(), /paused[^]*four hundred large families/);
  for (const lang of LANGS) {
    own.lang = lang;
    await own.goto();
    await own.page.waitForSelector('.said');
    await inspect(own.page, `nominate-paused-${lang}-phone`);
  }
  await phase('resume', { why: 'Power is back' });
  await phase('extend', { why: 'A day was lost', no: '17-ө', closes: (await server.get(server.api())).json.phases[0].closes + 86400 });
  own.lang = 'kk';
  await own.goto();
  assert.match(await own.text(), /шешім нөмірі: 17-ө/);
  await phase('close', { why: 'Enough' });
  await own.at('check');
  await own.next();
  await own.page.waitForSelector('[role=alert][data-code]');
  for (const lang of LANGS) {
    own.lang = lang;
    await own.goto();
    await own.page.waitForSelector('.said');
    await inspect(own.page, `nominate-closed-${lang}-phone`);
    assert.ok((await own.text()).includes(TEXT.en.split('\n')[0]));
  }
  await end(own, LOST[0]);
});
