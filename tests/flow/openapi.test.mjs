// openapi.json describes every route of the API that the server has, and none that it has not.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from './server.mjs';

/** The rows of `struct http_route` in a C file: "get /api/v1/campaigns". */
function routesOf(code) {
  const macros = Object.fromEntries([...code.matchAll(/^#define (\w+) ("[^"]*")$/gm)].map(([, name, text]) => [name, text]));
  return [...code.matchAll(/\{HTTP_([A-Z]+),\s*(?:([A-Z]+)\s+)?"([^"]*)"/g)]
    .map(([, method, macro, rest]) => `${method.toLowerCase()} ${macro ? macros[macro].slice(1, -1) : ''}${rest.replace('...', '')}`);
}

test('the description has the routes of the server', () => {
  const folder = path.join(root, 'server');
  const routes = readdirSync(folder, { withFileTypes: true }).filter((item) => item.isDirectory())
    .flatMap(({ name }) => readdirSync(path.join(folder, name)).filter((file) => file.endsWith('.c')).map((file) => path.join(folder, name, file)))
    .flatMap((file) => routesOf(readFileSync(file, 'utf8')))
    .filter((route) => / \/(api\/|livez|readyz|\{campaign\}\/ledger)/.test(route));
  const { paths } = JSON.parse(readFileSync(path.join(root, 'web/static/openapi.json'), 'utf8'));
  const described = Object.entries(paths).flatMap(([pattern, item]) => Object.keys(item).map((method) => `${method} ${pattern}`));
  assert.ok(routes.length > 40, 'the tables were found');
  assert.deepEqual(described.sort(), routes.sort());
});
