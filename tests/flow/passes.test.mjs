// How many directions one person may have passes for, where the rules limit it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { root, Server } from './server.mjs';
import { Voter } from './voter.mjs';

test('more directions than the rules allow are refused, and those within stay', async () => {
  const rules = JSON.parse(readFileSync(path.join(root, 'data/demo/rules.json'), 'utf8'));
  rules.voters = { ...rules.voters, categories: 2 };
  const file = path.join(tmpdir(), `dauys-rules-${process.pid}.json`);
  writeFileSync(file, JSON.stringify(rules));
  const server = await Server.make({ create: ['--rules', file] });
  try {
    const voter = new Voter(server);
    await voter.enroll(server.codes[0], 'health', 'youth');
    assert.ok(voter.passes.youth.tok);
    await voter.blind('culture');
    const refused = await voter.askPasses('culture');
    assert.equal(refused.status, 409);
    assert.equal(refused.json.code, 'categories_exceeded');
    assert.equal((await voter.askPasses('health')).status, 200, 'asking again for the same is no further one');
    // A refused request uses nothing up.
    const other = new Voter(server);
    await other.signIn(server.codes[1]);
    await other.blind('health', 'youth', 'culture');
    assert.equal((await other.askPasses('health', 'youth', 'culture')).status, 409);
    assert.equal((await other.askPasses('youth', 'culture')).status, 200);
  } finally {
    await server.destroy();
  }
});
