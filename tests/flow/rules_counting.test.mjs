// What counting needs of a rules file (PROTOCOL.md §3): rules_parse_counting() in C and scripts/recount.py must judge
// every file alike, or two verifiers would disagree on a campaign under rules that neither wrote. The files are changed
// as bytes, not as JSON values: the form itself (escapes, numbers, spacing, UTF-8, depth, twins) is what readers differ in.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { linesThrough, throughTool } from './tool.mjs';

const python = '/usr/bin/python3';
const judge = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../python/compare_rules.py');

const good = {
  phases: [{ id: 'nomination' }, { id: 'screening', opens: 'x' }, { id: 'evaluation' }, { id: 'publication' }],
  categories: [
    { id: 'edu', ballot: { method: 'choose' } },
    { id: 'eco', ballot: { method: 'approve', at_most: 3 } },
    { id: 'art', ballot: { method: 'points', sum: 10 } },
    { id: 'sport', ballot: { method: 'rank', at_most: 2, weights: [2, 0] } },
    { id: 'aid_1', ballot: { method: 'score', at_most: 2, least: 1, most: 5, criteria: [{ id: 'effect', weight: 3 }, { id: 'b', weight: 1, x: 'ұ' }] } },
  ],
  max_rev: 20,
  tie_breaks: ['voters', 'lot'],
  extra: { text: 'ұ "\\" 😀', list: [null, true, false, -7, [], {}] },
};
const text = JSON.stringify(good);

// Seeded, so that a failure can be repeated: SEED=n.
let state = Number(process.env.SEED ?? 20261125) >>> 0;
function below(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
}
const pick = (list) => list[below(list.length)];

const NUMBERS = ['0', '1', '-0', '-1', '2', '3', '5', '16', '17', '5000', '5001', '9007199254740991', '9007199254740992', '-9007199254740991',
  '-9007199254740992', '9223372036854775807', '9223372036854775808', '18446744073709551616', '1'.repeat(400), '1.0', '1.5', '1e0', '1E2',
  '1e-1', '1e400', '0.0', '-0.0', '01', '00', '-01', '+1', '.5', '1.', '1e', '-', '0x10', '1_0', 'NaN', 'Infinity', '-Infinity', 'null', 'true',
  'True', 'nul', '"1"', '[1]', '{}', '', ' 1 ', '1 1', '１', '٣', '²'];
const STRINGS = ['""', '"Edu"', '"e d"', '"edu"', '"eco"', '"\\u0065du"', '"\\u0065co"', '"a\\u0000"', '"\\ud800"', '"\\udc00"', '"\\udc00\\ud800"',
  '"\\ud83d\\ude00"', '"\\uD83D\\uDE00"', '"\\ud83d\\u0041"', '"\\u00"', '"\\u00g0"', '"\\x41"', '"\\/"', '"\\b\\f\\n\\r\\t"', '"a\tb"', '"a\nb"',
  '"a\x00b"', '"\x7f"', '"\x1f"', '"\u2028"', '"\ufeff"', '"\uffff"', '"e\u0301"', '"\\u202e"', `"${'e'.repeat(16)}"`, `"${'e'.repeat(17)}"`,
  `"${'e'.repeat(64)}"`, `"${'e'.repeat(65)}"`, '"evaluation"', '"council"', '"appeal"', '"party"', '"voters"', '"lot"', '"rank"', '"veto"', "'edu'",
  'edu', '"edu', '1', 'null', '[]', '["edu"]'];
const BETWEEN = [' ', '\t', '\r\n', '\n\n', '\f', '\v', '\u00a0', '\ufeff', '\u2028', '\x00', '/**/', '//\n', '#', ',', ':', '"', '\\', '{', '}', '[', ']',
  '[]', '{}', '1', 'null', 'x', ',,', '}{', '"x":1,', '"id":"edu",', '"\\u0069d":"edu",', '"ballot":{},', '"max_rev":1,', '"":1,', '"":1,"":2,'];
const RAW = ['ff', 'c080', 'c3', 'eda080', 'f0808080', 'f4908080', 'efbbbf', 'e2808e', '00', 'fffe', 'feff'].map((hex) => Buffer.from(hex, 'hex'));

const numberPlaces = [...text.matchAll(/(?<=[:[,])-?\d+/g)].map(({ index, 0: { length } }) => [index, length]);
const stringPlaces = [...text.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(({ index, 0: { length } }) => [index, length]);
const put = (place, length, value) => text.slice(0, place) + value + text.slice(place + length);

/** Every value of the lists at every place of its kind, and once between all tokens. */
function* systematic() {
  for (const [place, length] of numberPlaces) for (const value of NUMBERS) yield put(place, length, value);
  for (const [place, length] of stringPlaces) for (const value of STRINGS) yield put(place, length, value);
  const tokens = [...text.matchAll(/[{}[\],:]/g)].map(({ index }) => index);
  for (const value of BETWEEN) for (const place of [0, text.length, ...tokens.filter((_, i) => i % 3 === 0)]) yield put(place, 0, value);
  for (const bytes of RAW) for (const place of [0, 1, text.length - 1, text.length, text.indexOf('ұ'), text.indexOf('edu')])
    yield Buffer.concat([Buffer.from(text.slice(0, place)), bytes, Buffer.from(text.slice(place))]);
  const open = text.slice(0, -1);
  const size = 1 << 20, used = Buffer.byteLength(text);
  for (const [before, after] of [['', ''], [' ', '\n'], ['', 'x'], ['', '{}'], ['', '\x00']]) yield before + text + after;
  for (const length of [size - 1, size, size + 1]) yield text + ' '.repeat(length - used);
  for (const depth of [14, 15, 16, 17, 2000, 3000])
    for (const [l, r] of [['[', ']'], ['{"a":', '}']])
      yield `${open},"deep":${l.repeat(depth - 1)}${l === '[' ? '' : '1'}${r.repeat(depth - 1)}}`;
  for (const twin of ['"max_rev":20', '"extra":1', '"extr\\u0061":1', '"deep":{"a":1,"\\u0061":2}', '"deep":{"a":1,"A":2}', '"deep":{"":1,"":1}',
    '"deep":{"\\ud83d\\ude00":1,"😀":1}', '"deep":{"é":1,"e\u0301":2}'])
    yield `${open},${twin}}`;
  for (const other of ['', ' ', '[]', '{}', 'null', '1', '"x"', `[${text}]`, text + text, '{', '['.repeat(100000), '\ufeff']) yield other;
  for (const encoding of ['utf16le', 'latin1']) yield Buffer.from(text, encoding);
}

/** One to three changes: a flipped bit, a lost or repeated piece, something put between. */
function atRandom() {
  let bytes = Buffer.from(text);
  for (let n = 1 + below(3); n > 0; n--) {
    const at = below(bytes.length), length = below(12);
    const [head, piece, tail] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)];
    const kind = below(5);
    if (kind === 0) bytes = Buffer.concat([head, Buffer.from([bytes[at] ^ (1 << below(8))]), bytes.subarray(at + 1)]);
    else if (kind === 1) bytes = Buffer.concat([head, tail]);
    else if (kind === 2) bytes = Buffer.concat([head, piece, piece, tail]);
    else if (kind === 3) bytes = Buffer.concat([head, Buffer.from(pick([...BETWEEN, ...NUMBERS, ...STRINGS])), bytes.subarray(at)]);
    else bytes = Buffer.concat([head, pick(RAW), bytes.subarray(at)]);
  }
  return bytes;
}

function compare(files) {
  const lines = files.map((file) => Buffer.from(file).toString('hex'));
  const inC = throughTool('rules', ['--counting', '--hex'], lines);
  const inPython = linesThrough(python, [judge], lines);
  assert.equal(inC.length, files.length);
  assert.equal(inPython.length, files.length);
  const differ = files.filter((_, i) => inC[i] !== inPython[i])
    .map((file) => `C says ${inC[files.indexOf(file)]}, recount.py another, of ${JSON.stringify(file.toString().slice(0, 3000))}`);
  assert.equal(differ.length, 0, `${differ.length} differ: ${differ.slice(0, 3).join('\n')}`);
  return inC.filter((verdict) => verdict === 'ok').length;
}

test('C and recount.py judge rules files alike: each place', () => {
  const files = [...systematic()];
  const ok = compare(files);
  assert.ok(files.length > 2000 && ok > 200 && files.length - ok > 1000, `${ok} good of ${files.length}`);
});

test('C and recount.py judge rules files alike: at random', () => {
  const files = Array.from({ length: 3000 }, atRandom);
  const ok = compare(files);
  assert.ok(ok > 20, `only ${ok} good`);
});
