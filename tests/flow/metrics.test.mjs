// /metrics shows every process, in valid Prometheus text, and nothing that tells of a person or a choice (I5, I6).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { Server, until } from './server.mjs';
import { Voter } from './voter.mjs';

let server, voter, ballot;
before(async () => {
  server = await Server.make({ admin: true, config: 'fronts = 3' });
  voter = new Voter(server);
  await voter.enroll(server.codes[0], 'youth');
  const [nominee] = (await server.get(server.api('/nominees?cat=youth&limit=1'))).json.items;
  ballot = await voter.ballot('youth', { a: [nominee.id], m: 'approve' }, 1);
  assert.equal((await voter.cast(ballot)).status, 201);
  assert.equal((await voter.cast('rubbish')).status, 400);
  assert.equal((await voter.cast(await voter.ballot('youth', { a: [], m: 'approve' }, 99))).json.code, 'rev_out_of_range');
});
after(() => server?.destroy());

async function scrape() {
  const answer = await fetch(`http://127.0.0.1:${server.admin}/metrics`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  return answer.text();
}

/** The text format 0.0.4, as promtool checks it: {series: value}. Throws on the first breach. */
function parse(text) {
  const series = new Map(), types = new Map(), done = new Set();
  let name = '';
  assert.ok(text.endsWith('\n'));
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][\w:]*) \S.*$/.exec(line), type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line);
    if (help) {
      if (name) done.add(name);
      [, name] = help;
      assert.ok(!done.has(name), `${name} in two places`);
    } else if (type) {
      assert.equal(type[1], name, line);
      types.set(name, type[2]);
    } else {
      const found = /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*"(?:,(?=[a-z])|(?=\})))+\})? (-?[\d.]+(?:e[+-]?\d+)?)$/.exec(line);
      assert.ok(found, `no line of the format: ${line}`);
      const own = types.get(name) === 'histogram' ? found[1].replace(/_(bucket|sum|count)$/, '') : found[1];
      assert.equal(own, name, line);
      assert.ok(!series.has(found[1] + (found[2] ?? '')), `twice: ${line}`);
      if (types.get(name) === 'counter') assert.match(name, /_total$/);
      series.set(found[1] + (found[2] ?? ''), Number(found[3]));
    }
  }
  for (const [key, value] of series) {
    const bucket = /^(\w+)_bucket\{(.*,)?le="\+Inf"\}$/.exec(key);
    if (bucket) assert.equal(value, series.get(`${bucket[1]}_count{${bucket[2].slice(0, -1)}}`), key);
  }
  return series;
}

test('every process tells its figures in one valid text', async () => {
  const series = parse(await scrape());
  for (const process of ['front-0', 'front-1', 'front-2', 'registrar', 'ledger-demo']) {
    assert.equal(series.get(`dauys_process_up{process="${process}"}`), 1, process);
    assert.equal(series.get(`dauys_process_ready{process="${process}"}`), 1, process);
    assert.ok(series.get(`dauys_process_resident_bytes{process="${process}"}`) > 1e6, process);
    assert.ok(series.has(`dauys_process_cpu_milliseconds{process="${process}"}`), process);
  }
  assert.equal(series.get('dauys_process_ready{process="redis"}'), 1);
  const requests = [...series].filter(([key]) => key.startsWith('dauys_http_requests_total') && key.includes('route="/api/v1/campaigns/{id}/ballots"'));
  assert.equal(requests.reduce((sum, [, value]) => sum + value, 0), 3);
  assert.equal(series.get('dauys_registrar_asks_total{process="registrar",ask="session.create"}'), 1);
  assert.equal(series.get('dauys_ledger_entries_total{process="ledger-demo",verdict="accepted"}'), 2);
  assert.equal(series.get('dauys_ledger_refusals_total{process="ledger-demo",code="rev_out_of_range"}'), 1);
  assert.equal(series.get('dauys_ledger_redis_following{process="ledger-demo"}'), 1);
});

test('nothing in it is secret, of a person, or of a choice', async () => {
  const text = await scrape();
  const { pk, tok, enc, ct } = JSON.parse(ballot);
  for (const secret of [...server.codes, voter.token, pk, tok, enc, ct, 'youth', '"approve"', '127.0.0.1'])
    assert.ok(!text.includes(secret), secret);
});

test('a process that is gone is told so, and the scrape goes on', async () => {
  const pid = Number(readFileSync(`${server.folder}/run/front-1.pid`, 'utf8'));
  process.kill(pid, 'SIGSTOP');
  try {
    const series = parse(await scrape());
    assert.equal(series.get('dauys_process_up{process="front-1"}'), 0);
    assert.equal(series.get('dauys_process_up{process="front-2"}'), 1);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  server.kill('front-2');
  await until(async () => {
    const series = parse(await scrape());
    return series.get('dauys_process_up{process="front-2"}') === 1 && series.get('dauys_process_restarts{process="front-2"}') === 1;
  }, 20, 'the new front');
});
