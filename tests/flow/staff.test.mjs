// Staff over HTTP: accounts, sessions, acts by two, and every attack on them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { refused, untried } from './described.mjs';
import { Server, until } from './server.mjs';
import { commitment, demoStaff, Member, totp } from './staff.mjs';
import { b64, canonical, Ledger } from './voter.mjs';

let server, people, one, two, moderator, auditor;
const signedIn = async (person) => {
  const member = new Member(server, people[person]);
  assert.equal((await member.signIn()).status, 201, person);
  return member;
};
const ledgerEntry = async (index) => {
  const ledger = new Ledger(server), checkpoint = await ledger.checkpoint();
  return JSON.parse(await ledger.entry(index, checkpoint.size));
};
const extend = (closes, more = {}) => ({ act: 'extend', closes, no: '12-ө', phase: 'evaluation', t: 'phase', why: 'сұраныс бойынша', ...more });
const notice = (text) => ({ t: 'notice', text });

before(async () => {
  server = await Server.make();
  people = demoStaff(server);
});
after(() => server?.destroy());

test('staff signs in with password and code; the cookie says who it is', async () => {
  one = await signedIn('demo-1');
  two = await signedIn('demo-2');
  moderator = await signedIn('demo-moderator');
  auditor = await signedIn('demo-auditor');
  const session = (await one.ask('GET', 'staff/session')).json;
  assert.deepEqual([session.person, session.role, session.csrf], ['demo-1', 'administrator', one.csrf]);
  assert.ok(session.expires > Date.now() / 1000 + 1700 && session.expires < Date.now() / 1000 + 1810);
  const answer = await one.call('GET', 'staff/session');
  assert.match(answer.headers.get('cache-control'), /no-store/);
});

test('an act of one signer is in the ledger at once', async () => {
  const answer = await one.act(notice('Қызмет көрсету жұмыстары'));
  assert.equal(answer.status, 201, answer.text);
  const entry = await ledgerEntry(answer.json.index);
  assert.deepEqual([entry.t, entry.text, entry.sigs.length], ['notice', 'Қызмет көрсету жұмыстары', 1]);
});

test('an act by two waits for the second, who sees exactly the bytes', async () => {
  const closes = (await server.get(server.api())).json.phases.find((p) => p.id === 'evaluation').closes + 3600;
  const proposed = await one.act(extend(closes));
  assert.equal(proposed.status, 202, proposed.text);
  const waiting = (await two.ask('GET', 'staff/acts')).json.items.find((act) => act.number === proposed.json.number);
  assert.deepEqual([waiting.type, waiting.by, waiting.signers, waiting.needs, waiting.state], ['phase', 'demo-1', ['demo-1'], 2, 'waiting']);
  assert.equal(waiting.entry, canonical(JSON.parse(waiting.entry)));
  await server.stop();
  await server.start(); // what waits is kept
  const logged = await two.cosign(proposed.json.number);
  assert.equal(logged.status, 201, logged.text);
  const entry = await ledgerEntry(logged.json.index);
  assert.deepEqual([entry.t, entry.closes, entry.no, entry.sigs.length], ['phase', closes, '12-ө', 2]);
  const done = (await one.ask('GET', 'staff/acts')).json.items.find((act) => act.number === proposed.json.number);
  assert.deepEqual([done.state, done.index, done.signers.sort()], ['logged', logged.json.index, ['demo-1', 'demo-2']]);
  refused(await two.ask('POST', `staff/acts/${proposed.json.number}/signature`, two.signature(JSON.parse(waiting.entry))), 409, 'act_over');
});

// ---- sessions ----

test('a session id is new at sign-in, whatever the browser came with', async () => {
  const member = new Member(server, people['demo-moderator-2']);
  member.cookie = 'ab'.repeat(32); // fixation: chosen by somebody else
  await member.signIn();
  assert.notEqual(member.cookie, 'ab'.repeat(32));
  const planted = new Member(server, people['demo-moderator-2']);
  planted.cookie = 'ab'.repeat(32);
  refused(await planted.ask('GET', 'staff/session'), 401, 'signed_out');
  planted.cookie = member.cookie;
  await member.signIn(); // with the old cookie: that session ends
  assert.notEqual(member.cookie, planted.cookie);
  refused(await planted.ask('GET', 'staff/session'), 401, 'signed_out');
  assert.equal((await member.ask('DELETE', 'staff/session')).status, 200);
  refused(await member.ask('GET', 'staff/session'), 401, 'signed_out');
});

test('a request from elsewhere changes nothing', async () => {
  const body = { person: 'x', role: 'auditor' };
  for (const [headers, what] of [
    [{ 'x-csrf-token': '' }, 'no token'],
    [{ 'x-csrf-token': '0'.repeat(64) }, 'another token'],
    [{ 'x-csrf-token': two.csrf }, "somebody else's token"],
    [{ origin: 'https://evil.example' }, 'foreign origin'],
    [{ origin: 'null' }, 'opaque origin'],
    [{ origin: server.url.replace('http:', 'https:') }, 'another scheme'],
    [{ origin: server.url.replace(/\d+$/, '1') }, 'another port'],
    [{ 'sec-fetch-site': 'cross-site' }, 'cross-site'],
    [{ 'sec-fetch-site': 'same-site' }, 'a sister site'],
  ])
    refused(await one.ask('POST', 'staff/invitations', body, headers), 403, 'csrf', what);
  const plain = async (headers) => fetch(`${server.url}${server.api('/staff/session')}`, { method: 'DELETE', headers: { cookie: `__Host-dauys-staff=${one.cookie}`, 'x-csrf-token': one.csrf, ...headers } });
  assert.equal((await plain({})).status, 403); // neither Origin nor Sec-Fetch-Site
  refused(await one.ask('DELETE', 'staff/sessions/999999', undefined, { 'x-csrf-token': '' }), 403, 'csrf');
  refused(await new Member(server, people['demo-2']).ask('POST', 'staff/session', { person: 'demo-2', password: 'x', totp: '1' }, { origin: 'https://evil.example' }), 403, 'csrf');
  assert.equal((await one.ask('GET', 'staff/session')).status, 200);
});

test('a one-time code works once', async () => {
  const account = people['demo-moderator-2'];
  const member = new Member(server, account);
  const code = totp(account.secret, 1);
  const first = await member.signIn({ totp: code });
  // Two earlier sign-ins took the steps before it.
  assert.equal(first.status, 201, first.text);
  refused(await member.signIn({ totp: code }), 401, 'sign_in_refused');
  refused(await member.signIn({ totp: totp(account.secret, 0) }), 401, 'sign_in_refused');
  refused(await member.signIn({ totp: totp(account.secret, -3) }), 401, 'sign_in_refused');
});

/** An account made by invitation; the token stays in token. */
async function invite(person, role, password = 'тауға шықтық бірге') {
  const { json } = await one.ask('POST', 'staff/invitations', { person, role });
  const member = new Member(server, { person, role, password, token: json.token });
  member.invitation = json;
  return member;
}

test('an invitation makes one account, once', async () => {
  const member = await invite('operator.1', 'operator');
  assert.equal(member.invitation.path, `/kk/demo/staff/accept#${member.token}`);
  const shown = await member.ask('POST', 'staff/accept', { token: member.token });
  assert.deepEqual([shown.json.person, shown.json.role], ['operator.1', 'operator']);
  assert.equal(shown.json.totp_uri, `otpauth://totp/Dauys:demo%20operator.1?secret=${shown.json.totp_secret}&issuer=Dauys`);
  member.secret = shown.json.totp_secret;
  const confirm = (change) => member.ask('POST', 'staff/accept/confirm', { token: member.token, password: member.password, totp: totp(member.secret), ...change });
  refused(await confirm({ totp: '000000' === totp(member.secret) ? '111111' : '000000' }), 422, 'totp_wrong');
  refused(await confirm({ password: 'тоғыз таң' }), 422, 'password_short');
  refused(await confirm({ password: 'Operator.1 DEMO' }), 422, 'password_guessable');
  refused(await confirm({ password: 'aaaaaaaaaaaaaaaa' }), 422, 'password_guessable');
  const made = await member.accept();
  assert.equal(made.status, 201, made.text);
  assert.equal(new Set(made.json.recovery).size, 10);
  refused(await member.ask('POST', 'staff/accept', { token: member.token }), 410, 'invitation_over');
  refused(await confirm({}), 410, 'invitation_over');
  refused(await member.ask('POST', 'staff/accept', { token: 'f'.repeat(64) }), 410, 'invitation_over');
  assert.equal((await member.signIn()).status, 201);
  refused(await member.ask('POST', 'staff/invitations', { person: 'x', role: 'administrator' }), 403, 'not_allowed');
  member.recovery = made.json.recovery;

  // Another password ends the other sessions; a recovery code gives a new second factor, once.
  const other = new Member(server, member);
  assert.equal((await other.signIn()).status, 201);
  const changing = new Member(server, people['demo-moderator-2']);
  Object.assign(changing, member, { cookie: other.cookie, csrf: other.csrf });
  refused(await changing.ask('POST', 'staff/password', { password: 'ненің паролі бұл', new_password: 'жаңа құпиясөз болды', totp: totp(member.secret, 1) }), 401, 'sign_in_refused');
  for (const password of [member.password, 'ненің паролі бұл']) // no answer tells a right password without its code
    refused(await other.ask('POST', 'staff/password', { password, new_password: 'қысқа', totp: '123456' }), 422, 'password_short');
  const lost = await member.ask('POST', 'staff/recover', { person: 'operator.1', password: member.password, recovery: member.recovery[3].toLowerCase().replaceAll('-', ' ') });
  assert.equal(lost.status, 201, lost.text);
  refused(await member.ask('POST', 'staff/recover', { person: 'operator.1', password: member.password, recovery: member.recovery[3] }), 401, 'sign_in_refused');
  refused(await member.ask('POST', 'staff/recover', { person: 'operator.1', password: member.password, recovery: 'AAAA-AAAA-AAAA-AAAA' }), 401, 'sign_in_refused');
  member.token = lost.json.token;
  member.password = 'жаңа құпиясөз болды';
  assert.equal((await member.accept()).status, 201);
  refused(await other.ask('GET', 'staff/session'), 401, 'signed_out'); // sessions of before
  assert.equal((await member.signIn()).status, 201);
});

test('another password ends the other sessions', async () => {
  const member = await invite('chair-1', 'chair');
  await member.accept();
  await member.signIn();
  const sessions = (await one.ask('GET', 'staff/sessions')).json.items;
  assert.ok(sessions.some((s) => s.person === 'chair-1') && sessions.some((s) => s.own && s.person === 'demo-1'));
  assert.deepEqual((await member.ask('GET', 'staff/sessions')).json.items.map((s) => [s.person, s.own]), [['chair-1', true]]);
  const foreign = sessions.find((s) => s.person === 'demo-2').number;
  refused(await member.ask('DELETE', `staff/sessions/${foreign}`), 404, 'not_found');
  const answer = await member.ask('POST', 'staff/password', { password: member.password, new_password: 'мүлдем басқа сөздер', totp: member.code() });
  assert.equal(answer.status, 200, answer.text);
  assert.equal((await member.ask('GET', 'staff/session')).status, 200);
  const own = (await member.ask('GET', 'staff/sessions')).json.items[0].number;
  assert.equal((await one.ask('DELETE', `staff/sessions/${own}`)).status, 200);
  refused(await member.ask('GET', 'staff/session'), 401, 'signed_out');
});

test('guessing runs out of tries, and nobody learns which persons there are', async () => {
  const member = await invite('guessed', 'auditor');
  await member.accept();
  const time = async (person) => {
    const from = performance.now();
    refused(await member.signIn({ person, password: 'бұл емес шығар', totp: '123456' }), 401, 'sign_in_refused');
    return performance.now() - from;
  };
  const known = [], unknown = [];
  for (let i = 0; i < 5; i++) {
    known.push(await time('guessed'));
    unknown.push(await time(`nobody-${i}`));
  }
  // Names of staff stand in the ledger: who does not know the password can't keep its owner out.
  assert.equal((await member.signIn()).status, 201);
  for (let i = 0; i < 5; i++) refused(await member.signIn({ totp: '12345x' }), 401, 'sign_in_refused');
  refused(await member.signIn({ totp: totp(member.secret, 1) }), 401, 'sign_in_refused'); // right, and out of tries
  // The same work is done for both: half as long would be none of it.
  assert.ok(Math.min(...unknown) > Math.min(...known) / 2, `${unknown} ${known}`);
  assert.equal(server.run('staff', 'unlock', server.campaign, '--person', 'guessed').code, 0);
  assert.equal((await member.signIn()).status, 201);
  assert.equal(server.run('staff', 'lock', server.campaign, '--person', 'guessed').code, 0);
  refused(await member.ask('GET', 'staff/session'), 401, 'signed_out');
  assert.match(server.run('staff', 'list', server.campaign).out, /^guessed auditor locked$/m);
});

test('the first administrator comes by the command', async () => {
  const { out } = server.run('staff', 'invite', server.campaign, '--person', 'by-command', '--role', 'administrator');
  const member = new Member(server, { person: 'by-command', role: 'administrator', password: 'сары дала кең екен', token: out.trim().split('#')[1] });
  assert.equal((await member.accept()).status, 201);
  assert.equal((await member.signIn()).json.role, 'administrator');
  assert.equal(server.run('staff', 'totp', '--secret', member.secret).out.trim().length, 6);
  assert.equal(server.run('staff', 'invite', server.campaign, '--person', "x'; DROP", '--role', 'auditor').code, 1);
  assert.equal(server.run('staff', 'lock', server.campaign, '--person', 'nobody').code, 1);
});

// ---- acts ----

test('a moderator signs no phase, and an auditor nothing', async () => {
  refused(await moderator.act(extend(2000000000)), 403, 'not_allowed');
  const entry = moderator.signed({ ...notice('жоқ'), seen: 1, v: 1 });
  refused(await auditor.ask('POST', 'staff/acts', { entry }), 403, 'not_allowed');
  refused(await moderator.ask('POST', 'staff/acts', { entry }), 403, 'not_allowed');
});

test('one administrator is one signer, with one key or two', async () => {
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const pop = crypto.sign(null, Buffer.concat([Buffer.from('localhost/demo\nkey-pop/v1\nstaff\n\n'), spki]), privateKey);
  const id = crypto.createHash('sha256').update(spki).digest('hex').slice(0, 16);
  const entry = { id, key: spki.toString('base64'), person: 'demo-1', pop: pop.toString('base64'), role: 'administrator', t: 'key', use: 'staff' };
  const proposed = await one.act(entry);
  assert.equal(proposed.status, 202, proposed.text);
  assert.equal((await two.cosign(proposed.json.number)).status, 201);
  assert.ok((await auditor.ask('GET', 'staff/keys')).json.items.some((k) => k.id === id && k.person === 'demo-1' && !k.revoked));

  const seen = await one.size();
  const whole = { ...extend(2000000000), seen, v: 1 };
  const both = canonical({ ...whole, sigs: [one.signature(whole), one.signature(whole, privateKey)].sort((a, b) => (a.k < b.k ? -1 : 1)) });
  const waiting = await one.ask('POST', 'staff/acts', { entry: both });
  assert.equal(waiting.status, 202, waiting.text);
  const sign = (member, key) => member.ask('POST', `staff/acts/${waiting.json.number}/signature`, member.signature(whole, key));
  refused(await sign(one), 409, 'same_signer');
  refused(await sign(one, privateKey), 409, 'same_signer');
  refused(await sign(two, privateKey), 403, 'signature_not_yours'); // the key of demo-1
  refused(await sign(moderator), 403, 'not_allowed');
  const { k } = two.signature(whole), { s } = two.signature({ ...whole, closes: 2000000001 });
  refused(await two.ask('POST', `staff/acts/${waiting.json.number}/signature`, { k, s }), 403, 'signature_wrong');
  refused(await two.ask('POST', `staff/acts/${waiting.json.number}/signature`, { k: '0'.repeat(16), s }), 403, 'signer_unknown');
  refused(await two.ask('DELETE', `staff/acts/${waiting.json.number}`), 403, 'not_allowed');
  assert.equal((await one.ask('DELETE', `staff/acts/${waiting.json.number}`)).status, 200);
  refused(await sign(two), 409, 'act_over');
  refused(await two.ask('POST', 'staff/acts/999999/signature', two.signature(whole)), 404, 'not_found');

  const revoked = await one.act({ id, t: 'revoke', why: 'жоғалды' });
  assert.equal((await two.cosign(revoked.json.number)).status, 201);
  refused(await one.ask('POST', 'staff/acts', { entry: one.signed({ ...notice('ескі кілт'), seen, v: 1 }, privateKey) }), 403, 'signer_revoked');
  refused(await two.ask('POST', 'staff/acts', { entry: one.signed({ ...notice('біреудікі'), seen, v: 1 }) }), 403, 'signature_not_yours');
});

test('a new key is asked for by its holder alone, and taken in by two administrators', async () => {
  const pair = crypto.generateKeyPairSync('ed25519');
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  const pop = crypto.sign(null, Buffer.concat([Buffer.from('localhost/demo\nkey-pop/v1\nstaff\n\n'), spki]), pair.privateKey);
  const id = crypto.createHash('sha256').update(spki).digest('hex').slice(0, 16);
  const whole = {
    id, key: b64(spki), person: auditor.person, pop: b64(pop), role: 'auditor', seen: await one.size(), t: 'key', use: 'staff', v: 1,
  };
  const ask = (member, change = {}) => member.ask('POST', 'staff/keys', { entry: canonical({ ...whole, ...change }) });
  refused(await ask(moderator), 403, 'not_allowed');
  refused(await ask(auditor, { role: 'administrator' }), 403, 'not_allowed');
  refused(await auditor.ask('POST', 'staff/keys', { entry: canonical({ seen: whole.seen, t: 'notice', text: 'x', v: 1 }) }), 403, 'not_allowed');
  refused(await auditor.ask('POST', 'staff/keys', { entry: one.signed(whole) }), 400, 'fields_wrong');
  // Any number of them are one thing to sign, and take nobody else's place in the list.
  const others = (await one.act(extend(1990000000))).json.number;
  const before_ = (await ask(auditor, { seen: 1 })).json.number;
  const asked = await ask(auditor);
  assert.equal(asked.status, 202);
  assert.equal((await ask(auditor)).json.number, asked.json.number);
  refused(await one.cosign(before_), 409, 'act_over');
  const waiting = (await one.ask('GET', 'staff/acts')).json.items.filter(({ state }) => state === 'waiting').map(({ number }) => number);
  assert.ok(waiting.includes(asked.json.number) && waiting.includes(others) && !waiting.includes(before_));
  assert.equal((await one.ask('DELETE', `staff/acts/${others}`)).status, 200);
  assert.equal((await one.cosign(asked.json.number)).status, 202);
  assert.equal((await two.cosign(asked.json.number)).status, 201);
  assert.ok((await auditor.ask('GET', 'staff/keys')).json.items.some((key) => key.id === id && key.person === auditor.person));
});

test("a new member's key comes in by two administrators, and only as that member's", async () => {
  const member = await invite('demo-secretary', 'secretary');
  await member.accept();
  await member.signIn();
  const { privateKey, publicKey } = crypto.generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const pop = crypto.sign(null, Buffer.concat([Buffer.from('localhost/demo\nkey-pop/v1\nstaff\n\n'), spki]), privateKey);
  const id = crypto.createHash('sha256').update(spki).digest('hex').slice(0, 16);
  const entry = { id, key: spki.toString('base64'), person: 'demo-secretary', pop: pop.toString('base64'), role: 'secretary', seen: await one.size(), t: 'key', use: 'staff', v: 1 };
  const ask = (change) => member.ask('POST', 'staff/keys', { entry: canonical({ ...entry, ...change }) });
  refused(await ask({ person: 'demo-1' }), 403, 'not_allowed');
  refused(await ask({ role: 'administrator' }), 403, 'not_allowed');
  refused(await ask({ use: 'seal' }), 400, 'fields_wrong');
  refused(await ask({ t: 'notice' }), 400, 'fields_wrong');
  const waiting = await ask({});
  assert.equal(waiting.status, 202, waiting.text);
  refused(await member.ask('POST', `staff/acts/${waiting.json.number}/signature`, member.signature(entry, privateKey)), 403, 'not_allowed');
  assert.equal((await one.cosign(waiting.json.number)).status, 202);
  const logged = await two.cosign(waiting.json.number);
  assert.equal(logged.status, 201, logged.text);
  assert.ok((await member.ask('GET', 'staff/keys')).json.items.some((k) => k.id === id && k.person === 'demo-secretary' && k.role === 'secretary'));
});

test('what is no good act is refused with its reason, and what the ledger refuses says so', async () => {
  const seen = await one.size();
  const submit = (entry, secret) => one.ask('POST', 'staff/acts', { entry, ...secret });
  refused(await submit('rubbish'), 400, 'not_canonical');
  refused(await submit(one.signed({ ...notice('x'), seen, v: 1 }).replace('{', '{ ')), 400, 'not_canonical');
  refused(await submit(canonical({ ...notice('x'), seen, v: 1 })), 400, 'fields_wrong'); // no signature
  refused(await submit(one.signed({ ...notice('x'), at: 1, seen, v: 1 })), 400, 'fields_wrong');
  refused(await submit(one.signed({ ...notice('x'), seen: seen + 1000, v: 1 })), 409, 'seen_wrong');
  refused(await submit(one.signed({ t: 'mark', v: 1 })), 400, 'fields_wrong');
  refused(await submit(one.signed({ c: 'A'.repeat(43) + '=', cat: 'youth', ngo: '1', p: 'A'.repeat(43) + '=', t: 'nominate', v: 1 })), 403, 'not_allowed');
  refused(await submit(one.signed({ ...notice('x'), seen, v: 1 }), { payload: 'x', salt: `${'A'.repeat(43)}=` }), 422, 'commitment_wrong');
  const { c, secret } = commitment({ code: 'bought', text: { en: 'bought', kk: 'сатып алынған', ru: 'куплены' } });
  const void_ = one.signed({ c, ref: 1, seen, t: 'void', v: 1 });
  refused(await submit(void_), 422, 'commitment_wrong');
  refused(await submit(void_, { ...secret, payload: `${secret.payload} ` }), 422, 'commitment_wrong');
  const proposed = await submit(void_, secret);
  assert.equal(proposed.status, 202, proposed.text);
  const shown = (await two.ask('GET', 'staff/acts')).json.items.find((act) => act.number === proposed.json.number);
  assert.deepEqual([shown.payload, shown.salt], [secret.payload, secret.salt]);
  refused(await two.cosign(proposed.json.number), 404, 'ballot_unknown');
  const after_ = (await two.ask('GET', 'staff/acts')).json.items.find((act) => act.number === proposed.json.number);
  assert.deepEqual([after_.state, after_.code, after_.index], ['refused', 'ballot_unknown', null]);
});

test('what was sent and not answered is sent again', async () => {
  const { json } = await one.act(notice('қайта жіберілетін'));
  const sql = (text) => execFileSync('/usr/bin/python3', ['-c', `import sqlite3, sys
c = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
print(c.execute(sys.argv[2]).fetchone())`, `${server.campaign}/registrar/private.db`, text], { encoding: 'utf8' });
  sql(`UPDATE staff_act SET state = 'sent', place = 0 WHERE number = ${json.number}`);
  await until(async () => sql(`SELECT state, place FROM staff_act WHERE number = ${json.number}`).includes(`'logged', ${json.index}`), 20, 'the act');
});

// ---- what people type ----

test('whatever is typed into any field is refused or shown as it is', async () => {
  const texts = {
    quote: "'; DROP TABLE staff; --",
    emoji: '🗳️👩‍👩‍👧‍👦',
    marks: `a${'̀'.repeat(10000)}`.normalize('NFC'),
    long: 'x'.repeat(5_000_000),
    bidi: 'abc‮txt.exe',
    control: 'a\u0000b',
    script: '<script>alert(1)</script>',
    object: { $ne: 1 },
    number: 7,
    nothing: null,
  };
  const bodies = {
    'POST staff/session': { person: 'demo-1', password: 'қате құпиясөз', totp: '123456' },
    'POST staff/password': { password: 'қате құпиясөз', new_password: 'тағы бір құпиясөз', totp: '123456' },
    'POST staff/invitations': { person: 'some.one', role: 'auditor' },
    'POST staff/accept': { token: 'f'.repeat(64) },
    'POST staff/accept/confirm': { token: 'f'.repeat(64), password: 'тағы бір құпиясөз', totp: '123456' },
    'POST staff/recover': { person: 'demo-1', password: 'қате құпиясөз', recovery: 'AAAA-AAAA-AAAA-AAAA' },
    'POST staff/acts': { entry: '{}', payload: 'x', salt: `${'A'.repeat(43)}=` },
    'POST staff/acts/1/signature': { k: '0'.repeat(16), s: `${'A'.repeat(86)}==` },
  };
  for (const [route, body] of Object.entries(bodies)) {
    const [method, target] = route.split(' ');
    for (const field of Object.keys(body)) {
      for (const [what, text] of Object.entries(texts)) {
        const answer = await one.ask(method, target, { ...body, [field]: text }).catch((error) => {
          // A body that is too long is answered and the connection closed while it is still being sent.
          if (what === 'long' && error.cause) return { status: 413, json: { code: 'too_large' } };
          throw error;
        });
        assert.ok(answer.status >= 400 && answer.status < 500, `${route} ${field} ${what}: ${answer.status}`);
        if (what === 'long') assert.equal(answer.json.code, 'too_large', `${route} ${field}`);
      }
    }
    refused(await one.ask(method, target, { ...body, more: 1 }), 400, 'malformed');
    refused(await one.ask(method, target, `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(body).slice(1)}`), 400, 'malformed');
  }
  for (const target of ["staff/accesses?after='--", 'staff/accesses?after=-1', 'staff/accesses?after=99999999999999999999'])
    refused(await one.ask('GET', target), 400, 'malformed');
  refused(await one.call('DELETE', 'staff/acts/x'), 404, 'not_found');
  refused(await one.call('DELETE', 'staff/sessions/x'), 404, 'not_found');
  // What an act may hold is shown to the second signer as it was.
  const why = `${texts.quote} ${texts.script} ${texts.emoji}`;
  const { json } = await one.act(extend(1999999999, { why }));
  const item = (await two.ask('GET', 'staff/acts')).json.items.find((act) => act.number === json.number);
  assert.equal(JSON.parse(item.entry).why, why);
  assert.equal((await one.ask('DELETE', `staff/acts/${json.number}`)).status, 200);
  server.run('staff', 'unlock', server.campaign, '--person', 'demo-1');
});

// ---- what is kept ----

test('every act of staff is in the register of access, and no secret is', async () => {
  refused(await moderator.ask('GET', 'staff/accesses'), 403, 'not_allowed');
  const rows = [];
  for (let next = '0'; next !== null;) {
    const { json } = await auditor.ask('GET', `staff/accesses?after=${next}`);
    rows.push(...json.items);
    next = json.next;
  }
  assert.deepEqual(rows.map((row) => row.number), rows.map((_, i) => i + 1));
  const has = (person, what, about) => rows.some((row) => row.person === person && row.what === what && row.about.startsWith(about ?? ''));
  for (const [person, what, about] of [['demo-1', 'staff.sign_in'], ['demo-1', 'staff.invite', 'operator.1'], ['operator.1', 'staff.accept'],
    ['operator.1', 'staff.confirm'], ['operator.1', 'staff.recover'], ['chair-1', 'staff.password'], ['demo-1', 'acts.create', 'phase'], ['demo-2', 'acts.sign'],
    ['demo-1', 'acts.withdraw'], ['guessed', 'staff.sign_in_refused'], ['', 'staff.sign_in_refused'], ['', 'command.invite', 'by-command'],
    ['demo-auditor', 'staff.accesses']])
    assert.ok(has(person, what, about), `${person} ${what}`);
  const text = JSON.stringify(rows);
  for (const { password, secret } of Object.values(people)) assert.ok(!text.includes(password) && !text.includes(secret));
  assert.ok(!text.includes('nobody-1')); // what somebody unknown typed may be a password
});

test('no password, code, token or secret is in logs, ledger or Redis', async () => {
  const journal = readFileSync(`${server.campaign}/state/journal`).toString('latin1');
  const redis = execFileSync('sh', ['-c', `cat ${server.folder}/run/redis/appendonlydir/* 2>/dev/null || true`], { encoding: 'latin1', maxBuffer: 1 << 28 });
  const database = ['', '-wal'].map((end) => readFileSync(`${server.campaign}/registrar/private.db${end}`).toString('latin1')).join('');
  const secrets = [...Object.values(people).map((p) => p.password), one.cookie, two.cookie, one.csrf];
  for (const secret of secrets)
    for (const text of [server.log, journal, redis, database]) assert.ok(!text.includes(secret));
  for (const { secret } of Object.values(people))
    for (const text of [server.log, journal, redis]) assert.ok(!text.includes(secret));
});

test('every operation for staff was tried', () => assert.deepEqual(untried('staff'), []));

test('an address runs out of tries, and without Redis nobody is let in', async () => {
  await server.stop();
  writeFileSync(server.config, readFileSync(server.config, 'utf8').replace('lift = yes', 'signins_per_minute = 3'));
  await server.start();
  const stranger = new Member(server, {});
  const guess = (person) => stranger.ask('POST', 'staff/session', { person, password: 'қате құпиясөз', totp: '123456' });
  // One front may be ready a moment after the other; what it could not charge it has not let in.
  const settled = async (person) => {
    let answer;
    await until(async () => (answer = await guess(person)).status !== 503, 10, 'all fronts');
    return answer;
  };
  for (let i = 0; i < 3; i++) refused(await settled(`n-${i}`), 401, 'sign_in_refused');
  const over = refused(await settled('demo-1'), 429, 'rate_limited');
  assert.match(over.headers.get('retry-after'), /^\d+$/);
  refused(await stranger.ask('POST', 'staff/accept', { token: 'f'.repeat(64) }), 429, 'rate_limited');
  server.kill('redis/redis');
  refused(await guess('demo-1'), 503, 'busy');
});
