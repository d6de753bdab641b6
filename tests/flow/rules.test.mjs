// The rules' two descriptions, the JSON Schema and the reader in C, must say the same of every file.
// The demo's rules are changed in thousands of ways, each place by itself and at random; problems of kind `cross` (members that
// do not go together), which a schema can't express, are left out of the comparison.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import Ajv from 'ajv/dist/2020.js';
import { throughTool } from './tool.mjs';

const read = (file) => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url)));
const demo = read('data/demo/rules.json');
// One category of each method, so that every place counts.
const small = {
  ...demo,
  categories: [0, 2, 3, 10, 13].map((i) => demo.categories[i]),
  regions: [0, 17].map((i) => demo.regions[i]),
  voters: { ...demo.voters, categories: 5 },
};
const validate = new Ajv({ allErrors: true, strict: true }).compile(read('server/campaign/rules.schema.json'));

// Seeded, so that a failure can be repeated: SEED=n.
let state = Number(process.env.SEED ?? 20261124) >>> 0;
function below(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
}
const pick = (list) => list[below(list.length)];

// Every place in the document as [container, key].
function places(value, found = []) {
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  for (const key of keys) {
    found.push([value, key]);
    if (value[key] !== null && typeof value[key] === 'object') places(value[key], found);
  }
  return found;
}

const OTHER_TYPES = [null, true, false, 0, 1, -1, 1.5, '', 'x', [], {}, ['x'], { x: 1 }];
const NUMBERS = [-1, 0, 1, 2, 3, 13, 14, 50, 51, 64, 65, 100, 101, 1000, 1001, 1999, 2000, 2199, 2200, 5000, 5001,
  1e6, 1e6 + 1, 1e8, 1e8 + 1, 2 ** 53 - 1];
const WORDS = ['close', 'live', 'council', 'publication', 'voters', 'lot', 'low', 'high', 'open', 'secret', 'score',
  'choose', 'KZ-10', 'ACTIVE', 'evaluation', 'appeal', 'all', 'out', 'never', '1/2', '3/2', '0/1', '1/1000', '01/2',
  '2026-03-31', '2026-02-30', '1990-01-01', '1989-12-31', '2026-13-01', '2026-00-10', '2026-01-32',
  '2026-10-01T18:00:00+05:00', '2026-10-01T18:00:00Z', '2026-10-01T18:00:60Z', '2026-10-01T24:00:00Z',
  '2026-10-01T18:00:00+24:00', '2026-10-01T18:00:00-00:00', '2026-10-01t18:00:00Z', '2026-10-01T18:00:00.5Z',
  '1999-10-01T18:00:00Z', '2199-10-01T18:00:00Z', '2200-10-01T18:00:00Z', '2026-10-01T18:00:00',
  'a\u0001b', 'a\u007f', 'a\u202eb', 'a\u2066', 'a\u061c', 'a\u200f', 'a\u0000', '\n', 'e\u0301', '—', '😀',
  'x'.repeat(16), 'x'.repeat(17), 'x'.repeat(32), 'x'.repeat(33), '😀'.repeat(200), '😀'.repeat(201),
  'ұ'.repeat(2000), 'ұ'.repeat(2001), 'A', 'a b', 'a-b', 'a_b', 'a.b', ' ', '\u00a0'];

// A change of one place; the name is for the failure's message.
const CHANGES = {
  remove(box, key) { if (Array.isArray(box)) box.splice(key, 1); else delete box[key]; },
  other_type(box, key) { box[key] = pick(OTHER_TYPES); },
  number(box, key) { box[key] = pick(NUMBERS); },
  word(box, key) { box[key] = pick(WORDS); },
  near(box, key) {
    const value = box[key];
    if (typeof value === 'number') box[key] = value + pick([-1, 1]);
    else if (typeof value === 'string') box[key] = pick([value.toUpperCase(), `${value} `, ` ${value}`, value.slice(1), value + value]);
    else if (typeof value === 'boolean') box[key] = !value;
    else box[key] = [value];
  },
  unknown(box, key) {
    const value = box[key];
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) value[pick(['x', '', 'ұ', 'a/b', '~', 'Id', 'method', 'sum', 'at_most', 'least'])] = 1;
  },
  twice(box, key) { if (Array.isArray(box)) box.splice(key, 0, structuredClone(box[key])); },
  swap(box, key) { if (Array.isArray(box)) box.reverse(); else box[key] = structuredClone(pick(places(small)).reduce((b, k) => b[k])); },
  many(box, key) { if (Array.isArray(box)) while (box.length < 66) box.push(structuredClone(box[key])); },
  empty(box, key) { if (Array.isArray(box)) box.length = 0; else if (typeof box[key] === 'string') box[key] = ''; },
};

function mutant() {
  const rules = structuredClone(small);
  const names = [];
  for (let n = 1 + (below(4) === 0 ? below(3) : 0); n > 0; n--) {
    const [box, key] = pick(places(rules));
    const name = pick(Object.keys(CHANGES));
    CHANGES[name](box, key);
    names.push(`${name} ${key}`);
  }
  return { rules, names };
}

// Every value of the lists at every place whose value has that type.
function* systematic() {
  const count = places(small).length;
  for (let i = 0; i < count; i++) {
    const values = typeof places(small)[i].reduce((b, k) => b[k]) === 'number' ? NUMBERS : WORDS;
    for (const value of [undefined, ...OTHER_TYPES, ...values]) {
      const rules = structuredClone(small);
      const [box, key] = places(rules)[i];
      if (typeof value === 'string' && typeof box[key] !== 'string') continue;
      box[key] = value;
      if (value === undefined) CHANGES.remove(box, key);
      yield { rules, names: [`${key} = ${JSON.stringify(value)}`] };
    }
  }
}

// Compares and gives back how many problems there were of each kind, and good files.
function compare(mutants) {
  const lines = mutants.map(({ rules }) => JSON.stringify(rules));
  const answers = throughTool('rules', [], lines);
  const counting = throughTool('rules', ['--counting'], lines);
  assert.equal(answers.length, mutants.length);

  const seen = { good: 0 };
  mutants.forEach(({ rules, names }, i) => {
    const problems = JSON.parse(answers[i]);
    for (const { kind } of problems) seen[kind] = (seen[kind] ?? 0) + 1;
    const inC = problems.every(({ kind }) => kind === 'cross');
    if (inC !== validate(rules))
      assert.fail(`${names}: C says ${answers[i]}, the schema ${JSON.stringify(validate.errors)}`);
    if (problems.length === 0) {
      seen.good++;
      assert.equal(counting[i], 'ok', `${names}: strict accepts what counting refuses`);
    }
  });
  return seen;
}

test('the schema and the reader in C judge alike: each place', () => {
  compare([...systematic()]);
});

test('the schema and the reader in C judge alike: at random', () => {
  const seen = compare(Array.from({ length: 3000 }, mutant));
  for (const kind of ['good', 'json', 'missing', 'unknown', 'type', 'range', 'form', 'twice', 'cross'])
    assert.ok(seen[kind] > 5, `only ${seen[kind] ?? 0} of ${kind}`);
});

test('the demo is good', () => {
  assert.ok(validate(demo), JSON.stringify(validate.errors));
  assert.deepEqual(throughTool('rules', [], [JSON.stringify(demo)]), ['[]']);
});

test('every problem is told with its place', () => {
  const [line] = throughTool('rules', [], ['{"campaign":{"id":"X","demo":1},"phases":[{}],"extra":0}']);
  const told = JSON.parse(line).map(({ kind, path }) => `${kind} ${path}`);
  for (const one of ['form /campaign/id', 'type /campaign/demo', 'missing /campaign/name', 'missing /phases/0/opens',
    'unknown /extra', 'missing /categories'])
    assert.ok(told.includes(one), `${one} is not among ${told}`);
});
