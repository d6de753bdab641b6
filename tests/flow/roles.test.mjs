// Every role × every route × every phase that a demo can be in, over HTTP, against the table of may().
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { Server } from './server.mjs';
import { demoStaff, Member } from './staff.mjs';
import { toolPath } from './tool.mjs';
import { canonical, Voter } from './voter.mjs';

const table = JSON.parse(execFileSync(toolPath('may')));
const codes = ['signed_out', 'not_allowed', 'not_in_phase'];
const hex = 'f'.repeat(64), c = `${'A'.repeat(43)}=`;
const act = (entry) => ({ entry: canonical({ seen: 1, sigs: [{ k: '0'.repeat(16), s: `${'A'.repeat(86)}==` }], v: 1, ...entry }) });

// What gets past the front's strict reading, so that the registrar decides.
const bodies = {
  'staff.sign_in': { person: 'nobody', password: 'x', totp: '1' },
  'staff.password': { password: 'x', new_password: 'y', totp: '1' },
  'staff.invite': { person: 'some.body', role: 'auditor' },
  'staff.accept': { token: hex },
  'staff.confirm': { token: hex, password: 'x', totp: '1' },
  'staff.recover': { person: 'nobody', password: 'x', recovery: 'x' },
  'staff.key_ask': { entry: '{}' },
  'acts.create': { entry: '{}' },
  'acts.sign': { k: '0'.repeat(16), s: `${'A'.repeat(86)}==` },
  'entry.erase': act({ basis: 'consent', ref: 1, t: 'erase' }),
  'entry.key': act({ id: '0'.repeat(16), key: 'AAAA', person: 'x', pop: 'AAAA', role: 'auditor', t: 'key', use: 'staff' }),
  'entry.moderate': act({ c, d: 'admit', ref: 1, t: 'moderate' }),
  'entry.notice': act({ t: 'notice', text: 'x' }),
  'entry.phase': act({ act: 'open', phase: 'council', t: 'phase', why: 'x' }),
  'entry.register': act({ n: 1, set: '0'.repeat(64), t: 'register' }),
  'entry.revoke': act({ id: '0'.repeat(16), t: 'revoke', why: 'x' }),
  'entry.void': act({ c, ref: 1, t: 'void' }),
  'moderation.answer': { text: 'жауап' },
  'nomination.create': { cat: 'youth', ngo: 'x', text: 'т'.repeat(60), links: [], as: 'citizen', relation: 'none', consents: { processing: 1, publication: 0 } },
  'me.complete': { text: 'т'.repeat(60), links: [] },
  'me.withdraw': {},
  'me.appeal': { text: 'т'.repeat(60) },
  'me.erasure': {},
  'me.dispute': { cat: 'youth', text: 'т'.repeat(60) },
  'session.create': { code: 'x' },
  'pass.create': { passes: [{ cat: 'youth', blinded: 'x' }] },
};

const servers = [];
let server;
after(() => Promise.all(servers.map((s) => s.destroy())));

/** A member of that role, signed in: the demo's, or one who is invited. */
async function member(role) {
  const people = Object.values(demoStaff(server));
  const known = people.find((p) => p.role === role);
  const one = new Member(server, known ?? { person: `a-${role}`, role, password: 'қар жауып тұр бүгін' });
  if (!known) {
    one.token = server.run('staff', 'invite', server.campaign, '--person', one.person, '--role', role).out.trim().split('#')[1];
    assert.equal((await one.accept()).status, 201, role);
  }
  assert.equal((await one.signIn()).status, 201, role);
  return one;
}

async function everyRole() {
  const voter = new Voter(server);
  await voter.signIn(server.codes[0]);
  const citizen = new Member(server, {});
  const call = citizen.call.bind(citizen);
  citizen.call = (method, target, body) => call(method, target, body, { authorization: `Bearer ${voter.token}` });
  const who = { anonymous: new Member(server, {}), citizen };
  for (const role of table.roles) who[role] ??= await member(role);
  return who;
}

const routeOf = (row) => row.route.replace('{n}', '999999').replace('{ref}', '999999').replace('{index}', '999999').replace('{ngo}', '999999');

/** Is the route there? Who asks without anything gets 401, or an answer that is public. */
async function exists(row) {
  const { status } = await new Member(server, {}).call(row.method, routeOf(row), row.method === 'GET' ? undefined : bodies[row.name] ?? '');
  return status !== 405 && (status !== 404 || /^(nominees|register)/.test(row.route));
}

for (const phase of ['nomination', 'screening', 'evaluation']) {
  test(`who may do what during ${phase}`, async () => {
    server = await Server.make({ create: ['--phase', phase] });
    servers.push(server);
    const who = await everyRole();
    const number = table.phases.indexOf(phase);
    const wrong = [], left = [];
    const rows = table.acts.filter((row) => row.name !== 'staff.sign_out').concat(table.acts.filter((row) => row.name === 'staff.sign_out'));
    for (const row of rows) {
      if (!await exists(row)) {
        left.push(row.name);
        continue;
      }
      for (const [at, role] of table.roles.entries()) {
        const expected = row.may[at][number];
        const answer = await who[role].call(row.method, routeOf(row), row.method === 'GET' ? undefined : bodies[row.name] ?? (row.method === 'POST' ? {} : undefined));
        const code = codes.includes(answer.json?.code) ? answer.json.code : null;
        const status = { signed_out: 401, not_allowed: 403, not_in_phase: 403 }[expected];
        if (code !== expected || (expected && answer.status !== status) || answer.status >= 500 || (answer.json?.code === 'malformed' && row.name !== 'pass.create'))
          wrong.push(`${role} ${row.name}: ${expected ?? 'may'}, got ${answer.status} ${answer.json?.code ?? ''}`);
      }
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(left, [], 'acts of the table without a route');
    await server.stop();
  });
}
