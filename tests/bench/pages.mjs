// What the pages take on a phone (web.md §3): the largest paint on slow 4G at CPU ×4, and work at CPU ×6. Prints JSON.
import { browserLib, browserScript } from '../flow/browser_lib.mjs';
import { Server } from '../flow/server.mjs';
import { launch, PHONE } from '../browser/browser.mjs';

const RUNS = Number(process.argv[2] ?? 7);
const ENTRIES = 20000;
/** Lighthouse's "slow 4G" as Chromium's throttling has to be told it. */
const SLOW_4G = { offline: false, latency: 150 * 3.75, downloadThroughput: 1.6e6 / 8 * 0.9, uploadThroughput: 750e3 / 8 * 0.9 };
const PAGES = { home: '/kk/', campaign: '/kk/demo/', category: '/kk/demo/categories/youth', nominees: '/kk/demo/nominees',
  results: '/kk/demo/results', register: '/kk/demo/register', verify: '/kk/demo/verify', evaluate: '/kk/demo/evaluate',
  nominate: '/kk/demo/nominate', moderation: '/kk/demo/moderation', audit: '/kk/demo/audit', staff: '/kk/demo/staff' };

const lib = await browserLib();
const server = await Server.make();
const browser = await launch();
PAGES.nominee = `/kk/demo/nominees/${(await server.get(server.api('/nominees?cat=youth'))).json.items[0].id}`;

/** Milliseconds to the largest paint, with nothing in the cache. */
async function largestPaint(target) {
  const context = await browser.newContext({ ...PHONE, viewport: { width: 360, height: 740 }, serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    new PerformanceObserver((list) => { globalThis.paint = list.getEntries().at(-1).startTime; }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', SLOW_4G);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await page.goto(server.url + target, { waitUntil: 'networkidle' });
  const paint = await page.waitForFunction(() => globalThis.paint);
  const ms = await paint.jsonValue();
  await context.close();
  return ms;
}

/** A page with the library in it, six times slower than this machine. */
async function slowPage() {
  const page = await browser.newPage();
  await page.goto(`${server.url}/kk/`);
  await page.evaluate(await browserScript());
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  return page;
}

/** Milliseconds to blind, seal and sign for one direction. */
async function passWork(page) {
  const ledger = await lib.Ledger.open(lib.ledgerFiles(`${server.url}/demo/ledger`), await lib.readVkey(server.vkey));
  const campaign = (await lib.ask(server.url + server.api())).json;
  const keyAt = async ({ index }) => JSON.parse(Buffer.from((await ledger.entry(index)).entry)).key;
  const youth = campaign.categories.find(({ id }) => id === 'youth');
  const given = [await keyAt(youth.pass_key), await keyAt(campaign.seal_key), campaign.origin, youth.ct_len, RUNS];
  return page.evaluate(async ([rsa, p256, origin, length, runs]) => {
    const { importPassKey, makeBallot, preparePass, unbase64 } = globalThis.lib;
    const times = [];
    for (let i = 0; i < runs; i++) {
      const code = crypto.getRandomValues(new Uint8Array(16)), began = performance.now();
      const keys = { origin, seal: unbase64(p256).slice(26), passes: new Map([['youth', { ik: '0123456789abcdef', key: await importPassKey(unbase64(rsa)) }]]) };
      const draft = await preparePass(code, keys, 'youth');
      await makeBallot(code, keys, { ...draft, tok: new Uint8Array(256) }, 1, { a: ['17'], m: 'approve' }, length);
      times.push(performance.now() - began);
    }
    return times;
  }, given);
}

/** Seconds that the replay of 100,000 ballots takes, by the pace of fewer. */
const replayWork = (page) => page.evaluate(async (count) => {
  const { Replay, base64, utf8 } = globalThis.lib;
  const some = (n) => base64(crypto.getRandomValues(new Uint8Array(n)));
  const entries = Array.from({ length: count }, () => utf8(`{"cat":"youth","ct":"${some(272)}","enc":"${some(65)}","ik":"0123456789abcdef","pk":"${some(32)}",`
    + `"pre":"${some(32)}","rev":1,"sig":"${some(64)}","t":"ballot","tok":"${some(256)}","v":1}`));
  const run = new Replay(), began = performance.now();
  for (let i = 0; i < count; i += 256) await run.add(entries.slice(i, i + 256));
  return (performance.now() - began) / 1000 * (100_000 / count);
}, ENTRIES);

try {
  const lcp = {};
  for (const [name, target] of Object.entries(PAGES)) {
    lcp[name] = [];
    for (let i = 0; i < RUNS; i++) lcp[name].push(await largestPaint(target));
  }
  const page = await slowPage();
  console.log(JSON.stringify({ lcp_ms: lcp, pass_ms: await passWork(page), replay_s: [await replayWork(page), await replayWork(page), await replayWork(page)] }));
} finally {
  await browser.close();
  await server.destroy();
}
