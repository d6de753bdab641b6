// A member of staff in JavaScript: cookie, CSRF token, one-time codes (RFC 6238) and a signing key.
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { described } from './described.mjs';
import { b64, canonical } from './voter.mjs';

const STAFF = '/api/v1/campaigns/{id}/';

function base32(text) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((c) => alphabet.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

/** The one-time code of the step that many steps from now. */
export function totp(secret, steps = 0, now = Date.now()) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30000) + steps));
  const mac = crypto.createHmac('sha1', base32(secret)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}

/** The people of a demo, by name: {person, role, password, secret}. */
export function demoStaff(server) {
  const rows = readFileSync(path.join(server.campaign, 'demo-staff.csv'), 'utf8').trim().split('\r\n').slice(1).map((row) => row.split(','));
  return Object.fromEntries(rows.map(([person, role, password, secret]) => [person, { person, role, password, secret }]));
}

export class Member {
  constructor(server, account) {
    this.server = server;
    Object.assign(this, account);
    this.steps = -1; // each sign-in takes a later step: one before now, now, one after
  }

  /** A call of the campaign's API as this member's page makes it; headers may replace any. */
  async call(method, target, body, headers = {}) {
    const answer = await fetch(`${this.server.url}${this.server.api(`/${target}`)}`, {
      method,
      headers: {
        origin: this.server.url,
        ...(this.cookie && { cookie: `__Host-dauys-staff=${this.cookie}` }),
        ...(this.csrf && { 'x-csrf-token': this.csrf }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, headers: answer.headers, type, text, json: type.includes('json') && text ? JSON.parse(text) : undefined };
  }

  /** The same, judged by openapi.json. */
  async ask(method, target, body, headers) {
    const pattern = target.replace(/\?.*/, '').replace(/\/\d+(?=\/|$)/, '/{n}');
    return described(method.toLowerCase(), STAFF + pattern, await this.call(method, target, body, headers));
  }

  /** A code that has not been used by this object. Three sign-ins in 30 s at most. */
  code() { return totp(this.secret, this.steps++); }

  async signIn(change = {}, headers = {}) {
    const answer = await this.ask('POST', 'staff/session', { person: this.person, password: this.password, totp: change.totp ?? this.code(), ...change }, headers);
    if (answer.status === 201) {
      this.cookie = /^__Host-dauys-staff=([0-9a-f]{64}); Path=\/; Secure; HttpOnly; SameSite=Lax$/.exec(answer.headers.get('set-cookie'))[1];
      this.csrf = answer.json.csrf;
    }
    return answer;
  }

  get key() {
    this.privateKey ??= crypto.createPrivateKey(readFileSync(path.join(this.server.campaign, `staff/${this.person}.pem`)));
    return this.privateKey;
  }

  /** {k, s} over an entry without signatures. */
  signature(entry, key = this.key) {
    const spki = crypto.createPublicKey(key).export({ format: 'der', type: 'spki' });
    const k = crypto.createHash('sha256').update(spki).digest('hex').slice(0, 16);
    return { k, s: b64(crypto.sign(null, Buffer.from(`localhost/demo\n${entry.t}/v1\n${canonical(entry)}`), key)) };
  }

  /** The canonical entry with this member's signature. */
  signed(entry, key) { return canonical({ ...entry, sigs: [this.signature(entry, key)] }); }

  async size() { return (await this.server.get(this.server.api())).json.ledger.size; }

  /** Signs and submits {t, …}. secret: {payload, salt} of a commitment. */
  async act(entry, secret = {}) {
    const whole = { seen: await this.size(), v: 1, ...entry };
    return this.ask('POST', 'staff/acts', { entry: this.signed(whole), ...secret });
  }

  /** Signs exactly the text that is waiting. */
  async cosign(number) {
    const { json } = await this.ask('GET', 'staff/acts');
    const item = json.items.find((act) => act.number === number);
    return this.ask('POST', `staff/acts/${number}/signature`, this.signature(JSON.parse(item.entry)));
  }
}

/** c, payload and salt of a reason. */
export function commitment(value) {
  const salt = crypto.randomBytes(32), payload = canonical(value);
  return { c: b64(crypto.createHmac('sha256', salt).update(payload).digest()), secret: { payload, salt: b64(salt) } };
}
