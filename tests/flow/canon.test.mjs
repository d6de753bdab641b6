// Canonical JSON read by four: our one-pass check in C, Node, Python and jq must agree, or two honest
// verifiers of one ledger would not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesThrough, throughTool } from './tool.mjs';

// Seeded, so that a failure can be repeated: SEED=n.
let state = Number(process.env.SEED ?? 20261124) >>> 0;
function below(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
}
const pick = (list) => list[below(list.length)];

const PIECES = ['a', 'Z', ' ', '0', '/', '<', '&', '"', '\\', 'Дауыс', 'қазақша', 'ё', 'й', 'é', 'ế', '각', '漢',
  '😀', '\u2028', '\u200d', 'x\u0323\u0302', '—', '№', '\u0080', '\ufffd'];
// Each makes a text non-canonical somewhere it may land.
const HOSTILE = ['\u0001', '\u001f', '\u007f', '\u061c', '\u200e', '\u202e', '\u2066', 'e\u0301', 'и\u0306', '\u212b',
  '\u0344', '\u1100\u1161', 'x\u0302\u0323', '\u0958'];

const text = (pieces) => Array.from({ length: below(6) }, () => pick(pieces)).join('');
const key = () => Array.from({ length: 1 + below(6) }, () => pick('abcxyz019_')).join('');
const integer = () => pick([0, 1, 9, 10, 1764000000, 2 ** 31, 2 ** 53 - 1, below(2 ** 32)]);

function value(depth) {
  const kind = depth > 6 ? below(2) : below(4);
  if (kind === 0) return text(PIECES);
  if (kind === 1) return integer();
  if (kind === 2) return Array.from({ length: below(4) }, () => value(depth + 1));
  return object(depth);
}
function object(depth) {
  return Object.fromEntries(Array.from({ length: below(5) }, () => [key(), value(depth + 1)]));
}

// Integer-like keys come first in a JavaScript object whatever was asked, so the text is put together here.
function print(json) {
  if (Array.isArray(json)) return `[${json.map(print).join(',')}]`;
  if (json === null || typeof json !== 'object') return JSON.stringify(json);
  const keys = Object.keys(json).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${keys.map((name) => `${JSON.stringify(name)}:${print(json[name])}`).join(',')}}`;
}

function damage(line) {
  const chars = [...line];
  const at = below(chars.length);
  const act = below(4);
  if (act === 0) chars.splice(at, 1);
  else if (act === 1) chars.splice(at, 0, pick([...HOSTILE, ' ', ',', '"', '0', '-', '.0', 'null', '\\u0041', '\\/', '{}']));
  else if (act === 2) chars[at] = pick(['A', '"', '1', ',', ']', '}', '\t', 'true', '1e3']);
  else return line.replace(/("[a-z0-9_]+":[0-9]+),("[a-z0-9_]+":[0-9]+)/, '$2,$1');
  return chars.join('');
}

// PROTOCOL.md §2 once more, over JSON.parse.
function allowed(json) {
  if (typeof json === 'string') {
    return json.normalize('NFC') === json && json.isWellFormed?.() !== false
      && !/[\u0000-\u001f\u007f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(json);
  }
  if (typeof json === 'number') return Number.isSafeInteger(json) && json >= 0 && !Object.is(json, -0);
  if (Array.isArray(json)) return json.every(allowed);
  if (json === null || typeof json !== 'object') return false;
  return Object.entries(json).every(([name, child]) => /^[a-z0-9_]{1,64}$/.test(name) && allowed(child));
}
function canonical(line) {
  let json;
  try { json = JSON.parse(line); } catch { return false; }
  return line.startsWith('{') && allowed(json) && print(json) === line;
}

const PYTHON = `
import json, sys
for line in sys.stdin.buffer:
    text = line[:-1].decode()
    try:
        print(json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":")) == text)
    except ValueError:
        print(False)
`;

test('2,000 random documents: C, Node, Python and jq print the same bytes', () => {
  const lines = Array.from({ length: 2000 }, () => print(object(1)));
  assert.ok(lines.every(canonical));
  assert.deepEqual(throughTool('canon', [], lines), lines.map(() => 'ok'));
  assert.deepEqual(linesThrough('jq', ['-cS', '.'], lines), lines);
  assert.deepEqual(linesThrough('python3', ['-c', PYTHON], lines), lines.map(() => 'True'));
});

test('2,000 damaged documents: C accepts what Node finds canonical, and nothing else', () => {
  const lines = Array.from({ length: 2000 }, () => damage(print({ ...object(1), ...object(1) })));
  const said = throughTool('canon', [], lines);
  lines.forEach((line, i) => assert.equal(said[i], canonical(line) ? 'ok' : 'refused', line));

  const accepted = lines.filter((_, i) => said[i] === 'ok');
  assert.ok(accepted.length > 100 && accepted.length < 1900, `${accepted.length} accepted`);
  assert.deepEqual(linesThrough('jq', ['-cS', '.'], accepted), accepted);
  assert.deepEqual(linesThrough('python3', ['-c', PYTHON], accepted), accepted.map(() => 'True'));
});
