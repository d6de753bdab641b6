// Voters that go on whatever happens, and a journal of all they sent and were answered.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Voter } from '../flow/voter.mjs';

export const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const PACE_MS = 100; // eight lanes cast some seventy a second: a demo has 900 ballots
const PATIENCE_MS = 5000; // for one answer: longer than any that is not lost

/** What a choice of each method adds to a tally's counts: [nominee, criterion, value]. */
const CHOICES = {
  choose: (n) => [{ c: n[0], m: 'choose' }, [[n[0], 'votes', 1]]],
  approve: (n) => [{ a: n.slice(0, 2).sort(), m: 'approve' }, n.slice(0, 2).map((x) => [x, 'votes', 1])],
  points: (n) => [{ m: 'points', p: { [n[0]]: 7, [n[1]]: 3 } }, [[n[0], 'points', 7], [n[1], 'points', 3]]],
  rank: (n) => [{ m: 'rank', o: n.slice(0, 2) }, [[n[0], 'rank', 1], [n[1], 'rank', 2]]],
  score: (n) => [{ m: 'score', s: { [n[0]]: { effectiveness: 5, experience: 2 } } }, [[n[0], 'effectiveness', 5], [n[0], 'experience', 2]]],
};

export class Load {
  /** voters: how many of the demo's three; each casts in all categories, with `lanes` at a time. */
  static async make(server, { lanes = 8 } = {}) {
    const load = new Load();
    load.server = server;
    load.sent = []; // {bytes, cat, pk, rev, adds, answers: [{status, index, checkpoint}], lost: n}
    load.passes = []; // {cat, index} acknowledged
    load.checkpoints = new Set(); // texts of every one anybody saw
    load.surprises = []; // answers that no fault excuses
    load.acked = 0;
    load.lanes = [];
    const rules = JSON.parse(readFileSync(path.join(server.campaign, 'rules.json'), 'utf8'));
    const nominees = {};
    for (const { id, ballot } of rules.categories) {
      nominees[id] = (await server.get(server.api(`/nominees?cat=${id}&limit=4`))).json.items.map((n) => n.id);
      for (const code of server.codes.slice(0, 2)) load.lanes.push({ code, cat: id, method: ballot.method, rev: 0 });
      load.lanes.push({ code: server.codes[2], cat: id, method: ballot.method, rev: 0, late: true });
    }
    load.nominees = nominees;
    load.most = rules.max_rev ?? 20;
    const voters = new Map();
    for (const lane of load.lanes) {
      if (!voters.has(lane.code)) voters.set(lane.code, new Voter(server));
      lane.voter = voters.get(lane.code);
    }
    for (const code of server.codes.slice(0, 2)) { // the third's passes are asked for while faults happen
      const cats = load.lanes.filter((l) => l.code === code).map((l) => l.cat);
      const { json } = await voters.get(code).enroll(code, ...cats);
      load.passes.push(...json.items.map(({ cat, index }) => ({ cat, index })));
      load.checkpoints.add(json.checkpoint);
    }
    load.width = lanes;
    return load;
  }

  start() {
    this.going = true;
    const queue = this.lanes.filter((lane) => !lane.done);
    this.running = Array.from({ length: this.width }, async () => {
      while (this.going && queue.length) {
        const lane = queue.shift();
        try {
          await this.step(lane);
        } catch (error) { this.surprises.push(`${lane.cat}: ${error.stack}`); lane.done = true; }
        if (!lane.done) queue.push(lane);
      }
    });
    this.watcher = this.watch();
  }

  async stop() {
    this.going = false;
    await Promise.all([...(this.running ?? []), this.watcher]);
    this.running = [];
  }

  /** Somebody who looks at the published checkpoint all the time. */
  async watch() {
    while (this.going) {
      const answer = await this.server.get('/demo/ledger/checkpoint').catch(() => undefined);
      if (answer?.status === 200) this.checkpoints.add(answer.text);
      await wait(40);
    }
  }

  /** Until so many more are acknowledged; the milliseconds it took. */
  async more(count, seconds = 25) {
    const goal = this.acked + count, began = Date.now();
    while (this.acked < goal) {
      if (Date.now() - began > seconds * 1000) throw new Error(`only ${this.acked - goal + count} of ${count} acknowledged in ${seconds} s`);
      if (this.surprises.length) throw new Error(this.surprises.join('; '));
      await wait(5);
    }
    return Date.now() - began;
  }

  async step(lane) {
    if (lane.late && !lane.voter.passes[lane.cat]?.tok) await this.enroll(lane);
    else if (!lane.pending && lane.rev >= this.most) lane.done = true;
    else {
      lane.pending ??= await this.next(lane);
      if (await this.cast(lane.pending)) lane.pending = undefined;
      await wait(PACE_MS);
    }
  }

  async next(lane) {
    const all = this.nominees[lane.cat], from = lane.rev % (all.length - 1);
    const [choice, adds] = CHOICES[lane.method](all.slice(from, from + 2));
    lane.rev += 1;
    const bytes = await lane.voter.ballot(lane.cat, choice, lane.rev);
    const record = { bytes, cat: lane.cat, pk: JSON.parse(bytes).pk, rev: lane.rev, adds, answers: [], lost: 0 };
    this.sent.push(record);
    return record;
  }

  /** Sends once. True: acknowledged. False: no answer, or one that says to come again. */
  async cast(record) {
    let answer;
    try {
      const got = await fetch(this.server.url + this.server.api('/ballots'),
        { method: 'POST', body: record.bytes, headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(PATIENCE_MS) });
      const text = await got.text();
      answer = { status: got.status, text, json: got.status < 300 ? JSON.parse(text) : undefined };
    } catch { /* no answer, or half of one */ }
    if (!answer || answer.status >= 500) {
      record.lost += 1;
      return false;
    }
    if (answer.status !== 200 && answer.status !== 201) {
      this.surprises.push(`ballot rev ${record.rev} of ${record.cat}: ${answer.status} ${answer.text}`);
      return true;
    }
    record.answers.push({ status: answer.status, index: answer.json.index });
    record.checkpoint ??= answer.json.checkpoint;
    this.checkpoints.add(answer.json.checkpoint);
    this.acked += 1;
    return true;
  }

  /** One pass for the late voter, with the same blinded bytes until it is there. */
  async enroll(lane) {
    const { voter, cat } = lane;
    try {
      if (!voter.token) {
        const answer = await voter.signIn(lane.code);
        if (!voter.token && answer.status < 500) this.surprises.push(`sign-in: ${answer.status} ${answer.text}`);
      }
      if (!voter.passes[cat]) await voter.blind(cat);
      const answer = await voter.askPasses(cat);
      const item = answer.json?.items?.[0];
      if (answer.status === 200 && item?.blind_sig) {
        voter.finish(answer.json.items);
        this.passes.push({ cat, index: item.index });
        this.checkpoints.add(answer.json.checkpoint);
        return;
      }
      if (answer.status === 401) voter.token = undefined; // a session ends by the clock
      else if (answer.status < 500 && item?.code === undefined) this.surprises.push(`pass: ${answer.status} ${answer.text}`);
    } catch { /* no answer, or half of one */ }
    await wait(50);
  }
}
