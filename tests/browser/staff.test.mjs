// The staff at work, in a browser: an invitation taken up, a key made, two signers, sessions.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { demoStaff, totp } from '../flow/staff.mjs';
import { Server } from '../flow/server.mjs';
import { DESKTOP, inspect, launch, listen, PHONE, quiet } from './browser.mjs';

// The browser itself tells that nobody was signed in yet.
const NOBODY = /status of 401/;
let server, browser, people;

before(async () => {
  server = await Server.make();
  people = demoStaff(server);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.destroy();
});

/** A page of staff; each sign-in of one account takes a later step of the second factor. */
class Desk {
  static steps = {};

  static async open(lang = 'en', view = DESKTOP, rest = '') {
    const desk = new Desk();
    desk.context = await browser.newContext({ ...view, acceptDownloads: true });
    desk.page = listen(await desk.context.newPage());
    await desk.page.goto(`${server.url}/${lang}/demo/staff${rest}`);
    return desk;
  }

  async signIn(person, change = {}) {
    const account = { ...people[person], ...change };
    const step = (Desk.steps[person] = (Desk.steps[person] ?? -2) + 1);
    await this.page.fill('#person', person);
    await this.page.fill('#password', account.password);
    await this.page.fill('#totp', account.totp ?? totp(account.secret, step));
    await this.page.click('form button.main');
    await this.page.waitForSelector('nav .links, [role=alert]');
  }

  async view(name) {
    await this.page.click(`nav .links a[href="#${name}"]`);
    await this.page.waitForSelector(`nav .links a[href="#${name}"][aria-current]`);
  }

  /** The key file that `campaign create --demo` left. */
  async bringKey(person) {
    await this.view('key');
    await this.page.setInputFiles('#file', path.join(server.campaign, `staff/${person}.pem`));
    await this.page.click('section[aria-labelledby=bring-key] button.main');
    await this.page.waitForSelector('main dd.code');
  }

  async close() { await this.context.close(); }
}

test('staff: a wrong password is told in the page, in its language', async () => {
  const desk = await Desk.open('kk', PHONE);
  await desk.page.waitForSelector('#person');
  await inspect(desk.page, 'kk-staff-sign-in-phone');
  await desk.signIn('demo-1', { password: 'not the password', totp: '000000' });
  const alert = await desk.page.waitForSelector('[role=alert]');
  assert.match(await alert.innerText(), /[әіңғүұқөһ]/);
  await inspect(desk.page, 'staff-wrong');
  quiet(desk.page, NOBODY);
  await desk.close();
});

test('staff: two administrators pause the evaluation; what was signed is what the second saw', async () => {
  const [one, two] = [await Desk.open(), await Desk.open('ru')];
  await one.signIn('demo-1');
  await one.bringKey('demo-1');
  await one.view('phases');
  const evaluation = one.page.locator('main .cards li').nth(2);
  await evaluation.getByRole('button', { name: 'Pause' }).click();
  await one.page.fill('#why', 'The power is out in Astana.');
  await inspect(one.page, 'en-staff-phases');
  await evaluation.locator('form button.main').click();
  await one.page.waitForSelector('.notice[role=status]');
  await one.view('acts');
  const bytes = await one.page.locator('details pre').textContent();
  assert.match(bytes, /"why":"The power is out in Astana\."/);
  assert.equal(await one.page.locator('.cards li').getByRole('button', { name: 'Sign', exact: true }).count(), 0); // not twice by one

  await two.signIn('demo-2');
  await two.bringKey('demo-2');
  await two.view('acts');
  await two.page.waitForSelector('.cards li');
  assert.equal(await two.page.locator('details pre').textContent(), bytes);
  await inspect(two.page, 'ru-staff-acts');
  await two.page.locator('.cards li button').first().click();
  await two.page.waitForSelector('.notice[role=status]');
  const evaluationNow = (await server.get(server.api())).json.phases.find(({ id }) => id === 'evaluation');
  assert.equal(evaluationNow.paused, true);
  quiet(one.page, NOBODY);
  quiet(two.page, NOBODY);
  await one.close();
  await two.close();
});

test('staff: invited, enrolled, a key of her own, taken into the ledger by two', async () => {
  const admin = await Desk.open();
  await admin.signIn('demo-1');
  await admin.view('people');
  await admin.page.fill('#person', 'demo-moderator-9');
  await admin.page.selectOption('#role', 'moderator');
  await admin.page.locator('section[aria-labelledby=invite] button.main').click();
  const link = await admin.page.locator('section[aria-labelledby=invite] pre').textContent();
  await inspect(admin.page, 'en-staff-people');

  // The pages that are served are named in the ledger; anybody finds the same hash.
  await admin.bringKey('demo-1');
  await admin.view('people');
  await admin.page.getByRole('button', { name: 'Fill in the pages' }).click();
  await admin.page.waitForFunction(() => document.getElementById('text').value !== '');
  const hash = crypto.createHash('sha256').update((await server.get('/assets/manifest.json')).bytes).digest('hex');
  assert.equal(await admin.page.inputValue('#text'), `client ${hash}`);
  await admin.page.locator('section[aria-labelledby=notice] button.main').click();
  await admin.page.waitForSelector('section[aria-labelledby=notice] .notice[role=status]');

  const guest = await Desk.open('en', PHONE, link.slice(link.indexOf('/staff') + 6));
  await guest.page.waitForSelector('svg.qr path');
  await inspect(guest.page, 'en-staff-enrol-phone');
  const secret = (await guest.page.locator('p .code').textContent()).replace(/\s/g, '');
  await guest.page.fill('#password', 'a long enough phrase');
  await guest.page.fill('#again', 'another long phrase');
  await guest.page.fill('#totp', totp(secret));
  await guest.page.click('form button.main');
  assert.match(await guest.page.locator('[role=alert]').innerText(), /not the same/);
  await guest.page.fill('#again', 'a long enough phrase');
  await guest.page.click('form button.main');
  await guest.page.waitForSelector('ol.code li');
  assert.equal(await guest.page.locator('ol.code li').count(), 10);
  await inspect(guest.page, 'staff-codes');
  await guest.page.locator('.row button, .buttons button').last().click();

  people['demo-moderator-9'] = { password: 'a long enough phrase', secret };
  Desk.steps['demo-moderator-9'] = 0; // the code of now is spent
  await guest.signIn('demo-moderator-9');
  await guest.view('key');
  await guest.page.fill('#passphrase', 'correct horse battery');
  await guest.page.fill('section[aria-labelledby=make-key] #again', 'correct horse battery');
  const [backup] = await Promise.all([guest.page.waitForEvent('download'), guest.page.locator('section[aria-labelledby=make-key] button.main').click()]);
  const file = path.join(server.folder, 'backup.json');
  await backup.saveAs(file);
  await guest.page.waitForSelector('main dd.code');
  const id = await guest.page.locator('main dd.code').textContent();
  await inspect(guest.page, 'staff-key');
  await guest.page.getByRole('button', { name: 'Ask for it' }).click();
  await guest.page.waitForSelector('.notice[role=status]');

  // The backup opens on another device, and only with its passphrase.
  await guest.page.getByRole('button', { name: 'Remove from this device' }).click();
  await guest.page.setInputFiles('#file', file);
  await guest.page.fill('#unlock', 'a wrong passphrase');
  await guest.page.locator('section[aria-labelledby=bring-key] button.main').click();
  assert.match(await guest.page.locator('[role=alert]').innerText(), /could not be opened/);
  await guest.page.fill('#unlock', 'correct horse battery');
  await guest.page.locator('section[aria-labelledby=bring-key] button.main').click();
  await guest.page.waitForSelector('main dd.code');
  assert.equal(await guest.page.locator('main dd.code').textContent(), id);

  for (const person of ['demo-1', 'demo-2']) {
    const desk = person === 'demo-1' ? admin : await Desk.open();
    if (desk !== admin) {
      await desk.signIn(person);
      await desk.bringKey(person);
    }
    await desk.view('acts');
    const act = desk.page.locator('.cards li', { hasText: id });
    await act.getByRole('button', { name: 'Sign', exact: true }).click();
    await desk.page.waitForSelector('.notice[role=status]');
    if (desk !== admin) await desk.close();
  }
  await guest.view('sessions');
  await guest.view('key');
  assert.match(await guest.page.locator('main dl').innerText(), /In the ledger, good/);
  quiet(guest.page, NOBODY);
  await guest.close();
  await admin.close();
});

test('staff: every view is clean in three languages; accesses are written down, sessions ended', async () => {
  const desk = await Desk.open('kk', PHONE);
  await desk.signIn('demo-auditor');
  for (const lang of ['kk', 'ru', 'en']) {
    await desk.page.setViewportSize(lang === 'ru' ? DESKTOP.viewport : PHONE.viewport);
    await desk.page.goto(`${server.url}/${lang}/demo/staff`);
    for (const view of ['phases', 'key', 'sessions', 'accesses']) {
      await desk.view(view);
      await inspect(desk.page, `${lang}-staff-${view}`);
    }
  }
  assert.match(await desk.page.locator('table').innerText(), /staff\.sign_in/);
  await desk.view('sessions');
  await desk.page.locator('.cards li button').first().click();
  await desk.page.waitForSelector('#person');
  quiet(desk.page, NOBODY);
  await desk.context.close();
});
