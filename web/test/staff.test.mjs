// Commitments and staff signatures, against Node's own cryptography and PROTOCOL.md's rules.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { test } from 'node:test';
import { load } from './load.mjs';

const { canon } = await load('lib/canon.ts');
const { commit, commits, signEntry, Staff } = await load('lib/staff.ts');
const keys = await load('lib/signing_key.ts');

test('a commitment is HMAC-SHA256 under its salt', async () => {
  const { c, payload, salt } = await commit({ code: 'status', text: { en: 'a', kk: 'b', ru: 'c' } });
  const own = crypto.createHmac('sha256', Buffer.from(salt, 'base64')).update(payload).digest('base64');
  assert.equal(c, own);
  assert.ok(await commits(c, payload, Buffer.from(salt, 'base64')));
  assert.ok(!await commits(c, `${payload} `, Buffer.from(salt, 'base64')));
  assert.notEqual((await commit({})).c, (await commit({})).c);
});

async function aKey() {
  const pair = crypto.generateKeyPairSync('ed25519');
  const pem = pair.privateKey.export({ format: 'pem', type: 'pkcs8' });
  return { pair, key: await keys.keyFromPkcs8(keys.pkcs8FromPem(pem)) };
}

test('a key brought in signs what PROTOCOL.md says, and can not be read again', async () => {
  const { pair, key } = await aKey();
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  assert.deepEqual(Buffer.from(key.spki), spki);
  assert.equal(key.id, crypto.createHash('sha256').update(spki).digest('hex').slice(0, 16));
  await assert.rejects(crypto.webcrypto.subtle.exportKey('pkcs8', key.secret));
  const entry = canon({ v: 1, t: 'moderate', d: 'admit', ref: 3, seen: 9, c: 'AA==' });
  const signature = Buffer.from(await signEntry('localhost/demo', key, entry), 'base64');
  assert.ok(crypto.verify(null, Buffer.from(`localhost/demo\nmoderate/v1\n${entry}`), pair.publicKey, signature));
  const pop = Buffer.from(await keys.keyPop(key, 'localhost/demo'), 'base64');
  assert.ok(crypto.verify(null, Buffer.concat([Buffer.from('localhost/demo\nkey-pop/v1\nstaff\n\n'), spki]), pair.publicKey, pop));
});

test('a key made here comes back from its PKCS#8', async () => {
  const { key, pkcs8 } = await keys.makeKey();
  assert.equal((await keys.keyFromPkcs8(pkcs8)).id, key.id);
  await assert.rejects(keys.keyFromPkcs8(new Uint8Array(48)));
  assert.throws(() => keys.pkcs8FromPem('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'));
});

test('calls carry the CSRF token when they change something, and a session that ended is forgotten', async (context) => {
  const seen = [];
  context.mock.method(globalThis, 'fetch', async (url, init) => {
    seen.push({ url, ...init });
    return new Response('{"code":"signed_out","title":"t","detail":"d"}', { status: 401 });
  });
  const staff = new Staff('demo');
  staff.session = { person: 'demo-1', role: 'moderator', csrf: 'token', expires: 0 };
  const { key } = await aKey();
  const answer = staff.submit('localhost/demo', key, { v: 1, t: 'moderate', d: 'admit', ref: 3, seen: 9, c: 'AA==' }, { c: 'AA==', payload: '{}', salt: 'AA==' });
  await assert.rejects(answer, { code: 'signed_out', status: 401, title: 't', detail: 'd' });
  assert.equal(seen[0].url, '/api/v1/campaigns/demo/staff/acts');
  assert.deepEqual([seen[0].headers['x-csrf-token'], seen[0].credentials], ['token', 'same-origin']);
  const body = JSON.parse(seen[0].body);
  assert.deepEqual([body.payload, body.salt, JSON.parse(body.entry).sigs[0].k], ['{}', 'AA==', key.id]);
  assert.equal(staff.session, null);
});
