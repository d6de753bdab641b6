// Counting a category, PROTOCOL.md §5 and §7, done a second time: fractions are BigInts, ballots are
// judged by what JSON.parse gives. Random elections, good and spoiled ballots mixed; the tally files
// must be the same bytes.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { throughTool } from './tool.mjs';

// Seeded, so that a failure can be repeated: SEED=n.
let state = Number(process.env.SEED ?? 20261124) >>> 0;
function below(bound) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * bound);
}
const pick = (list) => list[below(list.length)];
const shuffled = (list) => list.map((item) => [below(1 << 30), item]).sort((a, b) => a[0] - b[0]).map(([, item]) => item);

// Bytewise order; everything here is ASCII.
const bytewise = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Canonical text (§2). Not through an object: integer-like keys would come first. */
function canonical(value) {
  if (value instanceof Map)
    return `{${[...value].sort(([a], [b]) => bytewise(a, b)).map(([k, v]) => `"${k}":${canonical(v)}`).join(',')}}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') return canonical(new Map(Object.entries(value)));
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
const isNumber = (value) => Number.isSafeInteger(value) && value >= 0;

/** The marks [nominee, criterion, value] of a plaintext, or null when it is spoiled. */
function marksOf(election, plaintext) {
  const { ballot } = election.rules.categories[0];
  const known = new Set(election.nominees.map(String));
  const text = plaintext.replace(/ +$/, '');
  let choice;
  try { choice = JSON.parse(text); } catch { return null; }
  if (!isObject(choice) || canonical(choice) !== text || choice.m !== ballot.method) return null;
  const members = { choose: 'c', approve: 'a', points: 'p', rank: 'o', score: 's' };
  const what = choice[members[ballot.method]];
  if (Object.keys(choice).length !== 2 || what === undefined) return null;

  if (ballot.method === 'choose') return known.has(what) ? [[what, 'votes', 1]] : null;
  if (ballot.method === 'approve' || ballot.method === 'rank') {
    if (!Array.isArray(what) || what.length < 1 || what.length > ballot.at_most) return null;
    if (!what.every((id) => typeof id === 'string' && known.has(id))) return null;
    if (new Set(what).size !== what.length) return null;
    if (ballot.method === 'rank') return what.map((id, i) => [id, 'rank', i + 1]);
    return what.join() === [...what].sort(bytewise).join() ? what.map((id) => [id, 'votes', 1]) : null;
  }
  if (!isObject(what)) return null;
  const entries = Object.entries(what);
  if (entries.length < 1 || !entries.every(([id]) => known.has(id))) return null;
  if (ballot.method === 'points') {
    if (!entries.every(([, n]) => isNumber(n) && n >= 1)) return null;
    return entries.reduce((sum, [, n]) => sum + n, 0) <= ballot.sum ? entries.map(([id, n]) => [id, 'points', n]) : null;
  }
  const ids = new Set(ballot.criteria.map(({ id }) => id));
  if (entries.length > ballot.at_most) return null;
  const marks = [];
  for (const [nominee, given] of entries) {
    if (!isObject(given) || Object.keys(given).length === 0) return null;
    for (const [criterion, n] of Object.entries(given)) {
      if (!ids.has(criterion) || !isNumber(n) || n < ballot.least || n > ballot.most) return null;
      marks.push([nominee, criterion, n]);
    }
  }
  return marks;
}

const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a; };
function fraction(n, d) {
  const common = gcd(n, d) || 1n;
  return [n / common, d / common];
}
const plus = ([a, b], [c, d]) => fraction(a * d + c * b, b * d);

function scoreOf(ballot, cells) {
  const sum = (list, worth) => list.reduce((total, [value, count]) => total + worth(value) * BigInt(count), 0n);
  const of = (criterion) => [...(cells?.get(criterion) ?? new Map())].map(([value, count]) => [Number(value), count]);
  if (ballot.method === 'rank') return fraction(sum(of('rank'), (v) => BigInt(ballot.weights[v - 1])), 1n);
  if (ballot.method === 'points') return fraction(sum(of('points'), BigInt), 1n);
  if (ballot.method !== 'score') return fraction(sum(of('votes'), BigInt), 1n);
  const weights = ballot.criteria.reduce((total, { weight }) => total + BigInt(weight), 0n);
  return ballot.criteria.reduce((total, { id, weight }) => {
    const number = sum(of(id), () => 1n);
    return number === 0n ? total : plus(total, fraction(BigInt(weight) * sum(of(id), BigInt), number * weights));
  }, [0n, 1n]);
}

function bump(map, keys) {
  for (const key of keys.slice(0, -1)) {
    if (!map.has(key)) map.set(key, new Map());
    map = map.get(key);
  }
  const last = keys[keys.length - 1];
  map.set(last, (map.get(last) ?? 0) + 1);
}

function tallyFile(election) {
  const { rules, origin, cat, nominees, ballots, root, totals } = election;
  const { ballot } = rules.categories[0];
  const counts = new Map(), pairs = new Map(), voters = new Map();
  let counted = 0, spoiled = 0;
  for (const plaintext of ballots) {
    const marks = marksOf(election, plaintext);
    if (marks === null) { spoiled++; continue; }
    counted++;
    for (const [nominee, criterion, value] of marks) bump(counts, [nominee, criterion, String(value)]);
    for (const nominee of new Set(marks.map(([id]) => id))) bump(voters, [nominee]);
    if (ballot.method === 'rank')
      marks.forEach(([a], i) => marks.slice(i + 1).forEach(([b]) => bump(pairs, [a, b])));
  }

  const lot = (id) => createHash('sha256').update(`lot/v1\n${origin}\n${cat}\n${id}\n`).update(Buffer.from(root, 'hex')).digest('hex');
  const rows = nominees.map((id) => ({ id, score: scoreOf(ballot, counts.get(String(id))), voters: voters.get(String(id)) ?? 0, lot: lot(id) }));
  const ahead = (a, b) => {
    const difference = b.score[0] * a.score[1] - a.score[0] * b.score[1];
    if (difference !== 0n) return difference < 0n ? -1 : 1;
    for (const rule of rules.tie_breaks) {
      const order = rule === 'voters' ? b.voters - a.voters : bytewise(a.lot, b.lot);
      if (order !== 0) return order;
    }
    return 0;
  };
  const ranking = rows
    .map((row) => ({ ...row, place: 1 + rows.filter((other) => ahead(other, row) < 0).length }))
    .sort((a, b) => a.place - b.place || a.id - b.id)
    .map(({ id, score: [n, d], voters: people, place }) => ({ nominee: String(id), place, score: d === 1n ? `${n}` : `${n}/${d}`, voters: people }));
  return canonical({
    cast: totals.superseded + totals.void + spoiled + counted, cat, counted, counts, issued: totals.issued, origin,
    ...(ballot.method === 'rank' ? { pairs } : {}), ranking, spoiled, superseded: totals.superseded, upto: totals.upto, v: 1, void: totals.void,
  });
}

function sealedLength({ rules, nominees }) {
  const { method, at_most: atMost, sum, most, criteria } = rules.categories[0].ballot;
  const a = nominees.length, d = Math.max(1, ...nominees.map((id) => String(id).length)), k = Math.min(atMost ?? 1, a);
  const x = {
    choose: () => d, approve: () => k * (d + 3), rank: () => k * (d + 3),
    points: () => Math.min(sum, a) * (d + 4 + String(sum).length),
    score: () => k * (d + 6 + criteria.reduce((total, { id }) => total + id.length + 4 + String(most).length, 0)),
  }[method]();
  return Math.ceil((24 + x) / 64) * 64;
}

function randomBallotRules() {
  const atMost = 1 + below(5);
  return pick([
    () => ({ method: 'choose' }),
    () => ({ method: 'approve', at_most: atMost }),
    () => ({ method: 'points', sum: 1 + below(20) }),
    () => ({ method: 'rank', at_most: atMost, weights: Array.from({ length: atMost }, () => below(7)) }),
    () => {
      const least = below(4);
      return { method: 'score', at_most: atMost, least, most: least + 1 + below(10),
        criteria: Array.from({ length: 1 + below(3) }, (_, i) => ({ id: pick(['z', 'a_b', 'q9']) + i, weight: 1 + below(5) })) };
    },
  ])();
}

function randomChoice(ballot, nominees) {
  const some = shuffled(nominees.map(String)).slice(0, 1 + below(ballot.at_most ?? 4));
  switch (ballot.method) {
    case 'choose': return { c: some[0], m: 'choose' };
    case 'approve': return { a: some.sort(bytewise), m: 'approve' };
    case 'rank': return { m: 'rank', o: some };
    case 'points': return { m: 'points', p: new Map(some.map((id) => [id, 1 + below(Math.ceil(ballot.sum / some.length))])) };
    default: return { m: 'score', s: new Map(some.map((id) => [id, new Map(
      shuffled(ballot.criteria).slice(0, 1 + below(ballot.criteria.length)).map((c) => [c.id, ballot.least + below(ballot.most - ballot.least + 1)]))])) };
  }
}

// What may be wrong in a plaintext: a byte more, less or another; another method's choice; another nominee.
function spoil(text) {
  const at = below(text.length), other = pick([...'0123456789"{}[],: xmcapos-.'].concat(['', '\n', 'é', '\u0000']));
  return pick([
    () => text.slice(0, at) + other + text.slice(at + 1),
    () => text.slice(0, at) + other + text.slice(at),
    () => text + other,
    () => text.slice(0, at),
    () => canonical(randomChoice(randomBallotRules(), [1, 22, 333, 4444])),
    () => ' '.repeat(below(80)),
  ])();
}

function randomElection() {
  const ballot = randomBallotRules();
  let id = below(3);
  const nominees = Array.from({ length: 1 + below(7) }, () => (id += 1 + below(pick([3, 300, 100000]))));
  const ballots = Array.from({ length: below(40) }, () => {
    const text = canonical(randomChoice(ballot, nominees));
    return (below(4) === 0 ? spoil(text) : text) + ' '.repeat(below(3) * below(60));
  });
  return {
    rules: { phases: [{ id: 'evaluation' }], categories: [{ id: 'health', ballot }], max_rev: 5,
      tie_breaks: pick([[], ['voters'], ['lot'], ['voters', 'lot'], ['lot', 'voters']]) },
    origin: 'dauys.example/demo', cat: 'health', nominees, ballots,
    root: createHash('sha256').update(String(below(1e9))).digest('hex'),
    totals: { upto: below(1e6), issued: below(1e6), superseded: below(100), void: below(10) },
  };
}

test('tally files are the same bytes as an independent count gives', () => {
  const elections = Array.from({ length: 2000 }, randomElection);
  const lines = throughTool('tally', [], elections.map((one) => JSON.stringify(one)));
  assert.equal(lines.length, elections.length);
  let spoiled = 0, shared = 0;
  elections.forEach((election, i) => {
    const want = `${sealedLength(election)} ${tallyFile(election)}`;
    assert.equal(lines[i], want, JSON.stringify(election));
    const file = JSON.parse(lines[i].slice(lines[i].indexOf(' ')));
    spoiled += file.spoiled;
    shared += file.ranking.some((row, k) => k > 0 && row.place === file.ranking[k - 1].place);
  });
  assert.ok(spoiled > 1000 && shared > 50, `spoiled ${spoiled}, shared places ${shared}: too tame to tell`);
});
