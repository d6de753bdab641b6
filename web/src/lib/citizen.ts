/** A citizen who is signed in on this device, and what he asks of the server. */
import { ApiError, ask } from "./api.ts";
import { serverNow_ms } from "./clock.ts";
import type { Store } from "./store.ts";

interface Session {
  token: string;
  /** Unix seconds. */
  expires: number;
}

/** Of one campaign. Calls throw ApiError; one that needs a session and has none is refused with 401. */
export class Citizen {
  #session: Session | undefined;

  constructor(
    readonly campaign: string,
    readonly store: Store,
  ) {}

  get #key(): string {
    return `session/${this.campaign}`;
  }

  get signedIn(): boolean {
    return this.#session !== undefined && this.#session.expires * 1000 > serverNow_ms();
  }

  async resume(): Promise<void> {
    this.#session = await this.store.get<Session>(this.#key);
  }

  async signIn(code: string): Promise<void> {
    const { json } = await ask<Session>(`/api/v1/campaigns/${this.campaign}/session`, { method: "POST", body: { code }, tries: 2 });
    this.#session = json;
    await this.store.put(this.#key, json);
  }

  async signOut(): Promise<void> {
    this.#session = undefined;
    await this.store.remove(this.#key);
  }

  /** path: of the campaign's API, such as "me". tries: 1 when the caller waits and repeats himself. */
  async call<T>(method: "GET" | "POST", path: string, body?: object, tries = 3): Promise<T> {
    try {
      const answer = await ask<T>(`/api/v1/campaigns/${this.campaign}/${path}`, {
        method,
        token: this.#session?.token,
        tries,
        ...(body && { body }),
      });
      return answer.json;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) await this.signOut();
      throw error;
    }
  }
}
