// The PROXY protocol before HTTP and before TLS: who the client is, and what a wrong header gets.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import tls from 'node:tls';
import { dauys, root, Server } from './server.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'dauys-proxy-'));
const servers = [];
after(async () => {
  for (const server of servers) await server.destroy();
  rmSync(folder, { recursive: true, force: true });
});

async function make(config, secure) {
  const cert = path.join(folder, 'c.pem'), key = path.join(folder, 'k.pem');
  if (secure) {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30', '-subj', '/CN=x', '-keyout', key, '-out', cert], { stdio: 'pipe' });
    chmodSync(key, 0o600);
  }
  const server = await Server.make({ config, limits: 'signins_per_minute = 2', tls: secure ? { cert, key } : undefined, start: false });
  servers.push(server);
  const header = config.includes('proxies = 127') ? v1('127.0.0.1') : '';
  const request = 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n';
  await server.start(async () => ({ status: await talk(server, header, { request }) }));
  return server;
}

const v1 = (client) => `PROXY TCP4 ${client} 127.0.0.1 56324 443\r\n`;
const v2 = (client) => Buffer.concat([Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'), Buffer.from([...client.split('.').map(Number), 127, 0, 0, 1, 1, 1, 1, 1])]);

/** Sends a header (cut in two when asked), then TLS or not, then a request; the status or what happened instead. */
function talk(server, header, { request, cut = 0, seconds = 20 } = {}) {
  const body = JSON.stringify({ code: 'AAAA-BBBB-CCCC' });
  const text = request ?? `POST ${server.api('/session')} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  return new Promise((resolve) => {
    const raw = connect(server.port, '127.0.0.1');
    let answer = '';
    const took = (some) => { answer += some; };
    const end = () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0));
    const speak = () => {
      if (!server.tls) {
        raw.on('data', took);
        raw.write(text);
        return;
      }
      const secure = tls.connect({ socket: raw, rejectUnauthorized: false }, () => secure.write(text));
      secure.on('data', took);
      secure.on('error', () => {});
    };
    raw.setTimeout(seconds * 1000, () => raw.destroy());
    raw.on('error', () => {});
    raw.on('close', end);
    const bytes = Buffer.from(header);
    raw.write(bytes.subarray(0, cut || bytes.length));
    if (!cut) speak();
    else setTimeout(() => { raw.write(bytes.subarray(cut)); speak(); }, 100);
  });
}

for (const secure of [false, true]) {
  test(`the client is whom the proxy names, ${secure ? 'before TLS' : 'in the clear'}`, async () => {
    const server = await make('proxies = 127.0.0.1\nproxy_protocol = yes\nfronts = 1', secure);
    for (const [version, make_header, network] of [['1', v1, '192.0.2'], ['2', v2, '198.51.100']]) {
      const seen = [];
      for (const client of [7, 7, 7, 8]) seen.push(await talk(server, make_header(`${network}.${client}`)));
      assert.deepEqual(seen, [401, 401, 429, 401], `version ${version}`);
      assert.equal(await talk(server, make_header(`${network}.9`), { cut: 9 }), 401, `version ${version}, cut`);
    }
    // A client behind the proxy is no proxy: what it forwards for counts for nothing.
    const forged = JSON.stringify({ code: 'AAAA-BBBB-CCCC' });
    assert.equal(await talk(server, v1('192.0.2.7'), { request: `POST ${server.api('/session')} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.5\r\n`
      + `Content-Type: application/json\r\nConnection: close\r\nContent-Length: ${forged.length}\r\n\r\n${forged}` }), 429);
    for (const wrong of ['', 'PROXY TCP4 999.0.2.7 127.0.0.1 1 1\r\n', `PROXY UNKNOWN ${'x'.repeat(200)}`, v1('192.0.2.7').replace('\r', '')])
      assert.equal(await talk(server, wrong), 0, JSON.stringify(wrong));
    assert.equal(await talk(server, v1('192.0.2.20') + v1('192.0.2.21')), secure ? 0 : 501, 'twice');
    // A proxy that another program's author wrote.
    const url = `${server.url}/livez`;
    const curl = spawnSync('curl', ['-sk', '--haproxy-protocol', '-o', '/dev/null', '-w', '%{http_code}', url], { encoding: 'utf8' });
    if (curl.error?.code === 'ENOENT') console.log('skipped: no curl');
    else assert.equal(curl.stdout, '200');
    // Half a header is not waited for any longer than a head.
    const began = Date.now();
    assert.equal(await talk(server, 'PROXY TCP4 ', { request: '' }), 0);
    assert.ok(Date.now() - began < 15000);
  });
}

test('who is no proxy of ours sends no header', async () => {
  const server = await make('proxies = 203.0.113.1\nproxy_protocol = yes');
  assert.equal(await talk(server, v1('192.0.2.7')), 501);
  assert.equal(await talk(server, ''), 401);
});

test('the setting without proxies is refused', () => {
  const config = path.join(folder, 'x.conf');
  execFileSync('sh', ['-c', `echo 'proxy_protocol = yes' > ${config}`]);
  const { status, stderr } = spawnSync(dauys, ['serve', '--config', config, '--check-config'], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /proxies/);
});
