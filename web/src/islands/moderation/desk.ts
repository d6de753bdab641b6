/** What all views of the moderators' page share: who is signed in, with which key, in which campaign. */
import { ask } from "../../lib/api.ts";
import { unbase64 } from "../../lib/bytes.ts";
import type { Direction } from "../../lib/directions.ts";
import type { Names } from "../../lib/nomination.ts";
import type { SigningKey } from "../../lib/signing_key.ts";
import { type ActState, commit, commits, type Staff, type WaitingAct } from "../../lib/staff.ts";
import { lang } from "../../lib/texts.ts";
import { actOf, type Draft, type Item, payloadOf } from "./model.ts";

export class Desk {
  origin = "";
  /** Undefined: no key on this device, so nothing can be signed here. */
  key: SigningKey | undefined;

  constructor(
    readonly staff: Staff,
    readonly cats: Direction[],
  ) {}

  async open(): Promise<void> {
    this.origin = (await ask<{ origin: string }>(`/api/v1/campaigns/${this.staff.campaign}`)).json.origin;
    this.key = await this.staff.key(this.origin).catch(() => undefined);
  }

  get person(): string {
    return this.staff.session?.person ?? "";
  }

  catName(cat: string): string {
    return this.cats.find(({ id }) => id === cat)?.name ?? cat;
  }

  /** Signs a decision about an item as it was read, and sends it. */
  async decide({ ref, seen }: Item, draft: Draft): Promise<ActState> {
    const commitment = await commit(payloadOf(draft));
    return this.staff.submit(this.origin, this.key!, actOf(ref, draft, commitment.c, seen), commitment);
  }

  /** Says in the ledger that what this entry commits to is gone. */
  async logErasure(ref: number, seen: number): Promise<ActState> {
    return this.staff.submit(this.origin, this.key!, { v: 1, t: "erase", ref, basis: "consent", seen });
  }

  /** True when the reason that is shown is the one that the act commits to. */
  async fits(act: WaitingAct): Promise<boolean> {
    const { c } = JSON.parse(act.entry) as { c?: string };
    const salt = unbase64(act.salt ?? "", 32);
    return c !== undefined && salt !== null && commits(c, act.payload ?? "", salt);
  }
}

/** A name in the page's language, or in one that it has. */
export const named = (name: Names | null | undefined, ngo: string): string => name?.[lang] || name?.kk || name?.ru || name?.en || ngo;
