// The browser's cryptography against published vectors, under Node; tests/browser runs the same in Chromium.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { load } from './load.mjs';

const web = path.resolve(path.dirname(new URL(import.meta.url).pathname), '..');
const shared = [path.join(web, '../../shared/data'), path.join(web, '../../../shared/data')].find(existsSync);
const vectors = (name) => JSON.parse(readFileSync(path.join(shared, name), 'utf8'));
const skip = shared ? false : 'skipped: no shared data';

const bytes = (hex) => Uint8Array.from(Buffer.from(hex.replace(/^0x/, ''), 'hex'));
const hex = (b) => Buffer.from(b).toString('hex');
const { blind, finalize } = await load('lib/blind.ts');
const ed25519 = await load('lib/ed25519.ts');
const { deriveBytes, makeRecovery, readRecovery, writeRecovery } = await load('lib/recovery.ts');
const { readCanon, canon } = await load('lib/canon.ts');
const { checkOne, checkTwo, cleanBase32 } = await load('lib/base32.ts');
const utf8 = (text) => new TextEncoder().encode(text);

test('the vectors of RFC 9474, appendix A', { skip }, async () => {
  let finished = 0;
  for (const v of vectors('rfc9474.json')) {
    const n = BigInt(v.n), e = BigInt(v.e);
    const jwk = { kty: 'RSA', n: Buffer.from(bytes(v.n)).toString('base64url'), e: 'AQAB' };
    const key = { n, key: await crypto.webcrypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']) };
    const message = bytes(v.input_msg);
    // r is the inverse of the vector's inverse: r = inv^-1 mod n.
    const r = inverse(BigInt(v.inv), n).toString(16).padStart(2 * bytes(v.n).length, '0');
    const blinded = await blind(key, message, bytes(v.salt), bytes(r));
    assert.equal(e, 65537n);
    assert.equal(hex(blinded.message), v.blinded_msg.replace(/^0x/, ''), v.name);
    assert.equal(blinded.inverse, BigInt(v.inv));
    if (bytes(v.salt).length !== 48) continue; // we accept no other length of salt
    assert.equal(hex(await finalize(key, message, bytes(v.blind_sig), blinded.inverse)), v.sig.replace(/^0x/, ''), v.name);
    const wrong = bytes(v.blind_sig);
    wrong[100] ^= 1;
    assert.equal(await finalize(key, message, wrong, blinded.inverse), null);
    finished++;
  }
  assert.equal(finished, 2);
});

function inverse(a, n) {
  let [r0, r1, s0, s1] = [n, a, 0n, 1n];
  while (r1) [r0, r1, s0, s1] = [r1, r0 % r1, s1, s0 - (r0 / r1) * s1];
  return ((s0 % n) + n) % n;
}

test('an r that does not serve is passed over', async () => {
  const { publicKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { importPassKey } = await load('lib/blind.ts');
  const key = await importPassKey(publicKey.export({ type: 'spki', format: 'der' }));
  const salt = new Uint8Array(48);
  assert.equal(await blind(key, salt, salt, new Uint8Array(256)), null);
  assert.equal(await blind(key, salt, salt, new Uint8Array(256).fill(255)), null);
  assert.equal(await blind(key, salt, salt, bytes(key.n.toString(16))), null);
});

const REFUSED = ['non_canonical_A', 'non_canonical_R', 'low_order_A', 'low_order_R', 'low_order_residue'];
for (const by of ['native', 'noble']) {
  test(`Ed25519 is strict, each vector judged by its flags (${by})`, { skip }, async () => {
    const list = vectors('cctv-ed25519.json');
    for (const v of list) {
      const want = !(v.flags ?? []).some((flag) => REFUSED.includes(flag));
      assert.equal(await ed25519.verify(bytes(v.key), utf8(v.msg), bytes(v.sig), by), want, `vector ${v.number}`);
    }
    assert.equal(list.length, 914);
    const accepted = [];
    for (const [i, v] of vectors('ed25519-speccheck.json').entries())
      if (await ed25519.verify(bytes(v.pub_key), bytes(v.message), bytes(v.signature), by)) accepted.push(i);
    assert.deepEqual(accepted, [3]);
  });
}

test('signing from a seed: WebCrypto, noble and Node give the same', async () => {
  for (let i = 0; i < 20; i++) {
    const seed = crypto.randomBytes(32), message = crypto.randomBytes(i * 7);
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const own = crypto.sign(null, message, crypto.createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
    for (const by of ['native', 'noble']) {
      const key = await ed25519.keyFromSeed(seed, by);
      const signature = await key.sign(message);
      assert.equal(hex(signature), hex(own));
      assert.ok(await ed25519.verify(key.publicKey, message, signature, by));
      const plusL = [...signature];
      const L = 2n ** 252n + 27742317777372353535851937790883648493n;
      let rest = BigInt(`0x${hex(Buffer.from(signature.slice(32)).reverse())}`) + L;
      for (let at = 32; at < 64; at++, rest >>= 8n) plusL[at] = Number(rest & 255n);
      assert.ok(!await ed25519.verify(key.publicKey, message, Uint8Array.from(plusL), by), 'S + L');
      signature[40] ^= 1;
      assert.ok(!await ed25519.verify(key.publicKey, message, signature, by));
    }
  }
});

test('HKDF derivations are RFC 5869', async () => {
  for (const [use, length] of [['key', 32], ['pre', 32], ['salt', 48], ['r0', 256]]) {
    const code = crypto.randomBytes(16);
    const own = crypto.hkdfSync('sha256', code, Buffer.alloc(0), `example.org/x\nhealth\n${use}`, length);
    assert.equal(hex(await deriveBytes(code, 'example.org/x', 'health', use, length)), hex(Buffer.from(own)));
  }
});

test('a recovery code is read as it was written, however it is typed', () => {
  for (let i = 0; i < 500; i++) {
    const code = makeRecovery(), text = writeRecovery(code);
    assert.match(text, /^([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}$/);
    assert.deepEqual(readRecovery(text), code);
    assert.deepEqual(readRecovery(` ${text.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')}`), code);
  }
  for (const wrong of ['', 'U', writeRecovery(new Uint8Array(16)).slice(1), `${writeRecovery(new Uint8Array(16))}0`]) assert.equal(readRecovery(wrong), null);
});

test('check characters find one wrong character and each swap; two find any two wrong ones', () => {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const text = (length) => Array.from({ length }, () => alphabet[crypto.randomInt(32)]);
  const put = (chars, ...changes) => changes.reduce((all, [at, char]) => all.with?.(at, char) ?? Object.assign([...all], { [at]: char }), chars);
  for (const [check, data, width] of [[checkOne, 15, 1], [checkTwo, 26, 2]]) {
    const good = text(data);
    const whole = [...good, ...check(good.join(''))];
    const holds = (chars) => check(chars.slice(0, data).join('')) === chars.slice(data).join('');
    assert.ok(holds(whole));
    for (let i = 0; i < whole.length; i++) {
      for (const char of alphabet) if (char !== whole[i]) assert.ok(!holds(put(whole, [i, char])), `${i} ${char}`);
      for (let j = 0; j < i; j++) if (whole[i] !== whole[j]) assert.ok(!holds(put(whole, [i, whole[j]], [j, whole[i]])));
    }
    for (let n = 0; width === 2 && n < 20000; n++) {
      const [i, j] = [crypto.randomInt(28), crypto.randomInt(28)];
      const changed = put(whole, [i, alphabet[crypto.randomInt(32)]], [j, alphabet[crypto.randomInt(32)]]);
      if (changed.join() !== whole.join()) assert.ok(!holds(changed));
    }
  }
  assert.equal(cleanBase32('ab1-o u'), null);
});

test('canonical JSON is read in its one spelling only', () => {
  const good = '{"a":["x",{"b":1}],"t":"ұйым \\"\\\\"}';
  for (const text of [good, '{"10":1,"9":{"1":" ","a":[{}]}}', '{"__proto__":1,"a":{"a":{"a":{}}}}', '{}']) assert.equal(canon(readCanon(utf8(text))), text);
  for (const bad of ['', '{"9":1,"10":2}', '{"a":{"c":1,"b":1}}', '{"a":[{"c":1,"b":1}]}', '{"a":-0}',  '[]', '1', '{"a":1 }', ' {"a":1}', '{"a":1}\n', '{"b":1,"a":2}', '{"a":1,"a":1}', '{"a":01}', '{"a":-1}', '{"a":1.0}', '{"a":1e3}',
    '{"a":null}', '{"a":true}', '{"A":1}', '{"":1}', '{"a":"\\u0041"}', '{"a":"\\n"}', '{"a":"\\/"}', '{"a":"и\u0306"}', '{"a":"\u202e"}', '{"a":9007199254740992}',
    '{"a":{"a":{"a":{"a":{}}}}}', '{"a":"\\ud800"}', '\ufeff{"a":1}', `{"a":"${'x'.repeat(8192)}"}`, `{"a":[${'1,'.repeat(255)}1]}`])
    assert.throws(() => readCanon(utf8(bad)), `${bad}`);
  assert.throws(() => readCanon(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)));
});
