// The page that checks a receipt, in every state and language: what it says, that it asks for nothing but the
// checkpoint and tiles, axe, 320 px, dark; and the browser's cryptography inside Chromium itself.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { browserLib, browserScript } from '../flow/browser_lib.mjs';
import { root, Server } from '../flow/server.mjs';
import { DESKTOP, inspect, LANGS, launch, listen, PHONE, quiet } from './browser.mjs';

const lib = await browserLib();
const shared = [path.join(root, '../shared/data'), path.join(root, '../../shared/data')].find(existsSync);
let server, browser, api, files, key, keys, passes, campaign;
const recovery = new Uint8Array(16).fill(9);
/** By name: { index, code, file }. */
const receipts = {};

async function cast(cat, choice, rev) {
  const { ct_len: length } = campaign.categories.find((c) => c.id === cat);
  const bytes = await lib.makeBallot(recovery, keys, passes[cat], rev, choice, length);
  const { json } = await lib.ask(`${api}/ballots`, { method: 'POST', body: bytes });
  const ledger = await lib.Ledger.open(files, key);
  const proven = await ledger.prove(bytes, json.index);
  return { index: json.index, leaf: proven.leaf, code: lib.writeShortCode(json.index, proven.leaf), file: lib.writeReceipt(proven, ledger.checkpoint) };
}

before(async () => {
  server = await Server.make();
  api = server.url + server.api();
  files = lib.ledgerFiles(`${server.url}/demo/ledger`);
  key = await lib.readVkey(server.vkey);
  campaign = (await lib.ask(api)).json;
  const cats = ['youth', 'probation', 'education'];
  keys = await lib.fetchKeys(await lib.Ledger.open(files, key), campaign, cats);
  const { json: { token } } = await lib.ask(`${api}/session`, { method: 'POST', body: { code: server.codes[0] } });
  const drafts = await Promise.all(cats.map((cat) => lib.preparePass(recovery, keys, cat)));
  const { json } = await lib.ask(`${api}/passes`, { method: 'POST', token, body: { passes: drafts.map(({ cat, blinded }) => ({ cat, blinded })) } });
  passes = Object.fromEntries(await Promise.all(json.items.map(async (item) => [item.cat, await lib.finishPass(drafts.find((d) => d.cat === item.cat), keys, item.blind_sig)])));
  const nominee = async (cat) => (await lib.ask(`${api}/nominees?cat=${cat}`)).json.items[0].id;
  receipts.superseded = await cast('youth', { a: [await nominee('youth')], m: 'approve' }, 1);
  receipts.recorded = await cast('youth', { a: [await nominee('youth')], m: 'approve' }, 2);
  receipts.void = await cast('probation', { c: await nominee('probation'), m: 'choose' }, 1);
  const set = server.sign({ c: Buffer.alloc(32, 7).toString('base64'), ref: receipts.void.index, seen: 5, t: 'void', v: 1 }, 'demo-1', 'demo-2');
  await lib.ask(`${api}/entries`, { method: 'POST', body: set });
  const { recorded } = receipts;
  receipts.mismatch_entry = { code: lib.writeShortCode(recorded.index - 1, recorded.leaf) };
  receipts.later = { code: lib.writeShortCode(recorded.index + 500, recorded.leaf) };
  receipts.wrong = { code: `${recorded.code.slice(0, 15)}${recorded.code[15] === 'A' ? 'B' : 'A'}` };
  receipts.mismatch_file = { file: recorded.file.replace(`index ${recorded.index}`, `index ${recorded.index - 1}`) };
  receipts.wrong_file = { file: 'not a receipt' };
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.destroy();
});

/** Opens the page with a code in the fragment; what the console or CSP says and what is asked for is kept. */
async function open(context, lang, code = '') {
  const page = listen(await context.newPage());
  page.asked = [];
  page.on('request', (request) => page.asked.push({ url: request.url().replace(server.url, ''), headers: request.headers() }));
  await page.goto(`${server.url}/${lang}/demo/verify${code && `#${code}`}`);
  await page.locator('#code').waitFor();
  return page;
}

const give = (page, text) => page.locator('#file').setInputFiles({ name: 'mine.tlog-proof', mimeType: 'text/plain', buffer: Buffer.from(text) });
const texts = (lang) => JSON.parse(readFileSync(path.join(root, `web/i18n/${lang}.json`), 'utf8'));

/** In every language, on a phone and dark on a desktop: the heading, what must be seen besides, or what is wrong with the input. */
const state = (name, receipt, { heading, also, fault }) => test(name, async () => {
  for (const lang of LANGS) {
    for (const [view, options] of Object.entries({ phone: PHONE, 'desktop-dark': DESKTOP })) {
      const t = texts(lang), { code, file } = receipts[receipt] ?? {};
      const context = await browser.newContext(options);
      const page = await open(context, lang, code);
      if (!code && file) await give(page, file);
      if (heading) await page.locator('.result h2', { hasText: t[heading] }).waitFor();
      if (also) await page.getByText(t[also], { exact: true }).waitFor();
      if (fault) assert.equal(await page.locator('.fault').innerText(), t[fault]);
      await inspect(page, `${lang}-verify-${receipt}-${view}`);
      quiet(page);
      await context.close();
    }
  }
});

state('verify: recorded', 'recorded', { heading: 'verify.recorded', also: 'verify.last' });
state('verify: replaced later', 'superseded', { heading: 'verify.superseded' });
state('verify: set aside', 'void', { heading: 'verify.void' });
state('verify: not yet visible', 'later', { heading: 'verify.later' });
state('verify: the code does not match', 'mismatch_entry', { heading: 'verify.mismatch_entry', also: 'verify.save_evidence' });
state('verify: the file does not match', 'mismatch_file', { heading: 'verify.mismatch_file', also: 'verify.save_evidence' });
state('verify: mistyped', 'wrong', { fault: 'verify.code_wrong' });
state('verify: no receipt', 'wrong_file', { fault: 'verify.file_wrong' });
state('verify: nothing asked yet', 'empty', {});

test('verify: offline, then online again by itself', async () => {
  for (const lang of LANGS) {
    const t = texts(lang), context = await browser.newContext(PHONE);
    const page = await open(context, lang);
    await context.setOffline(true);
    await page.locator('#code').fill(receipts.recorded.code.toLowerCase());
    await page.locator('form button').click();
    await page.getByText(t['verify.unreachable'], { exact: true }).waitFor({ timeout: 30_000 });
    await inspect(page, `${lang}-verify-unreachable-phone`);
    await context.setOffline(false);
    await page.getByText(t['verify.recorded'], { exact: true }).waitFor({ timeout: 30_000 });
    await context.close();
  }
});

test('verify: promise broken by a log that lies; the file has all ticks before', async () => {
  const t = texts('en'), context = await browser.newContext(PHONE);
  const page = await open(context, 'en');
  await give(page, receipts.recorded.file);
  await page.getByText(t['verify.tick_continues']).waitFor();
  assert.equal(await page.locator('.ticks .yes').count(), 3);
  await page.route('**/tile/0/**', async (route) => {
    const answer = await route.fetch();
    const body = await answer.body();
    body[40] ^= 1;
    await route.fulfill({ response: answer, body });
  });
  await give(page, receipts.superseded.file);
  await page.getByText(t['verify.broken'], { exact: true }).waitFor();
  await inspect(page, 'en-verify-broken-phone');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: t['verify.save_evidence'] }).click()]);
  const evidence = readFileSync(await download.path(), 'utf8');
  assert.ok(evidence.includes('"broken"') && evidence.includes(receipts.superseded.file) && evidence.includes('localhost/demo\n'));
  await context.close();
});

test('the server learns of no receipt: checkpoint, tiles and bundles are all that is asked for, without cookie or referrer', async () => {
  const context = await browser.newContext();
  await context.addCookies([{ name: 'mark', value: 'x', url: server.url }]);
  const page = await open(context, 'kk', receipts.recorded.code);
  await page.locator('.result .ticks').waitFor();
  await page.getByText(texts('kk')['verify.last']).waitFor();
  const own = page.asked.filter(({ url }) => !url.startsWith('/assets/') && !url.startsWith('/kk/demo/verify'));
  assert.ok(own.length > 2);
  for (const { url, headers } of own) {
    assert.match(url, /^\/demo\/ledger\/(checkpoint|tile\/(entries|\d+)\/(x\d{3}\/)*\d{3}(\.p\/\d+)?)$/);
    assert.ok(!headers.cookie && !headers.referer, JSON.stringify(headers));
  }
  assert.ok(page.asked.every(({ url }) => !url.includes(receipts.recorded.code) || url.startsWith('/kk/demo/verify#')));
  await context.close();
});

test('the short address leads to the page and keeps the code; another code typed into the address is checked', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/ru/r/#${receipts.recorded.code}`);
  assert.equal(page.url(), `${server.url}/ru/demo/verify#${receipts.recorded.code}`);
  await page.getByText(texts('ru')['verify.last']).waitFor();
  await page.evaluate((code) => { location.hash = code; }, receipts.superseded.code);
  await page.getByText(texts('ru')['verify.superseded'], { exact: true }).waitFor();
  await page.locator('#code').fill(receipts.recorded.code);
  await page.locator('form button').click();
  await page.getByText(texts('ru')['verify.last']).waitFor();
  await page.click('a[hreflang=kk]');
  await page.getByText(texts('kk')['verify.last']).waitFor();
  await context.close();
});

test('verify: script off', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, ...PHONE });
  const page = await context.newPage();
  await page.goto(`${server.url}/kk/demo/verify#${receipts.recorded.code}`);
  assert.match(await page.locator('#verify').innerText(), /dauys verify .*--receipt FILE/);
  assert.equal(await page.locator('input').count(), 0);
  assert.equal(await page.locator('h1').count(), 1);
  await context.close();
});

test('ready soon on a slow phone: two requests before the page can be used', async () => {
  const context = await browser.newContext(PHONE);
  const page = await open(context, 'kk');
  const needed = page.asked.filter(({ url }) => !url.includes('favicon') && !url.startsWith('/demo/ledger'));
  assert.ok(needed.length <= 3, needed.map(({ url }) => url).join(' '));
  await context.close();
});

test('in Chromium itself: Ed25519 judged as in C and Python, passes and seals as under Node', { skip: shared ? false : 'skipped: no shared data' }, async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.url}/kk/`);
  await page.evaluate(await browserScript());
  const vectors = JSON.parse(readFileSync(path.join(shared, 'cctv-ed25519.json'), 'utf8'));
  const refused = ['non_canonical_A', 'non_canonical_R', 'low_order_A', 'low_order_R', 'low_order_residue'];
  for (const by of ['native', 'noble']) {
    const verdicts = await page.evaluate(async ([list, force]) => {
      const { unhex, utf8, verify } = globalThis.lib;
      const out = [];
      for (const v of list) out.push(await verify(unhex(v.key), utf8(v.msg), unhex(v.sig), force));
      return out;
    }, [vectors, by]);
    assert.deepEqual(verdicts, vectors.map((v) => !(v.flags ?? []).some((flag) => refused.includes(flag))), by);
  }
  const rsa = (await lib.Ledger.open(files, key).then((ledger) => ledger.entry(campaign.categories.find((c) => c.id === 'youth').pass_key.index))).entry;
  const { key: spki } = JSON.parse(Buffer.from(rsa));
  const theirs = await page.evaluate(async ([text, spkiText, origin]) => {
    const { importPassKey, preparePass, readRecovery, unbase64, hex } = globalThis.lib;
    const own = { origin, seal: new Uint8Array(65), passes: new Map([['youth', { ik: 'x', key: await importPassKey(unbase64(spkiText)) }]]) };
    const started = performance.now();
    const draft = await preparePass(readRecovery(text), own, 'youth');
    return { pk: hex(draft.pk), pre: hex(draft.pre), blinded: draft.blinded, ms: performance.now() - started };
  }, [lib.writeRecovery(recovery), spki, campaign.origin]);
  const draft = await lib.preparePass(recovery, keys, 'youth');
  assert.deepEqual([theirs.pk, theirs.pre, theirs.blinded], [lib.hex(draft.pk), lib.hex(draft.pre), draft.blinded]);
  await context.close();
});
