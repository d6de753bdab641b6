// Answers judged by the API's own description.
import Ajv from 'ajv/dist/2020.js';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './server.mjs';

const api = JSON.parse(readFileSync(path.join(root, 'web/static/openapi.json'), 'utf8'));
const ajv = new Ajv({ strict: false });
ajv.addSchema(api, 'api');
const answered = new Set();

/** The answer must be one that openapi.json describes for this operation. */
export function described(method, pattern, answer) {
  const operation = api.paths[pattern][method];
  const response = operation.responses[answer.status] ?? api.components.responses.problem;
  const type = answer.type.split(';')[0];
  const media = response.content[type];
  assert.ok(media, `${method} ${pattern}: ${answer.status} ${type} is not described`);
  answered.add(`${method} ${pattern}`);
  if (answer.json !== undefined && media.schema) {
    const place = operation.responses[answer.status]
      ? `api#/paths/${pattern.replaceAll('~', '~0').replaceAll('/', '~1')}/${method}/responses/${answer.status}/content/${type.replace('/', '~1')}/schema`
      : 'api#/components/schemas/problem';
    const validate = ajv.getSchema(encodeURI(place)) ?? ajv.compile({ $ref: encodeURI(place) });
    assert.ok(validate(answer.json), `${method} ${pattern}: ${JSON.stringify(validate.errors)}`);
  }
  return answer;
}

/** The described operations of a tag (undefined: those without) that described() has not seen. */
export function untried(tag) {
  return Object.entries(api.paths)
    .flatMap(([pattern, item]) => Object.entries(item).map(([method, operation]) => ({ name: `${method} ${pattern}`, tag: operation.tags?.[0] })))
    .filter((operation) => operation.tag === tag && !answered.has(operation.name))
    .map((operation) => operation.name);
}

/** A problem of this status and code. */
export function refused(answer, status, code) {
  assert.equal(answer.json?.code, code, `${answer.status} ${answer.text}`);
  assert.equal(answer.status, status);
  assert.equal(answer.json.type, `/problems/${code}`);
  assert.match(answer.json.request_id, /^[0-9a-f]{32}$/);
  return answer;
}
