/**
 * What every page of the staff stands on: the session, calls that carry its CSRF token, and signed
 * acts. Pages that sign in, and that make or bring in a key, are built on this and on signing_key.ts.
 */
import { ApiError, ask } from "./api.ts";
import { base64, type Bytes, utf8 } from "./bytes.ts";
import { type Canon, type CanonObject, canon } from "./canon.ts";
import { keptKey, type SigningKey, signWith } from "./signing_key.ts";

export interface StaffSession {
  person: string;
  role: string;
  csrf: string;
  /** Unix seconds: when it ends if nothing is done until then. */
  expires: number;
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

/** An act before it is signed: without at and sigs. seen: the size of the tree that the signer saw. */
export type Act = CanonObject & { v: 1; t: string; seen: number };

/** A text that the ledger names without holding it: c = HMAC-SHA256(salt, payload). c and salt in base64. */
export interface Commitment {
  c: string;
  payload: string;
  salt: string;
}

/** Of one campaign, for one page. Calls throw ApiError. */
export class Staff {
  session: StaffSession | null = null;

  constructor(readonly campaign: string) {}

  /** A call of the campaign's API: path such as "staff/acts". A session that has ended is forgotten. */
  async call<T>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<T> {
    const headers: Record<string, string> = method !== "GET" && this.session ? { "x-csrf-token": this.session.csrf } : {};
    try {
      const answer = await ask<T>(`/api/v1/campaigns/${this.campaign}/${path}`, {
        method,
        headers,
        cookies: true,
        ...(body && { body }),
      });
      return answer.json;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.session = null;
      throw error;
    }
  }

  /** Asks the server who is signed in here; null: nobody. */
  async resume(): Promise<StaffSession | null> {
    try {
      this.session = await this.call<StaffSession>("GET", "staff/session");
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    return this.session;
  }

  async signIn(person: string, password: string, totp: string): Promise<StaffSession> {
    this.session = await this.call<StaffSession>("POST", "staff/session", { person, password, totp });
    return this.session;
  }

  async signOut(): Promise<void> {
    await this.call("DELETE", "staff/session");
    this.session = null;
  }

  /** The key of who is signed in, if it is on this device. */
  async key(origin: string): Promise<SigningKey | undefined> {
    return this.session ? keptKey(origin, this.session.person) : undefined;
  }

  /** Signs an act and sends it. commitment: what `c` in the act is of. */
  async submit(origin: string, key: SigningKey, act: Act, commitment?: Commitment): Promise<ActState> {
    const entry = canon({ ...act, sigs: [{ k: key.id, s: await signEntry(origin, key, canon(act)) }] });
    const { payload, salt } = commitment ?? {};
    return this.call("POST", "staff/acts", commitment ? { entry, payload, salt } : { entry });
  }

  /** Asks for a new key to be taken into the ledger: it can't sign for itself, two administrators do. */
  askForKey(entry: Act): Promise<ActState> {
    return this.call("POST", "staff/keys", { entry: canon(entry) });
  }

  /** Adds a signature to an act that waits: over exactly the bytes that were shown. */
  async cosign(origin: string, key: SigningKey, act: Pick<WaitingAct, "number" | "entry">): Promise<ActState> {
    return this.call("POST", `staff/acts/${act.number}/signature`, { k: key.id, s: await signEntry(origin, key, act.entry) });
  }
}

/** What a signature in an entry covers (PROTOCOL.md §2); entry: canonical, without at and sigs. */
export function signedText(origin: string, entry: string): Bytes {
  const { t } = JSON.parse(entry) as { t: string };
  return utf8(`${origin}\n${t}/v1\n${entry}`);
}

/** base64 */
export const signEntry = (origin: string, key: SigningKey, entry: string): Promise<string> => signWith(key, signedText(origin, entry));

async function hmac(salt: Bytes, payload: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(payload)));
}

export async function commit(value: Canon, salt: Bytes = crypto.getRandomValues(new Uint8Array(32))): Promise<Commitment> {
  const payload = canon(value);
  return { c: base64(await hmac(salt, payload)), payload, salt: base64(salt) };
}

/** True when c is the commitment to this payload under this salt. */
export async function commits(c: string, payload: string, salt: Bytes): Promise<boolean> {
  return base64(await hmac(salt, payload)) === c;
}
