// The pages as they are served are HTML by the standard.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { HtmlValidate } from 'html-validate';
import { Server } from '../flow/server.mjs';
import { LANGS } from './browser.mjs';

const validator = new HtmlValidate({
  extends: ['html-validate:standard'],
  rules: {
    'void-style': 'off', // <meta/> is as good as <meta>
    'doctype-style': 'off',
    'no-redundant-role': 'off', // tables that CSS lays out as blocks lose their roles in some browsers
  },
});
/** By the phase that the demo is in. */
const PAGES = {
  evaluation: ['/', '/help', '/demo/', '/demo/categories/youth', '/demo/evaluate', '/demo/verify', '/demo/register', '/demo/register/n00001',
    '/demo/nominees', '/demo/results', '/demo/audit', '/demo/me', '/demo/moderation', '/demo/staff', '/problems/rev_stale'],
  nomination: ['/', '/demo/', '/demo/evaluate', '/demo/nominate', '/demo/nominees', '/demo/register/n00001'],
};
const servers = {};

before(async () => {
  for (const phase of Object.keys(PAGES)) servers[phase] = await Server.make({ create: ['--phase', phase] });
});
after(async () => {
  for (const server of Object.values(servers)) await server.destroy();
});

for (const [phase, lang] of Object.keys(PAGES).flatMap((phase) => LANGS.map((lang) => [phase, lang])))
  test(`pages in ${lang} during ${phase} are valid HTML`, async () => {
    const server = servers[phase];
    for (const page of PAGES[phase]) {
      const { status, text } = await server.get(`/${lang}${page}`);
      assert.equal(status, 200, page);
      const { results } = await validator.validateString(text);
      assert.deepEqual(results.flatMap(({ messages }) => messages.map((m) => `${page}: ${m.ruleId}: ${m.message}`)), []);
    }
  });
