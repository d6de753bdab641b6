// A citizen at the page on which he nominates, and at his own.
import { listen } from './browser.mjs';

export const TEXT = {
  kk: 'Ұйым 2025 жылы көпбалалы төрт жүз отбасыға көмектесіп, ауылда екі кітапхана ашты.\nЕсебі төмендегі сілтемеде.',
  ru: 'В 2025 году организация помогла четырёмстам многодетным семьям и открыла в селе две библиотеки.\nОтчёт по ссылке ниже.',
  en: 'In 2025 the organisation helped four hundred large families and opened two village libraries.\nIts report is linked below.',
};

export class NominatorPage {
  static async open(server, context, lang = 'kk', query = '') {
    const own = new NominatorPage();
    Object.assign(own, { server, lang, inputs: 0 });
    own.page = listen(await context.newPage());
    await own.goto(query);
    return own;
  }

  async goto(query = '') {
    await this.page.goto(`${this.server.url}/${this.lang}/demo/nominate${query}`);
    await this.page.waitForSelector('#nominate > *');
  }

  /** Fills a field or presses something: what a person would call one input. */
  async fill(selector, text) {
    this.inputs++;
    await this.page.fill(selector, text);
  }

  async press(selector) {
    this.inputs++;
    await this.page.click(selector);
  }

  async next() { await this.press('#nominate form button.main'); }

  async signIn(code) {
    await this.fill('#code', code);
    await this.next();
    await this.page.waitForSelector('.stands');
  }

  /** Waits for a question. */
  at(step) { return this.page.waitForSelector(`[data-step=${step}]`); }

  async find(query) {
    await this.at('ngo');
    await this.fill('#ngo', query);
    await this.page.waitForSelector('.choices button');
  }

  /** The first organisation that was found. */
  choose() { return this.press('[data-step=ngo] .choices button'); }

  async tie() {
    await this.at('who');
    await this.press('[data-step=who] .choices button');
  }

  async direction(name) {
    await this.at('cat');
    const chosen = await this.page.locator('#directions li').evaluateAll((items, id) => items.find((item) => item.dataset.id === id).textContent, name);
    await this.press(`.choices button:text-is("${chosen}")`);
  }

  async write(text, ...links) {
    await this.at('why');
    await this.fill('#why', text);
    for (const [i, link] of links.entries()) await this.fill(`#link-${i + 1}`, link);
    await this.next();
  }

  async consent({ publication = true } = {}) {
    await this.at('consent');
    await this.press('#processing');
    if (publication) await this.press('#publication');
    await this.next();
    await this.at('check');
  }

  /** Everything up to the review. */
  async fillIn(code, { bin, cat, text = TEXT[this.lang], links = [] }) {
    await this.signIn(code);
    await this.find(bin);
    await this.choose();
    await this.direction(cat);
    await this.tie();
    await this.write(text, ...links);
    await this.consent();
  }

  async send() {
    await this.next();
    return this.recorded();
  }

  /** The number that it was recorded under. */
  async recorded() {
    await this.page.waitForSelector('.stands.done');
    return Number((await this.page.locator('dd strong').innerText()).replace(/\D/g, ''));
  }

  /** The page and its three scripts open without a network. */
  keptOffline() {
    return this.page.waitForFunction(async () => {
      const kept = (await (await caches.open('dauys')).keys()).map(({ url }) => new URL(url).pathname);
      return kept.includes(location.pathname) && kept.filter((path) => path.endsWith('.js')).length >= 3;
    });
  }

  text() { return this.page.locator('main').innerText(); }

  /** On to my page; whoever is signed in stays so. */
  async me(code) {
    await this.page.goto(`${this.server.url}/${this.lang}/demo/me`);
    if (code) {
      await this.page.fill('#code', code);
      await this.page.click('form button.main');
    }
    await this.page.waitForSelector('#me h2 ~ p a.button');
  }

  /** A nomination on my page, by the words of its organisation. */
  mine(name) { return this.page.locator('.cards > li', { hasText: name }); }
}

/** NGOs of the demo's register, as its search gives them. */
export async function ngos(server, query = '', limit = 100) {
  return (await server.get(server.api(`/register?limit=${limit}&q=${encodeURIComponent(query)}`))).json.items;
}
