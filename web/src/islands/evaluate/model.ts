/** What the API publishes of a campaign, as far as the evaluation needs it, and what follows from it. */
import { serverNow_ms } from "../../lib/clock.ts";
import type { Lang } from "../../lib/fmt.ts";
import { lang } from "../../lib/texts.ts";

export type Text = Record<Lang, string>;

export interface BallotRules {
  method: "choose" | "approve" | "points" | "rank" | "score";
  at_most?: number;
  sum?: number;
  least?: number;
  most?: number;
  criteria?: { id: string; name: Text }[];
}

export interface Category {
  id: string;
  name: Text;
  about: Text;
  ballot: BallotRules;
  pass_key: { id: string; index: number } | null;
  nominees: number;
  ct_len: number;
}

export interface Phase {
  id: string;
  state: "unscheduled" | "scheduled" | "open" | "closed";
  opens: number | null;
  closes: number | null;
  paused: boolean;
  /** Of the decision that last changed it. */
  why?: string | null;
  no?: string | null;
  extended?: boolean;
}

export interface Campaign {
  origin: string;
  name: Text;
  vkey: string;
  max_rev: number;
  open: "live" | "close";
  phases: Phase[];
  categories: Category[];
  regions: Record<string, Text>;
  seal_key: { id: string; index: number } | null;
  tally: { shown: boolean; visible_from: number | null };
}

export interface Nominee {
  id: string;
  ngo: string;
  name?: Text;
  region?: string;
  bin?: string;
}

/** An empty text falls back to another language. */
export const named = (text: Text | undefined): string => text?.[lang] || text?.kk || text?.ru || text?.en || "";

export type Situation = "unscheduled" | "before" | "open" | "paused" | "closed";

const NO_PHASE: Phase = { id: "evaluation", state: "unscheduled", opens: null, closes: null, paused: false };

export const evaluation = (campaign: Campaign): Phase => campaign.phases.find(({ id }) => id === "evaluation") ?? NO_PHASE;

/** By the ledger's state, and by the server's clock between an instant and the ledger's entry for it. */
export function situation(campaign: Campaign): Situation {
  const { state, opens, closes, paused } = evaluation(campaign);
  const now = serverNow_ms() / 1000;
  if (state === "unscheduled") return "unscheduled";
  if (state === "closed" || (closes !== null && now >= closes)) return "closed";
  if (paused) return "paused";
  return state === "open" || (opens !== null && now >= opens) ? "open" : "before";
}

/** Seconds until the window closes; Infinity when nobody knows. */
export const secondsLeft = (campaign: Campaign): number => (evaluation(campaign).closes ?? Infinity) - serverNow_ms() / 1000;

/* ---- choices: the plaintext under the seal (PROTOCOL.md §5) while it is being filled in ---- */

/** Marks of one nominee by criterion; UNSURE is "can't say". */
export type Scores = Record<string, number>;
export const UNSURE = -1;

export interface Choice {
  c?: string;
  a?: string[];
  p?: Record<string, number>;
  o?: string[];
  s?: Record<string, Scores>;
}

export const marksOf = (scores: Scores | undefined): number => Object.values(scores ?? {}).filter((value) => value !== UNSURE).length;

/** Nominees that a score ballot has marks for. */
export const scored = (choice: Choice): string[] => Object.keys(choice.s ?? {}).filter((id) => marksOf(choice.s![id]) > 0);

export const pointsGiven = (choice: Choice): number => Object.values(choice.p ?? {}).reduce((sum, n) => sum + n, 0);

/** What is sealed, or null while nothing is marked. */
export function plaintext({ method }: BallotRules, choice: Choice) {
  const m = method;
  if (m === "choose") return choice.c ? { m, c: choice.c } : null;
  if (m === "approve") return choice.a?.length ? { m, a: [...choice.a].sort() } : null;
  if (m === "rank") return choice.o?.length ? { m, o: choice.o } : null;
  if (m === "points") {
    const p = Object.fromEntries(Object.entries(choice.p ?? {}).filter(([, n]) => n > 0));
    return Object.keys(p).length > 0 ? { m, p } : null;
  }
  const s: Record<string, Scores> = {};
  for (const id of scored(choice)) s[id] = Object.fromEntries(Object.entries(choice.s![id]!).filter(([, value]) => value !== UNSURE));
  return Object.keys(s).length > 0 ? { m, s } : null;
}

/** Whether the rules take it: the page lets nobody send a ballot that would be spoiled. */
export function tooMany(rules: BallotRules, choice: Choice): boolean {
  const { method, at_most = Infinity, sum = Infinity } = rules;
  if (method === "points") return pointsGiven(choice) > sum;
  const count = method === "approve" ? choice.a?.length : method === "rank" ? choice.o?.length : method === "score" ? scored(choice).length : 0;
  return (count ?? 0) > at_most;
}
