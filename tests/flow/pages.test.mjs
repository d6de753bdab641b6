// Pages over HTTP: addresses, languages, what a page may not tell, and hostile input in each of its forms.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, until } from './server.mjs';
import { commitment, demoStaff, Member } from './staff.mjs';

const LANGS = ['kk', 'ru', 'en'];
const HOSTILE = {
  'a quote of SQL': "'; DROP TABLE ngo; --", 'a script': '<script>alert(1)</script>', 'an attribute': '" onfocus=alert(1) autofocus="',
  'a template slot': '{{campaign.name}}', 'an emoji BIN': '😀'.repeat(12), 'many marks': `e${'\u0301'.repeat(120)}`,
};
let server, nominee;
const query = (members) => new URLSearchParams(members).toString();
const page = (rest, lang = 'kk') => server.get(`/${lang}/demo/${rest}`);

before(async () => {
  server = await Server.make();
  nominee = (await server.get(server.api('/nominees?cat=youth'))).json.items[0].id;
});
after(async () => { await server?.destroy(); });

test('each public page is there in each language, with its links to the others and an ETag', async () => {
  for (const rest of ['', 'nominees', `nominees/${nominee}`, 'results', 'register', 'register/n00001', 'categories/youth']) {
    for (const lang of LANGS) {
      const answer = await page(rest, lang);
      assert.equal(answer.status, 200, rest);
      assert.match(answer.text, new RegExp(`<html lang="${lang}">`));
      for (const other of LANGS) assert.ok(answer.text.includes(`hreflang="${other}" href="/${other}/demo/${rest}"`), `${rest} ${other}`);
      const again = await server.get(`/${lang}/demo/${rest}`, { 'if-none-match': answer.headers.get('etag') });
      assert.equal(again.status, 304, rest);
      assert.match(answer.headers.get('content-security-policy'), /default-src 'none'/);
    }
  }
});

test('every link of a public page leads somewhere', async () => {
  const seen = new Set(), left = ['/kk/demo/', `/kk/demo/nominees/${nominee}`];
  while (left.length > 0) {
    const target = left.pop();
    if (seen.has(target) || seen.size > 150) continue;
    seen.add(target);
    const answer = await server.get(target);
    assert.ok(answer.status < 400, `${target}: ${answer.status}`);
    if (!answer.type.includes('html') || !target.startsWith('/kk/')) continue;
    const links = [...answer.text.matchAll(/href="(\/[^"#]*)/g)].map((match) => match[1].replaceAll('&amp;', '&'));
    left.push(...links.filter((link) => !/\/register\/n|nominees\/\d|\/(ru|en)\//.test(link)));
  }
  assert.ok(seen.size > 30);
});

test('what is typed comes back as text, whatever it is', async () => {
  for (const [what, text] of Object.entries(HOSTILE)) {
    for (const rest of ['register', 'nominees']) {
      const answer = await page(`${rest}?${query({ q: text })}`);
      assert.equal(answer.status, 200, `${rest}, ${what}: ${answer.text.slice(0, 200)}`);
      assert.ok(!answer.text.includes('<script>alert') && !answer.text.includes('" onfocus'), what);
      assert.ok(answer.text.match(/<input id="q"[^>]*value="[^"]*"[^>]*>/), what);
    }
  }
});

test('what can\'t be text is refused before any page', async () => {
  for (const bad of ['%ff', '%00', 'a%0ab', '%e2%80%ae', '%C0%AF']) {
    for (const rest of ['register', 'nominees']) assert.equal((await page(`${rest}?q=${bad}`)).status, 400, bad);
  }
  assert.equal((await page(`register?q=${'x'.repeat(3000)}`)).status, 414);
  assert.equal((await page(`register?q=${'a'.repeat(600)}`)).status, 400);
});

test('nominees: filters, and ids that are none', async () => {
  const rows = (text) => [...text.matchAll(/<tr role="row" id="n(\d+)"/g)].map((match) => match[1]);
  const all = rows((await page('nominees')).text);
  assert.equal(all.length, 60);
  const youth = rows((await page('nominees?direction=youth')).text);
  assert.equal(youth.length, 4);
  assert.deepEqual(youth, rows((await page('categories/youth')).text)); /* the same published order */
  assert.deepEqual(rows((await page('nominees?direction=nothing')).text), []);
  const region = rows((await page('nominees?region=KZ-10')).text);
  assert.ok(region.length > 0 && region.length < 60);
  const named = rows((await page(`nominees?${query({ q: 'камкор' })}`)).text);
  assert.ok(named.length > 0 && named.length < 60);
  for (const id of ['0', '1', '-1', '99999999999999999999', 'x', '29a', '%27'])
    assert.ok([400, 404].includes((await page(`nominees/${id}`)).status), id);
});

test('before their time no page tells results, not by size either', async () => {
  const answer = await page('results', 'en');
  assert.match(answer.text, /They appear: /);
  assert.ok(!answer.text.includes('<table'));
  assert.ok(!answer.text.includes('class="bar-chart"'));
});

test('methods that pages do not have are told so', async () => {
  assert.equal((await server.post('/kk/demo/register', {})).status, 405);
  assert.equal((await server.get('/kk/nope/register')).status, 404);
  assert.equal((await server.get('/xx/demo/register')).status, 404);
});

test('a nominee has the nominator\'s text and links, as text, once admitted', async () => {
  const own = await Server.make({ create: ['--phase', 'nomination'] });
  try {
    const { json: { token } } = await own.post(own.api('/session'), { code: own.codes[0] });
    const made = await own.post(own.api('/nominations'), {
      cat: 'youth', ngo: 'n00001', text: 'They <b>helped</b> children of the village for three years.\n\n{{campaign.name}} and "quotes".',
      links: ['https://example.kz/a?b=1&c=2'], as: 'citizen', relation: 'none', consents: { processing: 1, publication: 1 },
    }, { authorization: `Bearer ${token}` });
    assert.equal(made.status, 201, made.text);
    const address = `/en/demo/nominees/${made.json.index}`;
    assert.equal((await own.get(address)).status, 404); /* not before it is admitted */
    const home = await own.get('/en/demo/');
    assert.match(home.text, /<a class="button main" href="\/en\/demo\/nominate">/);
    const moderator = new Member(own, demoStaff(own)['demo-moderator']);
    assert.equal((await moderator.signIn()).status, 201);
    const { c, secret } = commitment({ code: 'complete', text: { kk: 'а', ru: 'б', en: 'c' } });
    assert.equal((await moderator.act({ c, d: 'admit', ref: made.json.index, t: 'moderate' }, secret)).status, 201);
    await until(async () => (await own.get(address)).status === 200, 10, 'the nominee');
    const { text } = await own.get(address);
    assert.match(text, /<p>They &lt;b&gt;helped&lt;\/b&gt; children/);
    assert.match(text, /<p>\{\{campaign\.name\}\} and &quot;quotes&quot;\.<\/p>/);
    assert.match(text, /href="https:\/\/example\.kz\/a\?b=1&amp;c=2" rel="nofollow noopener external"/);
    assert.ok(!text.includes('button main')); /* evaluation is not open */
  } finally {
    await own.destroy();
  }
});
