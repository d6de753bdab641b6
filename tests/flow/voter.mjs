// A voter in JavaScript, written from PROTOCOL.md: blind RSA (RFC 9474), HPKE seal, Ed25519, inclusion proofs.
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import crypto from 'node:crypto';

const sha256 = (...parts) => crypto.createHash('sha256').update(Buffer.concat(parts)).digest();
const sha384 = (bytes) => crypto.createHash('sha384').update(bytes).digest();
const toInt = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const toBytes = (n, len) => Buffer.from(n.toString(16).padStart(2 * len, '0'), 'hex');
const unb64 = (text) => Buffer.from(text, 'base64');
export const b64 = (bytes) => Buffer.from(bytes).toString('base64');
const unb64url = (text) => Buffer.from(text, 'base64url');

function power(base, exponent, modulus) {
  let result = 1n;
  for (let b = base % modulus, e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = result * b % modulus;
    b = b * b % modulus;
  }
  return result;
}

function inverse(a, modulus) {
  let [r0, r1, s0, s1] = [modulus, a % modulus, 0n, 1n];
  while (r1) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [s0, s1] = [s1, s0 - q * s1];
  }
  return ((s0 % modulus) + modulus) % modulus;
}

function pssEncode(message, salt) {
  const hash = sha384(Buffer.concat([Buffer.alloc(8), sha384(message), salt]));
  const db = Buffer.alloc(256 - 49);
  db[db.length - salt.length - 1] = 1;
  salt.copy(db, db.length - salt.length);
  for (let i = 0, at = 0; at < db.length; i++) {
    const mask = sha384(Buffer.concat([hash, Buffer.from([0, 0, 0, i])]));
    for (let j = 0; j < mask.length && at < db.length; j++, at++) db[at] ^= mask[j];
  }
  db[0] &= 0x7f;
  return Buffer.concat([db, hash, Buffer.from([0xbc])]);
}

export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object') return `{${Object.keys(value).sort().map((k) => `"${k}":${canonical(value[k])}`).join(',')}}`;
  return JSON.stringify(value);
}

/** Reads tiles of a server's ledger and makes proofs from them. */
export class Ledger {
  constructor(server) { this.server = server; }

  async checkpoint() {
    const { text } = await this.server.get('/demo/ledger/checkpoint');
    const [origin, size, root] = text.split('\n');
    const [name, , keyText] = this.server.vkey.split('+');
    const raw = unb64(this.server.vkey.slice(this.server.vkey.indexOf('+', name.length + 1) + 1) || keyText);
    const key = crypto.createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw.subarray(1)]), format: 'der', type: 'spki' });
    const body = text.slice(0, text.indexOf('\n\n') + 1);
    const sig = unb64(text.slice(text.indexOf('\n\n') + 2).trim().split(' ')[2]).subarray(4);
    if (origin !== name || !crypto.verify(null, Buffer.from(body), key, sig)) throw new Error('checkpoint');
    return { size: Number(size), root: unb64(root), text };
  }

  async #file(level, index, size) {
    const count = Math.floor(size / 256 ** (level === 'entries' ? 0 : level));
    const width = Math.min(256, count - index * 256);
    const name = String(index).padStart(3, '0'); // small ledgers only
    const answer = await this.server.get(`/demo/ledger/tile/${level}/${name}${width < 256 ? `.p/${width}` : ''}`);
    if (answer.status !== 200) throw new Error(`tile ${level} ${index}: ${answer.status}`);
    return Buffer.from(answer.bytes);
  }

  async entry(index, size) {
    const bundle = await this.#file('entries', Math.floor(index / 256), size);
    let at = 0;
    for (let i = 0; i < index % 256; i++) at += 2 + bundle.readUInt16BE(at);
    return bundle.subarray(at + 2, at + 2 + bundle.readUInt16BE(at));
  }

  async #leaves(size) {
    const all = [];
    for (let i = 0; i * 256 < size; i++) {
      const tile = await this.#file(0, i, size);
      for (let j = 0; j < tile.length; j += 32) all.push(tile.subarray(j, j + 32));
    }
    return all;
  }

  /** True when the bytes stand at index in the tree of the checkpoint, by an own inclusion proof. */
  async includes(bytes, index, checkpoint) {
    const node = (l, r) => sha256(Buffer.from([1]), l, r);
    const split = (n) => 2 ** Math.floor(Math.log2(n - 1));
    const rootOf = (h) => h.length === 1 ? h[0] : node(rootOf(h.slice(0, split(h.length))), rootOf(h.slice(split(h.length))));
    const climb = (m, h, leaf) => {
      if (h.length === 1) return leaf;
      const k = split(h.length);
      return m < k ? node(climb(m, h.slice(0, k), leaf), rootOf(h.slice(k))) : node(rootOf(h.slice(0, k)), climb(m - k, h.slice(k), leaf));
    };
    const leaves = await this.#leaves(checkpoint.size);
    return climb(index, leaves, sha256(Buffer.from([0]), Buffer.from(bytes))).equals(checkpoint.root);
  }
}

export class Voter {
  constructor(server) {
    this.server = server;
    this.ledger = new Ledger(server);
    this.passes = {};
  }

  async signIn(code) {
    const answer = await this.server.post(this.server.api('/session'), { code });
    this.token = answer.json.token;
    return answer;
  }

  /** Blinds for these categories, with keys taken from the ledger. */
  async blind(...categories) {
    const { json } = await this.server.get(this.server.api());
    const checkpoint = await this.ledger.checkpoint();
    if (!json?.categories) throw new Error('no campaign'); // a server in trouble: what was known stands
    this.campaign = json;
    this.seal = unb64(JSON.parse(await this.ledger.entry(json.seal_key.index, checkpoint.size)).key).subarray(-65);
    for (const cat of categories) {
      const { pass_key: passKey } = json.categories.find((c) => c.id === cat);
      const bytes = await this.ledger.entry(passKey.index, checkpoint.size);
      if (!await this.ledger.includes(bytes, passKey.index, checkpoint)) throw new Error('pass key');
      const jwk = crypto.createPublicKey({ key: unb64(JSON.parse(bytes).key), format: 'der', type: 'spki' }).export({ format: 'jwk' });
      const n = toInt(unb64url(jwk.n)), e = toInt(unb64url(jwk.e));
      const { publicKey, privateKey } = crypto.generateKeyPairSync('ed25519');
      const pk = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
      const pre = crypto.randomBytes(32);
      const message = Buffer.concat([pre, Buffer.from(`ballot-pass/v1\n${json.origin}\n${cat}\n`), pk]);
      const r = toInt(crypto.randomBytes(255));
      const m = toInt(pssEncode(message, crypto.randomBytes(48)));
      this.passes[cat] = { cat, ik: passKey.id, n, inv: inverse(r, n), pk, pre, privateKey, blinded: b64(toBytes(m * power(r, e, n) % n, 256)) };
    }
  }

  askPasses(...categories) {
    return this.server.post(this.server.api('/passes'), { passes: categories.map((cat) => ({ cat, blinded: this.passes[cat].blinded })) },
      { authorization: `Bearer ${this.token}` });
  }

  finish(items) {
    for (const { cat, blind_sig: sig } of items) {
      const pass = this.passes[cat];
      pass.tok = toBytes(toInt(unb64(sig)) * pass.inv % pass.n, 256);
    }
  }

  /** All of the above. */
  async enroll(code, ...categories) {
    await this.signIn(code);
    await this.blind(...categories);
    const answer = await this.askPasses(...categories);
    this.finish(answer.json.items);
    return answer;
  }

  /** The ballot entry; change (if given) alters its members before it is signed. */
  async ballot(cat, choice, rev, change = () => {}) {
    const pass = this.passes[cat], { origin } = this.campaign;
    const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
    const recipientPublicKey = await suite.kem.importKey('raw', this.seal.buffer.slice(this.seal.byteOffset, this.seal.byteOffset + 65), true);
    const sender = await suite.createSenderContext({ recipientPublicKey, info: Buffer.from(`ballot-seal/v1\n${origin}\n`) });
    const length = this.campaign.categories.find((c) => c.id === cat).ct_len - 16;
    const ct = await sender.seal(Buffer.from(canonical(choice).padEnd(length)), Buffer.from(canonical({ cat, pk: b64(pass.pk), rev })));
    const entry = { cat, ct: b64(ct), enc: b64(sender.enc), ik: pass.ik, pk: b64(pass.pk), pre: b64(pass.pre), rev, t: 'ballot', tok: b64(pass.tok), v: 1 };
    change(entry);
    const text = Buffer.from(`${origin}\nballot/v1\n${canonical(entry)}`);
    return canonical({ ...entry, sig: b64(crypto.sign(null, text, pass.privateKey)) });
  }

  cast(ballot) { return this.server.post(this.server.api('/ballots'), ballot); }
}
