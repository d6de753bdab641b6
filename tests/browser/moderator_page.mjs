// A member of staff at the moderators' page: signed in, with the key on this device.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { demoStaff, totp } from '../flow/staff.mjs';
import { listen } from './browser.mjs';

/** Runs in the page: as web/src/lib/signing_key.ts keeps a key. */
async function keepKey({ pem, spki, place }) {
  const bytes = (base64) => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const secret = await crypto.subtle.importKey('pkcs8', bytes(pem), { name: 'Ed25519' }, false, ['sign']);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(spki)));
  const id = [...hash.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open('dauys-staff', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('keys');
    opening.onsuccess = () => resolve(opening.result);
  });
  const writing = database.transaction('keys', 'readwrite');
  writing.objectStore('keys').put({ id, spki: bytes(spki), secret }, place);
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  database.close();
}

export class ModeratorPage {
  /** options: lang, key (false: not on this device). */
  static async open(server, context, person, { lang = 'kk', key = true } = {}) {
    const own = new ModeratorPage();
    Object.assign(own, { server, lang, person });
    own.page = listen(await context.newPage());
    await own.page.goto(`${server.url}/${lang}/demo/`);
    const { password, secret } = demoStaff(server)[person];
    own.status = await own.page.evaluate(async ([path, body]) => {
      const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      return answer.status;
    }, [server.api('/staff/session'), { person, password, totp: totp(secret, own.constructor.step(person)) }]);
    if (key) await own.bringKey();
    await own.goto();
    return own;
  }

  /** A code is taken once: each sign-in of a person takes a later one, as far as the clock lets it. */
  static #steps = new Map();

  static step(person) {
    const step = this.#steps.get(person) ?? -1;
    this.#steps.set(person, step + 1);
    return step;
  }

  async bringKey() {
    const pem = readFileSync(path.join(this.server.campaign, `staff/${this.person}.pem`), 'utf8');
    const { createPrivateKey, createPublicKey } = await import('node:crypto');
    const spki = createPublicKey(createPrivateKey(pem)).export({ format: 'der', type: 'spki' }).toString('base64');
    await this.page.evaluate(keepKey, { pem: pem.replace(/-----[^-]+-----|\s/g, ''), spki, place: `localhost/demo\n${this.person}` });
  }

  async goto(hash = '') {
    await this.page.goto('about:blank'); // another # alone loads nothing
    await this.page.goto(`${this.server.url}/${this.lang}/demo/moderation${hash}`);
    await this.page.waitForSelector('#moderation > *');
  }

  text() { return this.page.locator('main').innerText(); }

  async open(ref) {
    await this.goto(`#item/${ref}`);
    await this.page.waitForSelector('.beside');
  }

  /** Fills the decision in: d by its place in the list, with a prepared reason. */
  async fillIn(d, code, into) {
    await this.page.check(`.decide label.choice:nth-of-type(${d}) input`);
    if (into) await this.page.selectOption('#into', String(into));
    await this.page.selectOption('#template', code);
  }

  async sign() {
    await this.page.click('.decide form button.main');
    await this.page.waitForSelector('.decide .notice[lang]');
    await this.page.click('.decide .buttons button.main');
    await this.page.waitForSelector('p.notice[role=status]');
  }
}

/** Places of decisions in their list. */
export const ADMIT = 1, RETURN = 2, REFUSE = 3, MERGE = 4, WITHDRAW = 5;
