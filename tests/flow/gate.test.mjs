// The gate of the true server, by raw bytes: what evhttp alone would have taken (faults.md §1).
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { Server } from './server.mjs';

let server;
before(async () => { server = await Server.make(); });
after(async () => { await server?.destroy(); });

/** Sends the text as it is; everything that came until the server closed. */
function talk(text) {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(20000, () => socket.destroy(new Error(`still open: ${JSON.stringify(answer)}`)));
    socket.on('data', (some) => { answer += some; });
    socket.on('error', reject);
    socket.on('end', () => { socket.end(); resolve(answer); });
    socket.write(text);
  });
}

const host = () => `Host: 127.0.0.1:${server.port}\r\n`;
const statuses = (answer) => [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((found) => Number(found[1]));
const ballots = '/api/v1/campaigns/demo/ballots';

const refused = [
  ['two lengths', 400, 'malformed', () => `POST ${ballots} HTTP/1.1\r\n${host()}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
  ['chunked', 400, 'malformed', () => `POST ${ballots} HTTP/1.1\r\n${host()}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
  ['both', 400, 'malformed', () => `POST ${ballots} HTTP/1.1\r\n${host()}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['space before a colon', 400, 'malformed', () => `GET /kk/ HTTP/1.1\r\n${host()}X : y\r\n\r\n`],
  ['folded line', 400, 'malformed', () => `GET /kk/ HTTP/1.1\r\n${host()}X: y\r\n z\r\n\r\n`],
  ['bare line feeds', 400, 'malformed', () => `GET /kk/ HTTP/1.1\nHost: 127.0.0.1:${server.port}\n\n`],
  ['NUL in a value', 400, 'malformed', () => `GET /kk/ HTTP/1.1\r\n${host()}X: a\0b\r\n\r\n`],
  ['no host', 400, 'host_unknown', () => 'GET /kk/ HTTP/1.1\r\n\r\n'],
  ['foreign host', 400, 'host_unknown', () => 'GET /kk/ HTTP/1.1\r\nHost: example.org\r\n\r\n'],
  ['two hosts', 400, 'host_unknown', () => `GET /kk/ HTTP/1.1\r\n${host()}${host()}\r\n`],
  ['absolute form', 400, 'malformed', () => `GET http://127.0.0.1/kk/ HTTP/1.1\r\n${host()}\r\n`],
  ['escaped dots', 400, 'malformed', () => `GET /demo/ledger/%2e%2e/log.key HTTP/1.1\r\n${host()}\r\n`],
  ['dots', 400, 'malformed', () => `GET /demo/ledger/../log.key HTTP/1.1\r\n${host()}\r\n`],
  ['another version', 505, 'unsupported_version', () => `GET /kk/ HTTP/2.0\r\n${host()}\r\n`],
  ['an unknown method', 501, 'method_unknown', () => `BREW /kk/ HTTP/1.1\r\n${host()}\r\n`],
  ['a long target', 414, 'uri_too_long', () => `GET /${'a'.repeat(3000)} HTTP/1.1\r\n${host()}\r\n`],
  ['a long head', 431, 'head_too_large', () => `GET /kk/ HTTP/1.1\r\n${host()}X: ${'a'.repeat(9000)}\r\n\r\n`],
  ['many headers', 431, 'head_too_large', () => `GET /kk/ HTTP/1.1\r\n${host()}${'X: y\r\n'.repeat(64)}\r\n`],
  ['a long ballot', 413, 'too_large', () => `POST ${ballots} HTTP/1.1\r\n${host()}Content-Length: 8193\r\n\r\n`],
];

test('refused with a problem and closed', async () => {
  for (const [name, status, code, text] of refused) {
    const answer = await talk(text());
    assert.deepEqual(statuses(answer), [status], `${name}: ${answer.slice(0, 200)}`);
    assert.match(answer, /\r\nConnection: close\r\n/, name);
    assert.match(answer, /\r\nContent-Type: application\/problem\+json\r\n/, name);
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4));
    assert.equal(body.code, code, name);
    assert.equal(body.status, status, name);
  }
});

test('pipelined requests are answered in order, the refusal last', async () => {
  const answer = await talk(`GET /api/v1/campaigns/demo HTTP/1.1\r\n${host()}\r\nGET /nothing-here HTTP/1.1\r\n${host()}\r\n`
    + `GET /demo/ledger/checkpoint HTTP/1.1\r\n${host()}\r\nGET /kk/\r\n`);
  assert.deepEqual(statuses(answer), [200, 404, 200, 400]);
});

test('a request inside a body stays a body', async () => {
  const inner = `GET /demo/ledger/checkpoint HTTP/1.1\r\n${host()}\r\n`;
  const answer = await talk(`POST ${ballots} HTTP/1.1\r\n${host()}Connection: close\r\nContent-Type: application/json\r\n`
    + `Content-Length: ${inner.length}\r\n\r\n${inner}`);
  assert.deepEqual(statuses(answer), [400]);
});

test('HEAD has the headers of GET and no body', async () => {
  const target = '/demo/ledger/checkpoint';
  const get = await talk(`GET ${target} HTTP/1.1\r\n${host()}Connection: close\r\n\r\n`);
  const head = await talk(`HEAD ${target} HTTP/1.1\r\n${host()}Connection: close\r\n\r\n`);
  const length = (answer) => Number(answer.match(/\r\nContent-Length: (\d+)\r\n/)[1]);
  assert.deepEqual(statuses(head), [200]);
  assert.ok(length(head) > 0);
  assert.equal(length(get), Buffer.byteLength(get.slice(get.indexOf('\r\n\r\n') + 4)));
  assert.ok(head.endsWith('\r\n\r\n'));
});

test('a method the route does not take', async () => {
  const answer = await talk(`DELETE ${ballots} HTTP/1.1\r\n${host()}Connection: close\r\n\r\n`);
  assert.deepEqual(statuses(answer), [405]);
  assert.match(answer, /\r\nAllow: [A-Z, ]*POST/);
});

test('a head that drips is cut off after five seconds', async () => {
  const socket = connect(server.port, '127.0.0.1');
  const began = Date.now();
  let answer = '';
  socket.setEncoding('utf8');
  socket.on('data', (some) => { answer += some; });
  socket.on('error', () => {});
  socket.write(`GET /kk/ HTTP/1.1\r\n${host()}X: `);
  const drip = setInterval(() => socket.write('x'), 200);
  await new Promise((resolve) => socket.on('end', resolve).on('close', resolve));
  clearInterval(drip);
  socket.destroy();
  assert.deepEqual(statuses(answer), [408]);
  assert.ok(Date.now() - began >= 4900);
});

test('and the server goes on', async () => {
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200);
});
