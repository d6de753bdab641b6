// A true server with a private Redis and a demo campaign, in a temporary folder, on free ports.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
export const dauys = path.resolve(root, process.env.DAUYS ?? 'build/dauys');

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Waits until check() is true, at most so many seconds. */
export async function until(check, seconds = 20, what = 'a condition') {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    if (await check().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export class Server {
  /** options: config (further lines), admin (true: with that listener), limits (lines of [limits]), create (further
   * arguments of `campaign create`), rules (changes the demo's rules), codes (of voters; three are made up if not given), persons (their person numbers), tls ({cert, key}: paths),
   * from (a campaign's folder to copy instead), web (instead of web/dist), folder (instead of a new one), env (of the server), start (false: only make it). */
  static async make(options = {}) {
    const server = new Server();
    server.folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'dauys-flow-'));
    chmodSync(server.folder, 0o755); // separated processes pass through
    server.env = { ...process.env, ...options.env };
    server.campaign = path.join(server.folder, 'campaigns/demo');
    const roll = path.join(server.folder, 'roll.csv');
    if (options.codes) writeFileSync(roll, `voter,code\r\n${options.codes.map((code, i) => `${options.persons?.[i] ?? `person-${i}`},${code}\r\n`).join('')}`);
    const changed = path.join(server.folder, 'rules.json');
    if (options.rules) {
      const rules = JSON.parse(readFileSync(path.join(root, 'data/demo/rules.json'), 'utf8'));
      options.rules(rules);
      writeFileSync(changed, JSON.stringify(rules));
    }
    const more = [...(options.codes ? ['--roll', roll] : []), ...(options.rules ? ['--rules', changed] : []), ...(options.create ?? [])];
    if (options.from) cpSync(options.from, server.campaign, { recursive: true });
    else execFileSync(dauys, ['campaign', 'create', '--demo', ...more, server.campaign], { cwd: root, stdio: 'pipe' });
    server.codes = options.codes
      ?? readFileSync(path.join(server.campaign, 'demo-codes.csv'), 'utf8').trim().split('\r\n').slice(1).map((l) => l.split(',')[1]);
    server.vkey = readFileSync(path.join(server.campaign, 'log.vkey'), 'utf8').trim();
    server.port = await freePort();
    server.config = path.join(server.folder, 'dauys.conf');
    if (options.admin) server.admin = await freePort();
    server.web = options.web ?? path.join(root, 'web/dist');
    server.tls = options.tls;
    server.limits = options.limits ?? 'lift = yes';
    server.configure(options.config ?? '');
    if (options.start !== false) await server.start().catch(async (error) => { await server.destroy(); throw error; });
    return server;
  }

  /** Writes the configuration, with further lines before its sections. */
  configure(lines) {
    writeFileSync(this.config, `listen = 127.0.0.1:${this.port}\nadmin = ${this.admin ? `127.0.0.1:${this.admin}` : ''}\n`
      + `campaigns = ${this.folder}/campaigns\nrun = ${this.folder}/run\nweb = ${this.web}\n`
      + (this.tls ? `tls_certificate = ${this.tls.cert}\ntls_key = ${this.tls.key}\n` : '')
      + `${lines}\n[limits]\n${this.limits}\n`);
  }

  /** ready() is asked until its status is 200. */
  async start(ready = () => this.reach('/readyz')) {
    this.log = '';
    this.process = spawn(dauys, ['serve', '--config', this.config], { cwd: root, env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    this.process.stderr.on('data', (bytes) => { this.log += bytes; });
    this.ended = new Promise((resolve) => this.process.on('exit', (code, signal) => resolve({ code, signal })));
    this.process.on('exit', () => { this.gone = true; });
    this.gone = false;
    await until(async () => {
      if (this.gone) return true;
      return (await ready()).status === 200;
    }, 30, 'the server').catch((error) => { throw new Error(`${error.message}: ${this.log.slice(-3000)}`); });
    if (this.gone) throw new Error(this.log);
  }

  get url() { return `http${this.tls ? 's' : ''}://127.0.0.1:${this.port}`; }

  /** One GET on a connection of its own; under TLS whatever the certificate, which is in .certificate then. */
  reach(target, options = {}) {
    if (!this.tls) return fetch(this.url + target);
    return new Promise((resolve, reject) => {
      const request = https.get(this.url + target, { agent: false, rejectUnauthorized: false, ...options }, (answer) => {
        const certificate = answer.socket.getPeerCertificate();
        const parts = [];
        answer.on('data', (some) => parts.push(some));
        answer.on('error', reject);
        answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, certificate, text: Buffer.concat(parts).toString() }));
      });
      request.on('error', reject);
    });
  }

  async stop() {
    if (this.process && !this.gone) {
      this.process.kill('SIGTERM');
      await this.ended;
    }
  }

  async destroy() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** From here to release() what is killed stays dead: the parent that would start it again is stopped. */
  hold() { this.process.kill('SIGSTOP'); }

  release() { this.process.kill('SIGCONT'); }

  /** Kills one of the server's processes: "redis/redis", "ledger-demo", "registrar", "front-0". */
  kill(name) {
    process.kill(Number(readFileSync(path.join(this.folder, 'run', `${name}.pid`), 'utf8')), 'SIGKILL');
  }

  /** Runs dauys with arguments; {code, out}. */
  run(...args) {
    try {
      return { code: 0, out: execFileSync(dauys, args, { cwd: root, stdio: 'pipe', encoding: 'utf8' }) };
    } catch (error) {
      return { code: error.status, out: `${error.stdout}${error.stderr}` };
    }
  }

  async get(target, headers = {}) {
    const answer = await fetch(this.url + target, { headers, redirect: 'manual' });
    return read(answer);
  }

  async post(target, body, headers = {}) {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const answer = await fetch(this.url + target, { method: 'POST', body: text, headers: { 'content-type': 'application/json', ...headers } });
    return read(answer);
  }

  api(rest = '') { return `/api/v1/campaigns/demo${rest}`; }

  /** A staff entry signed by these demo people, as text. */
  sign(entry, ...people) {
    return people.reduce((text, person) => execFileSync(
      dauys,
      ['campaign', 'sign', '--key', `${this.campaign}/staff/${person}.pem`, '--origin', 'localhost/demo'],
      { input: text, encoding: 'utf8' },
    ).trim(), JSON.stringify(entry));
  }
}

async function read(answer) {
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const type = answer.headers.get('content-type') ?? '';
  const text = new TextDecoder().decode(bytes);
  return { status: answer.status, headers: answer.headers, type, bytes, text, json: type.includes('json') && text ? JSON.parse(text) : undefined };
}
