/**
 * The voter's state machine, one a direction:
 *
 *   draft → pass_asked → pass → sealed → sent → recorded
 *                          ↑_____________________|   change my vote
 *
 * Each state is on the disk before the request that it leads to, so that after a crash, a reload or a dead
 * battery every arrow can be taken again: asking for the same pass gives the same pass (everything
 * random derives from the recovery code), sending the same bytes gives the same index. A refusal leads
 * back to `pass`, with `trouble` saying why: nothing was recorded then.
 */
import { ApiError, ask } from "../../lib/api.ts";
import type { Bytes } from "../../lib/bytes.ts";
import { serverNow_ms } from "../../lib/clock.ts";
import type { Pass } from "../../lib/pass.ts";
import type { Store } from "../../lib/store.ts";
import { type Campaign, type Choice, plaintext } from "./model.ts";

export type State = "draft" | "pass_asked" | "pass" | "sealed" | "sent" | "recorded";

export interface Trouble {
  code: string;
  /** The server's own sentence, where it gave one. */
  detail: string;
}

export interface Recorded {
  rev: number;
  index: number;
  note: string;
  body: Bytes;
  choice: Choice;
  /** Once the page has checked it itself. */
  receipt?: string;
  code?: string;
  witnesses?: number;
  /** Why the promise is broken. */
  broken?: string;
}

export interface Direction {
  cat: string;
  state: State;
  choice: Choice;
  pass?: Pass;
  /** Of a pass that another device asked for with a code of its own. */
  recovery?: Bytes;
  /** The highest rev known to be in the ledger; 0: none. */
  rev: number;
  /** The ballot in hand: exactly these bytes are sent, however often. */
  body?: Bytes;
  /** When to send, by this device's clock. */
  due_ms?: number;
  tries?: number;
  trouble?: Trouble;
  last?: Recorded;
}

export interface Dispute {
  number: number;
  cat: string;
  state: "open" | "answered";
  text: string | null;
  answer: string | null;
  due: number;
}

interface Person {
  token?: string;
  expires?: number;
  recovery?: Bytes;
  /** From the ledger, proven when the first pass was asked for: so that sealing needs no network. */
  seal?: Bytes;
  /** They said that they have put the recovery code away. */
  saved: boolean;
}

export interface Setting {
  id: string;
  vkey: string;
  /** Longest random wait before a direction's ballot is sent. */
  wait_ms: number;
  store: Store;
  /** Something has changed. */
  changed: () => void;
  /** A ballot was refused: the campaign may stand otherwise than the page believes. */
  refused: () => void;
}

const AGAIN_FIRST_MS = 2000;
const AGAIN_MOST_MS = 60_000;
const LONGEST_MS = 90_000;
const CHECK_AGAIN_MS = 10_000;

const proof = () => import("./proof.ts");

/** Only a problem of this server, with its code, says that nothing was recorded. No answer, a busy
 * server, or the page of somebody else's network says nothing. */
const isRefusal = ({ status, code }: ApiError): boolean => status >= 400 && status < 500 && status !== 408 && status !== 429 && code !== "unknown";

/** Sealed and on its way, so that it can't be changed until there is an answer. */
export const isUnderWay = ({ state }: Pick<Direction, "state">): boolean => state === "sealed" || state === "sent";

/** The server has said that it is recorded, and the public log does not have it. */
export const isBroken = ({ state, last }: Pick<Direction, "state" | "last">): boolean => state === "recorded" && last?.broken !== undefined;

export class Voter {
  person: Person = { saved: false };
  directions = new Map<string, Direction>();
  campaign!: Campaign;
  readonly #set: Setting;
  readonly #tabs = "BroadcastChannel" in globalThis ? new BroadcastChannel("dauys-evaluate") : null;
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(setting: Setting) {
    this.#set = setting;
    this.#tabs?.addEventListener("message", () => void this.load());
  }

  get api(): string {
    return `/api/v1/campaigns/${this.#set.id}`;
  }

  #key(rest: string): string {
    return `evaluate/${this.#set.id}/${rest}`;
  }

  /** What the disk has; another tab may have written since. */
  async load(): Promise<void> {
    const { store, changed } = this.#set;
    this.person = (await store.get<Person>(this.#key("person"))) ?? { saved: false };
    this.directions = new Map((await store.list<Direction>(this.#key("direction/"))).map((one) => [one.cat, one]));
    changed();
  }

  async #keep(direction: Direction): Promise<void> {
    this.directions.set(direction.cat, direction);
    await this.#set.store.put(this.#key(`direction/${direction.cat}`), direction);
    this.#tabs?.postMessage(direction.cat);
    this.#set.changed();
  }

  async #keepPerson(change: Partial<Person>): Promise<void> {
    this.person = { ...this.person, ...change };
    await this.#set.store.put(this.#key("person"), this.person);
    this.#tabs?.postMessage("");
    this.#set.changed();
  }

  get(cat: string): Direction {
    return this.directions.get(cat) ?? { cat, state: "draft", choice: {}, rev: 0 };
  }

  /** Directions that have a pass, in the order of the rules. */
  withPass(): Direction[] {
    return this.campaign.categories.map(({ id }) => this.get(id)).filter(({ pass }) => pass);
  }

  signedIn(): boolean {
    return this.person.token !== undefined && (this.person.expires ?? 0) > serverNow_ms() / 1000;
  }

  /* ---- signing in and passes ---- */

  async signIn(code: string): Promise<void> {
    const { json } = await ask<{ token: string; expires: number }>(`${this.api}/session`, { method: "POST", body: { code } });
    await this.#keepPerson(json);
  }

  /** Takes over another device's passes; beside passes of this device's code, for one direction only. */
  async useRecovery(recovery: Bytes, cat?: string): Promise<void> {
    if (cat && this.withPass().length > 0) await this.#keep({ ...this.get(cat), recovery });
    else await this.#keepPerson({ recovery, saved: true });
  }

  #codeOf(cat: string): Bytes {
    return this.get(cat).recovery ?? this.person.recovery!;
  }

  saved = (): Promise<void> => this.#keepPerson({ saved: true });

  /** Asks for all of them in one request. What was refused has its trouble; a request that failed throws. */
  async askPasses(cats: string[]): Promise<void> {
    const { fetchKeys, makeRecovery, openLedger, preparePass } = await proof();
    if (!this.person.recovery) await this.#keepPerson({ recovery: makeRecovery() });
    const keys = await fetchKeys(await openLedger(this.#set.id, this.#set.vkey), this.campaign, cats);
    if (!this.person.seal) await this.#keepPerson({ seal: keys.seal });
    const drafts = await Promise.all(cats.map((cat) => preparePass(this.#codeOf(cat), keys, cat)));
    for (const cat of cats) {
      const { trouble: _, ...rest } = this.get(cat);
      await this.#keep({ ...rest, state: "pass_asked" });
    }
    const passes = drafts.map(({ cat, blinded }) => ({ cat, blinded }));
    const items = await this.#postPasses(passes);
    const { finishPass } = await proof();
    for (const draft of drafts) {
      const item = items.find(({ cat }) => cat === draft.cat);
      const pass = item?.blind_sig ? await finishPass(draft, keys, item.blind_sig) : null;
      const { cat } = draft;
      if (pass) await this.#keep({ ...this.get(cat), state: "pass", pass });
      else await this.#keep({ ...this.get(cat), state: "draft", trouble: { code: item?.code ?? "unknown", detail: "" } });
    }
  }

  async #postPasses(passes: object[]): Promise<{ cat: string; blind_sig?: string; code?: string }[]> {
    try {
      return (await ask<{ items: [] }>(`${this.api}/passes`, { method: "POST", token: this.person.token, body: { passes } })).json.items;
    } catch (error) {
      // All were refused: each with its own reason.
      const items = error instanceof ApiError ? error.extra.items : undefined;
      if (Array.isArray(items)) return items;
      if (error instanceof ApiError && error.code === "signed_out") await this.#keepPerson({ expires: 0 });
      throw error;
    }
  }

  /** Tells the organiser that the pass went to somebody else. */
  async dispute(cat: string, text: string): Promise<void> {
    await ask(`${this.api}/me/disputes`, { method: "POST", token: this.person.token, body: { cat, text } });
  }

  async disputes(cat: string): Promise<Dispute[]> {
    const { json } = await ask<{ disputes: Dispute[] }>(`${this.api}/me`, { token: this.person.token });
    return json.disputes.filter((one) => one.cat === cat);
  }

  /* ---- filling in ---- */

  async edit(cat: string, choice: Choice): Promise<void> {
    const { trouble: _, ...rest } = this.get(cat);
    if (isUnderWay(rest)) return; // its bytes are made: what is shown must be what is sent
    await this.#keep({ ...rest, choice, state: rest.state === "recorded" ? "pass" : rest.state });
  }

  /** Drops a change that was not sent: what is recorded stays what counts. */
  async keepRecorded(cat: string): Promise<void> {
    const { trouble: _, ...rest } = this.get(cat);
    if (rest.state === "pass" && rest.last) await this.#keep({ ...rest, state: "recorded", choice: rest.last.choice });
  }

  /** Everything of this campaign goes from the device, but not a ballot on its way. */
  async forget(): Promise<void> {
    if ([...this.directions.values()].some(isUnderWay)) return;
    for (const key of await this.#set.store.keys(this.#key(""))) await this.#set.store.remove(key);
    this.directions.clear();
    this.person = { saved: false };
    this.#tabs?.postMessage("");
    this.#set.changed();
  }

  /** Whether there is something to send that has not been sent. */
  ready({ cat, state, choice, pass }: Direction): boolean {
    const rules = this.campaign.categories.find(({ id }) => id === cat)?.ballot;
    return state === "pass" && pass !== undefined && rules !== undefined && plaintext(rules, choice) !== null;
  }

  /* ---- sending ---- */

  /** Seals what is ready, each with a wait of its own: nobody who sees the order learns whose they are. */
  async send(cats: string[]): Promise<void> {
    await proof();
    for (const cat of cats) await this.#alone(cat, () => this.#seal(cat));
    this.resume();
  }

  async #seal(cat: string): Promise<void> {
    const { makeBallot } = await proof();
    const { trouble: _, ...direction } = await this.#stored(cat);
    if (direction.state !== "pass") return this.load(); // another tab did it
    const keys = { origin: this.campaign.origin, seal: this.person.seal!, passes: new Map() };
    const { ballot, ct_len } = this.campaign.categories.find(({ id }) => id === cat)!;
    const body = await makeBallot(this.#codeOf(cat), keys, direction.pass!, direction.rev + 1, plaintext(ballot, direction.choice)!, ct_len);
    await this.#keep({ ...direction, state: "sealed", body, due_ms: Date.now() + Math.random() * this.#set.wait_ms, tries: 0 });
  }

  async #stored(cat: string): Promise<Direction> {
    return (await this.#set.store.get<Direction>(this.#key(`direction/${cat}`))) ?? this.get(cat);
  }

  /** One at a time for a direction, over all tabs; where locks are missing the ledger still counts one. */
  async #alone(cat: string, work: () => Promise<void>): Promise<void> {
    await ("locks" in navigator ? navigator.locks.request(`dauys/${this.#set.id}/${cat}`, work) : work());
  }

  /** Goes on wherever it had stopped: passes that were asked for are asked for again, what is sealed gets
   * sent, what is recorded gets checked. */
  resume(): void {
    const asked = [...this.directions.values()].filter(({ state }) => state === "pass_asked").map(({ cat }) => cat);
    if (asked.length > 0 && this.signedIn()) this.askPasses(asked).catch(() => {}); // the page asks again with a button
    for (const { cat, state, due_ms, last } of this.directions.values()) {
      if (isUnderWay({ state })) this.#at(cat, due_ms ?? 0, () => this.#cast(cat));
      else if (last && !last.receipt && !last.broken) this.#at(cat, 0, () => this.#check(cat));
    }
  }

  /** The network is back: soon, but not all phones at the same moment. */
  hurry(): void {
    for (const direction of this.directions.values()) {
      if (isUnderWay(direction)) direction.due_ms = Math.min(direction.due_ms ?? 0, Date.now() + Math.random() * 2000);
    }
    this.resume();
  }

  #at(cat: string, due_ms: number, work: () => Promise<void>): void {
    clearTimeout(this.#timers.get(cat));
    const run = () => void this.#alone(cat, work);
    // At most the longest wait there is: the clock may have been set since.
    this.#timers.set(cat, setTimeout(run, Math.min(LONGEST_MS, Math.max(0, due_ms - Date.now()))));
  }

  async #cast(cat: string): Promise<void> {
    const direction = await this.#stored(cat);
    if (!direction.body || !isUnderWay(direction)) return this.load(); // another tab did it
    await this.#keep({ ...direction, state: "sent" });
    try {
      const { json } = await ask<{ index: number; checkpoint: string }>(`${this.api}/ballots`, { method: "POST", body: direction.body, tries: 1 });
      if (!Number.isInteger(json?.index)) throw new ApiError("unknown");
      await this.#recorded(direction, json);
    } catch (error) {
      await this.#failed(direction, error);
    }
  }

  async #recorded(direction: Direction, { index, checkpoint }: { index: number; checkpoint: string }): Promise<void> {
    const { body, due_ms: _due, tries: _tries, trouble: _trouble, ...rest } = direction;
    const rev = direction.rev + 1;
    await this.#keep({ ...rest, state: "recorded", rev, last: { rev, index, note: checkpoint, body: body!, choice: direction.choice } });
    this.#at(direction.cat, 0, () => this.#check(direction.cat));
  }

  async #failed(direction: Direction, error: unknown): Promise<void> {
    if (!(error instanceof ApiError)) throw error;
    const { code, detail, extra } = error;
    if (!isRefusal(error)) {
      // It may have happened: the same bytes again, later and later.
      const tries = (direction.tries ?? 0) + 1;
      const due_ms = Date.now() + (0.5 + Math.random()) * Math.min(AGAIN_MOST_MS, AGAIN_FIRST_MS * 2 ** (tries - 1));
      await this.#keep({ ...direction, state: "sent", tries, due_ms, trouble: { code, detail } });
      this.resume();
      return;
    }
    const { body: _body, due_ms: _due, tries: _tries, ...rest } = direction;
    const rev = typeof extra.rev === "number" ? extra.rev : direction.rev;
    await this.#keep({ ...rest, rev, state: "pass", trouble: { code, detail } });
    this.#set.refused();
  }

  /** Unasked: whether the public log has what the server promised. */
  async #check(cat: string): Promise<void> {
    const { last } = this.get(cat);
    if (!last) return;
    try {
      const { settle } = await proof();
      const found = await settle(this.#set.id, this.#set.vkey, last);
      const direction = this.get(cat);
      if (direction.last?.index === last.index) await this.#keep({ ...direction, last: { ...direction.last, ...found } });
    } catch {
      this.#at(cat, Date.now() + (0.5 + Math.random()) * CHECK_AGAIN_MS, () => this.#check(cat)); // nobody can tell now
    }
  }
}
