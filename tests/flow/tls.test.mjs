// HTTPS of the true server: what it speaks, what it refuses, and another certificate under load.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import https from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import tls from 'node:tls';
import { dauys, root, Server, until } from './server.mjs';

const folder = mkdtempSync(path.join(tmpdir(), 'dauys-tls-'));
const at = (name) => path.join(folder, name);
let server;

/** A key and a self-signed certificate under this common name. */
function certify(name) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30',
    '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)], { stdio: 'pipe' });
  chmodSync(at(`${name}.key`), 0o600);
}

/** Puts a certificate where the server reads it, key first: it reads both only when told. */
function install(name) {
  for (const end of ['key', 'pem']) {
    copyFileSync(at(`${name}.${end}`), at('fresh'));
    chmodSync(at('fresh'), 0o600);
    renameSync(at('fresh'), at(`live.${end}`));
  }
}

before(async () => {
  certify('first');
  certify('second');
  install('first');
  server = await Server.make({ tls: { cert: at('live.pem'), key: at('live.key') }, config: 'fronts = 2' });
});
after(async () => {
  await server?.destroy();
  rmSync(folder, { recursive: true, force: true });
});

const shake = (options) => new Promise((resolve, reject) => {
  const socket = tls.connect({ port: server.port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () => {
    resolve({ protocol: socket.getProtocol(), cipher: socket.getCipher().name });
    socket.destroy();
  });
  socket.on('error', reject);
});

test('pages and API come over HTTPS, with HSTS', async () => {
  const page = await server.reach('/kk/demo/');
  assert.equal(page.status, 200);
  assert.match(page.headers['strict-transport-security'], /^max-age=\d{8,}/);
  assert.equal(page.certificate.subject.CN, 'first');
  assert.equal(JSON.parse((await server.reach('/api/v1/campaigns')).text).items.length, 1);
  const refused = await server.reach('/kk/demo/', { headers: { host: 'example.org' } });
  assert.equal(refused.status, 400);
  assert.ok(refused.headers['strict-transport-security']);
});

test('TLS 1.3 and 1.2 with AEAD and ECDHE, nothing older or weaker', async () => {
  assert.equal((await shake({ minVersion: 'TLSv1.3' })).protocol, 'TLSv1.3');
  for (const suite of ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'])
    assert.deepEqual(await shake({ maxVersion: 'TLSv1.2', ciphers: suite }), { protocol: 'TLSv1.2', cipher: suite });
  for (const suite of ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES256-SHA', 'AES128-GCM-SHA256', 'DHE-RSA-AES128-GCM-SHA256'])
    await assert.rejects(shake({ maxVersion: 'TLSv1.2', ciphers: `${suite}:@SECLEVEL=0` }), suite);
  for (const version of ['TLSv1', 'TLSv1.1'])
    await assert.rejects(shake({ minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' }), version);
});

test('plain HTTP on the port is closed, and nothing of it is served', async () => {
  const answer = await new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    let text = '';
    socket.setTimeout(20000, () => socket.destroy());
    socket.on('data', (some) => { text += some; });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
    socket.write(`GET /livez HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`);
  });
  assert.ok(!answer.includes('200') && !answer.includes('alive'), answer);
  assert.equal((await server.reach('/livez')).status, 200);
});

test('another certificate comes with SIGHUP, under load, and no request is lost', async () => {
  let going = true, answers = 0;
  const failures = [];
  // Half on connections that live, half each on its own.
  const agent = new https.Agent({ keepAlive: true, maxSockets: 4 });
  const load = Array.from({ length: 8 }, async (_, i) => {
    while (going) {
      try {
        const { status } = await server.reach('/api/v1/campaigns', i % 2 ? { agent } : {});
        if (status !== 200) failures.push(status);
        answers++;
      } catch (error) { failures.push(error.code ?? error.message); }
    }
  });
  try {
    await until(async () => answers > 100, 20, 'load');
    install('second');
    server.process.kill('SIGHUP');
    await until(async () => {
      const names = await Promise.all(Array.from({ length: 12 }, async () => (await server.reach('/livez')).certificate.subject.CN));
      return names.every((name) => name === 'second');
    }, 20, 'the second certificate on all fronts');
    const then = answers;
    await until(async () => answers > then + 100, 20, 'more load');
  } finally {
    going = false;
    await Promise.all(load);
    agent.destroy();
  }
  assert.deepEqual(failures, []);
});

test('files that cannot be read leave the old certificate, with the reason in the log', async () => {
  copyFileSync(at('first.key'), at('live.key')); // of another certificate
  server.process.kill('SIGHUP');
  await until(async () => /tls_not_reloaded.*live\.key/.test(server.log), 20, 'the reason');
  assert.equal((await server.reach('/livez')).certificate.subject.CN, 'second');
  install('second');
  chmodSync(at('live.key'), 0o644);
  server.log = '';
  server.process.kill('SIGHUP');
  await until(async () => /tls_not_reloaded.*chmod 600/.test(server.log), 20, 'the remedy');
  assert.equal((await server.reach('/livez')).certificate.subject.CN, 'second');
  await server.stop();
  const { status, stderr } = spawnSync(dauys, ['serve', '--config', server.config], { cwd: root, encoding: 'utf8', timeout: 20000 });
  assert.notEqual(status, 0);
  assert.match(stderr, /live\.key.*chmod 600/);
});
