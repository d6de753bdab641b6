// The seal of a ballot against an implementation that shares nothing with ours: npm @hpke/core.
import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { test } from 'node:test';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { throughTool } from './tool.mjs';

const SECRET = '0f'.repeat(32);
const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm(),
});
const hex = (bytes) => Buffer.from(bytes).toString('hex') || '-';
// An ArrayBuffer of its own: Node's small buffers share one.
const bytes = (text) => Uint8Array.from(Buffer.from(text === '-' ? '' : text, 'hex')).buffer;

const [point] = throughTool('hpke', [SECRET], []);
const recipientPublicKey = await suite.kem.deserializePublicKey(bytes(point));

async function sealed(most) {
  const [info, aad, pt] = [0, 0, 0].map(() => randomBytes(randomInt(most)));
  const sender = await suite.createSenderContext({ recipientPublicKey, info });
  const ct = await sender.seal(pt, aad);
  return { enc: hex(sender.enc), info: hex(info), aad: hex(aad), ct: hex(ct), pt: hex(pt) };
}
const open = (m) => `open ${m.enc} ${m.info} ${m.aad} ${m.ct}`;

test('1,000 random messages sealed by @hpke/core open in C', async () => {
  const messages = [];
  for (let i = 0; i < 1000; i++) messages.push(await sealed(i % 2 ? 64 : 1024));
  const [, ...opened] = throughTool('hpke', [SECRET], messages.map(open));
  assert.deepEqual(opened, messages.map((m) => m.pt));
});

test('one flipped bit anywhere is refused', async () => {
  const lines = [];
  for (let i = 0; i < 300; i++) {
    const message = await sealed(64);
    const field = ['enc', 'info', 'aad', 'ct'][i % 4];
    const flipped = Buffer.from(bytes(message[field]));
    if (flipped.length === 0) continue;
    flipped[randomInt(flipped.length)] ^= 1 << randomInt(8);
    lines.push(open({ ...message, [field]: hex(flipped) }));
  }
  const [, ...answers] = throughTool('hpke', [SECRET], lines);
  assert.deepEqual(answers, lines.map(() => 'refused'));
});

test('messages sealed in C open in @hpke/core', async () => {
  const keys = await suite.kem.generateKeyPair();
  const to = hex(await suite.kem.serializePublicKey(keys.publicKey));
  const messages = Array.from({ length: 100 }, () =>
    [0, 0, 0].map(() => randomBytes(randomInt(200))));
  const lines = messages.map((parts) => `seal ${to} ${parts.map(hex).join(' ')}`);
  const [, ...answers] = throughTool('hpke', [SECRET], lines);
  for (const [i, [info, aad, pt]] of messages.entries()) {
    const [enc, ct] = answers[i].split(' ').map(bytes);
    const recipient = await suite.createRecipientContext({ recipientKey: keys.privateKey, enc, info });
    assert.equal(hex(await recipient.open(ct, aad)), hex(pt));
  }
});
