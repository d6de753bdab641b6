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

const stepNow = () => Math.floor(Date.now() / 30000);

/** The one-time code of the step that many steps from now. */
export function totp(secret, steps = 0) { return codeOf(secret, stepNow() + steps); }

function codeOf(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
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
    this.step ??= 0; // last used
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
    const pattern = target.replace(/\?.*/, '').replace(/\/items\/\d+/, '/items/{ref}').replace(/\/\d+(?=\/|$)/, '/{n}');
    return described(method.toLowerCase(), STAFF + pattern, await this.call(method, target, body, headers));
  }

  /** A code that has not been used by this object: of the step before now, then now, then the next. */
  code() {
    this.step = Math.max(stepNow() - 1, this.step + 1);
    return codeOf(this.secret, this.step);
  }

  /** What ask(code) gives, with one more try when a step has gone by while it was on its way. */
  async withCode(ask) {
    const answer = await ask(this.code());
    return ['sign_in_refused', 'totp_wrong'].includes(answer.json?.code) ? ask(this.code()) : answer;
  }

  async signIn(change = {}, headers = {}) {
    const ask = (code) => this.ask('POST', 'staff/session', { person: this.person, password: this.password, totp: code, ...change }, headers);
    const answer = await (Object.keys(change).length > 0 ? ask(change.totp ?? this.code()) : this.withCode(ask));
    if (answer.status === 201) {
      this.cookie = /^__Host-dauys-staff=([0-9a-f]{64}); Path=\/; Secure; HttpOnly; SameSite=Lax$/.exec(answer.headers.get('set-cookie'))[1];
      this.csrf = answer.json.csrf;
    }
    return answer;
  }

  /** Makes the account that this.token invites to. */
  async accept() {
    this.secret = (await this.ask('POST', 'staff/accept', { token: this.token })).json.totp_secret;
    this.step = 0;
    return this.withCode((code) => this.ask('POST', 'staff/accept/confirm', { token: this.token, password: this.password, totp: code }));
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
