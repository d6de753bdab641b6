// The browser's blind RSA, seal and derivations against implementations that share nothing with them: the C
// server's, npm @cloudflare/blindrsa-ts and @hpke/core; 1,000 random cases each, equal byte for byte where both
// sides can be given the same randomness.
import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes, randomInt, webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { load } from '../../web/test/load.mjs';
import { throughTool, toolPath } from './tool.mjs';

const CASES = 1000;
const { importPassKey } = await load('lib/blind.ts');
const { finishPass, preparePass } = await load('lib/pass.ts');
const { deriveBytes } = await load('lib/recovery.ts');
const { seal } = await load('lib/hpke.ts');
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const bytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'));

/** The C side of passes, one question a line. */
class PassTool {
  constructor() {
    this.process = spawn(toolPath('pass'), [], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }
  async line() { return (await this.lines.next()).value; }
  ask(...words) {
    this.process.stdin.write(`${words.join(' ')}\n`);
    return this.line();
  }
  async end() {
    this.process.stdin.end();
    await once(this.process, 'exit');
  }
}

let tool, spki;
before(async () => {
  tool = new PassTool();
  spki = bytes(await tool.line());
});
after(() => tool.end());

/** Runs f while crypto.getRandomValues gives these bytes, one after the other. */
async function withRandom(values, f) {
  const { getRandomValues } = webcrypto;
  webcrypto.getRandomValues = (array) => {
    const next = values.shift();
    assert.equal(array.length, next?.length);
    array.set(next);
    return array;
  };
  try {
    return await f();
  } finally {
    webcrypto.getRandomValues = getRandomValues;
  }
}

test(`${CASES} passes: blinded, signed and finished alike in the browser's code, in C and by @cloudflare/blindrsa-ts`, async () => {
  const other = RSABSSA.SHA384.PSS.Randomized();
  const otherKey = await webcrypto.subtle.importKey('spki', spki, { name: 'RSA-PSS', hash: 'SHA-384' }, true, ['verify']);
  const key = await importPassKey(spki);
  for (let i = 0; i < CASES; i++) {
    const code = new Uint8Array(randomBytes(16)), cat = `c${randomInt(1e6)}`, origin = `example.org/${randomInt(1e6)}`;
    const keys = { origin, seal: new Uint8Array(65), passes: new Map([[cat, { ik: '0'.repeat(16), key }]]) };
    const draft = await preparePass(code, keys, cat);
    const blinded = hex(Buffer.from(draft.blinded, 'base64')), inverse = draft.inverse.toString(16).padStart(512, '0');
    assert.equal(await tool.ask('blind', hex(code), origin, cat), [hex(draft.pk), hex(draft.pre), blinded, inverse].join(' '));

    const message = Buffer.concat([draft.pre, Buffer.from(`ballot-pass/v1\n${origin}\n${cat}\n`), draft.pk]);
    let r;
    for (let n = 0; !r || BigInt(`0x${hex(r)}`) >= key.n; n++) r = await deriveBytes(code, origin, cat, `r${n}`, 256);
    const theirs = await withRandom([await deriveBytes(code, origin, cat, 'salt', 48), r], () => other.blind(otherKey, message));
    assert.equal(hex(theirs.blindedMsg), blinded);
    assert.equal(hex(theirs.inv), inverse);

    const signed = await tool.ask('sign', blinded);
    const pass = await finishPass(draft, keys, Buffer.from(signed, 'hex').toString('base64'));
    assert.equal(hex(await other.finalize(otherKey, message, bytes(signed), theirs.inv)), hex(pass.tok));
    assert.equal(await tool.ask('finish', hex(code), origin, cat, signed), hex(pass.tok));
    assert.equal(await tool.ask('verify', hex(message), hex(pass.tok)), 'good');
    const wrong = bytes(signed);
    wrong[randomInt(256)] ^= 1 << randomInt(8);
    assert.equal(await finishPass(draft, keys, Buffer.from(wrong).toString('base64')), null);
    assert.equal(await tool.ask('finish', hex(code), origin, cat, hex(wrong)), 'refused');
  }
});

test(`${CASES} messages sealed by the browser's code open by @hpke/core and in C`, async () => {
  const SECRET = '0f'.repeat(32);
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const [point] = throughTool('hpke', [SECRET], []);
  const recipientKey = await suite.kem.importKey('raw', bytes(SECRET).buffer, false);
  const messages = [], lines = [];
  for (let i = 0; i < CASES; i++) {
    const [info, aad, pt] = [0, 0, 0].map(() => new Uint8Array(randomBytes(randomInt(i % 2 ? 64 : 1024))));
    const { enc, ct } = await seal(bytes(point), info, aad, pt);
    assert.equal(ct.length, pt.length + 16);
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info });
    assert.equal(hex(await recipient.open(ct, aad)), hex(pt));
    messages.push(hex(pt) || '-');
    lines.push(['open', ...[enc, info, aad, ct].map((b) => hex(b) || '-')].join(' '));
  }
  const [, ...opened] = throughTool('hpke', [SECRET], lines);
  assert.deepEqual(opened, messages);
  await assert.rejects(seal(Uint8Array.of(4, ...new Uint8Array(64).fill(1)), new Uint8Array(0), new Uint8Array(0), new Uint8Array(1)));
});
