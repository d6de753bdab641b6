// A citizen at the page on which they evaluate.
import { listen } from './browser.mjs';

export class VoterPage {
  /** options: lang, wait (seconds before a ballot is sent), campaign (changes what the API says of it). */
  static async open(server, context, options = {}) {
    const own = new VoterPage();
    own.server = server;
    own.options = { lang: 'en', wait: 0, ...options };
    own.page = listen(await context.newPage());
    await own.page.addInitScript((wait) => {
      document.addEventListener('readystatechange', () => {
        const app = document.getElementById('app');
        if (app) app.dataset.wait = wait;
      });
    }, String(own.options.wait));
    if (options.campaign) await own.change(options.campaign);
    await own.goto();
    return own;
  }

  async goto(hash = '') {
    const there = this.page.url().includes('/evaluate');
    await this.page.goto(`${this.server.url}/${this.options.lang}/demo/evaluate${hash}`);
    if (there) await this.page.reload(); // another # alone loads nothing
    await this.page.waitForSelector('h1[tabindex]');
  }

  /** From now on the API's campaign is what alter() makes of it; alter gets it and its evaluation phase. */
  async change(alter) {
    const pattern = '**/api/v1/campaigns/demo';
    await this.page.unroute(pattern);
    await this.page.route(pattern, async (route) => {
      const answer = await route.fetch();
      const json = await answer.json();
      alter(json, json.phases.find((phase) => phase.id === 'evaluation'));
      await route.fulfill({ response: answer, json });
    });
  }

  /** The server's next answers to this address; times: how many. */
  async answer(pattern, status, json, times = 1) {
    await this.page.route(pattern, (route) => route.fulfill({ status, contentType: 'application/problem+json', body: JSON.stringify(json) }), { times });
  }

  async enroll(code, ...cats) {
    for (const cat of cats) await this.page.check(`input[value=${cat}]`);
    if (code) await this.page.fill('#code', code);
    await this.page.click('form button:not([type=button])');
  }

  /** Through the recovery code, which is given back. */
  async keepCode() {
    await this.page.waitForSelector('.secret span');
    const code = (await this.page.locator('.secret span').allTextContents()).join('-');
    await this.page.check('main input[type=checkbox]');
    await this.page.click('button.main');
    await this.page.waitForFunction(() => location.hash !== '#code');
    return code;
  }

  /** Marks the first nominee of youth (approve). */
  async approve(n = 0) {
    await this.page.waitForSelector('input[name=a]');
    await this.page.locator('input[name=a]').nth(n).check();
  }

  async review() {
    await this.page.evaluate(() => { location.hash = '#review'; });
    await this.page.waitForSelector('section');
  }

  async send() {
    await this.page.click('.buttons button.main');
    await this.page.waitForFunction(() => location.hash === '#sent');
  }

  async recorded(count = 1) {
    await this.page.waitForFunction((n) => document.querySelectorAll('.ticks').length === n, count, { timeout: 20000 });
  }

  /** All of it for youth; the recovery code. */
  async vote(code) {
    await this.enroll(code, 'youth');
    const recovery = await this.keepCode();
    await this.approve();
    await this.review();
    await this.send();
    await this.recorded();
    return recovery;
  }

  text() { return this.page.locator('main').innerText(); }

  /** What the page has on the disk for a direction. */
  kept(cat) {
    return this.page.evaluate((key) => new Promise((resolve, reject) => {
      const open = indexedDB.open('dauys');
      open.onerror = () => reject(open.error);
      open.onsuccess = () => {
        const get = open.result.transaction('kept').objectStore('kept').get(key);
        get.onsuccess = () => resolve(get.result && { state: get.result.state, rev: get.result.rev, index: get.result.last?.index, marks: get.result.choice.a?.length ?? 0 });
      };
    }), `evaluate/demo/direction/${cat}`);
  }
}
