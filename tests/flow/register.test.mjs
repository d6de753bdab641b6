// The register over HTTP: search, filters, paging, CSV, one NGO, hostile input, and the index that is made again.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { described, untried } from './described.mjs';
import { Server } from './server.mjs';

let server;
const query = (members) => new URLSearchParams(members).toString();
const list = async (members = {}) => described('get', '/api/v1/campaigns/{id}/register', await server.get(server.api(`/register?${query(members)}`)));
const ids = (answer) => answer.json.items.map((ngo) => ngo.id);

before(async () => { server = await Server.make(); });
after(async () => { await server?.destroy(); });

async function all(members) {
  const found = [];
  let after;
  do {
    const answer = await list({ ...members, limit: 37, ...(after ? { after } : {}) });
    assert.equal(answer.status, 200, answer.text);
    found.push(...answer.json.items);
    after = answer.json.next;
  } while (after);
  return found;
}

test('every NGO is found once, page by page, in order of folded names', async () => {
  const found = await all({});
  assert.equal(found.length, 300);
  assert.equal(new Set(found.map((ngo) => ngo.id)).size, 300);
  const campaign = described('get', '/api/v1/campaigns/{id}', await server.get(server.api()));
  assert.match(campaign.json.register, /^[0-9a-f]{64}$/);
  assert.deepEqual(readdirSync(path.join(server.campaign, 'register')), [`${campaign.json.register}.db`]);
});

test('what people type is folded: case, Kazakh letters, marks', async () => {
  const want = ids(await list({ q: 'Қамқор' }));
  assert.ok(want.length > 10);
  for (const q of ['камкор', 'ҚАМҚОР', 'камк', 'қамқор демо', 'камко\u0301р'])
    assert.deepEqual(ids(await list({ q })), want, q);
  assert.deepEqual(ids(await list({ q: 'амқор' })), []);
  assert.deepEqual(ids(await list({ q: 'n00042' })), ['n00042']);
  const [ngo] = (await list({ q: 'n00001' })).json.items;
  assert.deepEqual(ids(await list({ q: ngo.bin })), ['n00001']);
});

test('filters agree with the facts, alone and together', async () => {
  const everything = await all({});
  const rows = {
    region: ['KZ-71', (ngo) => ngo.region === 'KZ-71'],
    status: ['NO_BIN', (ngo) => ngo.status === 'NO_BIN'],
    direction: ['youth', (ngo) => ngo.directions.includes('youth')],
    filed: ['2025', (ngo) => ngo.filed.some(({ year }) => year === '2025')],
    laureate: ['2019', (ngo) => ngo.laureate.includes('2019')],
  };
  for (const [name, [value, fits]] of Object.entries(rows)) {
    const want = everything.filter(fits).map((ngo) => ngo.id);
    assert.ok(want.length > 0, name);
    assert.deepEqual((await all({ [name]: value })).map((ngo) => ngo.id), want, name);
  }
  assert.ok((await all({ laureate: 'any' })).length > (await all({ laureate: '2019' })).length);
  const both = everything.filter((ngo) => ngo.status === 'NO_BIN' && ngo.region === 'KZ-10').map((ngo) => ngo.id);
  assert.deepEqual(ids(await list({ status: 'NO_BIN', region: 'KZ-10' })), both);
});

test('a filter comes as CSV too, and one NGO alone', async () => {
  const csv = described('get', '/api/v1/campaigns/{id}/register.csv', await server.get(server.api('/register.csv?status=NO_BIN')));
  const lines = csv.text.trim().split('\r\n');
  assert.match(lines[0], /^id,bin,name_kk/);
  assert.equal(lines.length - 1, (await all({ status: 'NO_BIN' })).length);
  const one = described('get', '/api/v1/campaigns/{id}/register/{ngo}', await server.get(server.api('/register/n00042')));
  assert.equal(one.json.kind, 'FOREIGN_REPRESENTATION');
  assert.equal(one.json.bin, '');
  const none = described('get', '/api/v1/campaigns/{id}/register/{ngo}', await server.get(server.api('/register/n99999')));
  assert.equal(none.json.code, 'ngo_unknown');
});

test('hostile input is refused or finds nothing, in the API and on the page', async () => {
  for (const q of ["x' OR '1'='1", '"', '" OR "', "'); DROP TABLE ngo; --", 'NEAR(a b)', 'name_kk:a', '^a', 'a*b', '<script>alert(1)</script>',
    '😀😀', '((((', 'e\u0301\u0301\u0301\u0301'.repeat(20)]) {
    const answer = await list({ q });
    assert.equal(answer.status, 200, `${q}: ${answer.text}`);
    const page = await server.get(`/kk/demo/register?${query({ q })}`);
    assert.equal(page.status, 200, q);
    assert.ok(!page.text.includes('<script>alert'), q);
  }
  assert.equal((await all({})).length, 300); /* nothing was dropped */
  for (const members of [{ after: '-1' }, { after: '99999999999999999999' }, { after: 'x' }, { limit: '0' }, { limit: '201' }, { limit: '-5' },
    { region: "KZ-71'" }, { status: 'A B' }, { filed: '20255' }, { filed: "2025'" }, { laureate: 'all' }, { direction: '../x' }]) {
    const answer = await list(members);
    assert.equal(answer.status, 400, JSON.stringify(members));
    assert.equal(answer.json.code, 'malformed');
    assert.equal((await server.get(`/en/demo/register?${query(members)}`)).status, 400);
  }
  for (const q of ['\u202egnp', 'a\u0007b', 'x'.repeat(2000), 'e' + '\u0301'.repeat(10000)]) {
    const answer = await server.get(server.api(`/register?${query({ q })}`));
    assert.ok([200, 400, 414].includes(answer.status), `${answer.status}`);
  }
  assert.deepEqual((await list({ after: String(2 ** 48) })).json, { items: [], next: null });
  for (const id of ['%3Cscript%3E', "n1'", '..', '%F0%9F%98%80'])
    assert.ok([400, 404].includes((await server.get(server.api(`/register/${id}`))).status), id);
});

test('the index is only derived: deleted or damaged, it is made again', async () => {
  const folder = path.join(server.campaign, 'register');
  const want = (await all({ q: 'таза' })).map((ngo) => ngo.id);
  await server.stop();
  rmSync(folder, { recursive: true });
  await server.start();
  const crowd = await Promise.all(Array.from({ length: 20 }, () => list({ q: 'таза' })));
  assert.ok(crowd.every(({ status }) => status === 200));
  assert.equal(server.log.match(/"event":"register_built"/g).length, 1); /* once, however many ask */
  assert.deepEqual((await all({ q: 'таза' })).map((ngo) => ngo.id), want);
  assert.equal(readdirSync(folder).length, 1);
});

test('the whole table is megabytes: an address has it so often a minute', async () => {
  await server.stop();
  server.limits = 'passes_per_minute = 2';
  server.configure('');
  await server.start();
  const codes = [];
  for (let i = 0; i < 3; i++) codes.push((await server.get(server.api('/register.csv'))).status);
  assert.deepEqual(codes, [200, 200, 429]);
  assert.equal((await list({})).status, 200);
});

test('an unknown campaign has no register', async () => {
  assert.equal((await server.get('/api/v1/campaigns/nope/register')).json.code, 'unknown_campaign');
  assert.deepEqual(untried('register'), []);
});
