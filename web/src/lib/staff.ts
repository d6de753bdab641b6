/**
 * What every page of the staff stands on: the session, calls that carry its CSRF token, and signed
 * acts. Pages that sign in, and that make or bring in a key, are built on this and on signing_key.ts.
 */
import { type Canon, canon } from "./canon.ts";
import { base64, type Bytes, keptKey, type SigningKey, signWith } from "./signing_key.ts";

export interface StaffSession {
  person: string;
  role: string;
  csrf: string;
  /** Unix seconds: when it ends if nothing is done until then. */
  expires: number;
}

/** An answer: the value, or the problem in the page's language. status 0: no answer came. */
export type StaffAnswer<T> = { ok: true; status: number; value: T } | { ok: false; status: number; problem: StaffProblem };

export interface StaffProblem {
  code: string;
  title: string;
  detail: string;
}

/** Where an act stands after it was sent: in the ledger, or waiting for the second signer. */
export type ActState = { state: "logged"; index: number; checkpoint: string } | { state: "waiting"; number: number };

/** An act that waits, as `GET acts` tells it. entry: the canonical text that the next signer signs too. */
export interface WaitingAct {
  number: number;
  type: string;
  entry: string;
  payload: string | null;
  salt?: string | null;
  by: string;
  at: number;
  signers: string[];
  needs: number;
  state: string;
}

export type Entry = { v: 1; t: string; seen: number; [member: string]: Canon };

const NO_ANSWER: StaffProblem = { code: "unanswered", title: "", detail: "" };

/** Of one campaign, for one page. */
export class Staff {
  session: StaffSession | null = null;

  constructor(
    readonly campaign: string,
    readonly lang: string,
  ) {}

  /** A call of the campaign's API: path such as "staff/acts". A session that has ended is forgotten. */
  async call<T>(method: "GET" | "POST" | "DELETE", path: string, body?: unknown): Promise<StaffAnswer<T>> {
    const headers: Record<string, string> = { "accept-language": this.lang };
    if (method !== "GET" && this.session) headers["x-csrf-token"] = this.session.csrf;
    if (body !== undefined) headers["content-type"] = "application/json";
    try {
      const answer = await fetch(`/api/v1/campaigns/${this.campaign}/${path}`, {
        method,
        headers,
        cache: "no-store",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (answer.status === 401) this.session = null;
      const text = await answer.text();
      const value = text === "" ? {} : JSON.parse(text);
      return answer.ok ? { ok: true, status: answer.status, value } : { ok: false, status: answer.status, problem: value };
    } catch {
      return { ok: false, status: 0, problem: NO_ANSWER };
    }
  }

  /** Asks the server who is signed in here. False: nobody, or no answer. */
  async resume(): Promise<boolean> {
    const answer = await this.call<StaffSession>("GET", "staff/session");
    this.session = answer.ok ? answer.value : null;
    return answer.ok;
  }

  async signIn(person: string, password: string, totp: string): Promise<StaffAnswer<StaffSession>> {
    const answer = await this.call<StaffSession>("POST", "staff/session", { person, password, totp });
    if (answer.ok) this.session = answer.value;
    return answer;
  }

  async signOut(): Promise<void> {
    await this.call("DELETE", "staff/session");
    this.session = null;
  }

  /** The key of who is signed in, if it is on this device. */
  key(origin: string): Promise<SigningKey | undefined> {
    return this.session ? keptKey(origin, this.session.person) : Promise.resolve(undefined);
  }

  /** Signs an act and sends it. payload: what a commitment `c` in the entry is of, with its salt. */
  async submit(origin: string, key: SigningKey, entry: Entry, secret?: Commitment): Promise<StaffAnswer<ActState>> {
    const signed = canon({ ...entry, sigs: [{ k: key.id, s: await signEntry(origin, key, canon(entry)) }] });
    return this.call("POST", "staff/acts", { entry: signed, ...(secret && { payload: secret.payload, salt: secret.salt }) });
  }

  /** Adds a signature to an act that waits: over exactly the bytes that were shown. */
  async cosign(origin: string, key: SigningKey, act: Pick<WaitingAct, "number" | "entry">): Promise<StaffAnswer<ActState>> {
    return this.call("POST", `staff/acts/${act.number}/signature`, { k: key.id, s: await signEntry(origin, key, act.entry) });
  }
}

/** What a signature in an entry covers (PROTOCOL.md §2); entry: canonical, without at and sigs. */
export function signedText(origin: string, entry: string): Bytes {
  const { t } = JSON.parse(entry) as { t: string };
  return new TextEncoder().encode(`${origin}\n${t}/v1\n${entry}`);
}

/** base64 */
export const signEntry = (origin: string, key: SigningKey, entry: string): Promise<string> => signWith(key, signedText(origin, entry));

/** A text that the ledger names without holding it: c = HMAC-SHA256(salt, payload), all base64 but the payload. */
export interface Commitment {
  c: string;
  payload: string;
  salt: string;
}

async function hmac(salt: Bytes, payload: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(payload)));
}

export async function commit(value: Canon, salt: Bytes = crypto.getRandomValues(new Uint8Array(32))): Promise<Commitment> {
  const payload = canon(value);
  return { c: base64(await hmac(salt, payload)), payload, salt: base64(salt) };
}

/** True when c is the commitment to this payload under this salt. */
export async function commits(c: string, payload: string, salt: Bytes): Promise<boolean> {
  return base64(await hmac(salt, payload)) === c;
}
