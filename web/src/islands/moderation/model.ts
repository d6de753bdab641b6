/** What moderators are told, and a decision before it is signed. Pure. */
import { cleanText, type Names, NOTE_MOST, textFault, type TextFault } from "../../lib/nomination.ts";
import type { Act } from "../../lib/staff.ts";

export const LANGUAGES = ["kk", "ru", "en"] as const;

export type DecisionName = "admit" | "return" | "refuse" | "merge" | "withdraw" | "reopen";

export interface QueueItem {
  ref: number;
  cat: string;
  ngo: string;
  /** Null when the register has it no more. */
  name: Names | null;
  state: string;
  due: number;
  claimed_by: string | null;
  supporters: number;
  /** An appeal against its refusal waits for an answer. */
  appeal: boolean;
  /** Its nominator wishes to withdraw it. */
  wish: boolean;
  /** Its nominator is related to the NGO. */
  flagged: boolean;
}

/** An entry whose text is gone, which an administrator has to say in the ledger. */
export interface Erasure {
  ref: number;
  asked: number;
  due: number;
}

/** What the nominator wrote. */
export interface Written {
  at: number;
  as: string;
  relation: string;
  flagged: boolean;
  text: string | null;
  links: string[];
}

/** A decision that was made. */
export interface Past {
  index: number;
  ref: number;
  at: number;
  d: string;
  signers: string[];
  /** Null when it was erased. */
  reason: { code: string; text: Names } | null;
}

export interface Item extends QueueItem {
  /** What its nominator wrote; empty where nobody of this campaign wrote it. */
  nominations: Written[];
  /** What the register says. */
  facts: Record<string, unknown>;
  checklist: { rule: string; ok: boolean | null; detail: string }[];
  history: Past[];
  appeal_text: string | null;
  /** Nominees of the direction with which it can be merged. */
  others: { ref: number; name: Names | null }[];
  /** Size of the tree that it was read from. */
  seen: number;
}

export interface Reason {
  code: string;
  d: DecisionName;
  text: Names;
}

export interface Dispute {
  number: number;
  cat: string;
  text: string | null;
  at: number;
  due: number;
  answer: string | null;
}

export interface Draft {
  d: DecisionName | "";
  code: string;
  text: Names;
  /** Of the nominee with which it is merged. */
  into: number | null;
}

export const NO_DECISION: Draft = { d: "", code: "", text: { kk: "", ru: "", en: "" }, into: null };

/** How many sign it (PROTOCOL.md §2). */
export const signersOf = (d: DecisionName): number => (d === "refuse" || d === "reopen" ? 2 : 1);

/** What can be decided in a state: a refusal can only be reopened, all else only while undecided. */
export function decisionsIn(state: string): DecisionName[] {
  if (state === "received" || state === "returned") return ["admit", "return", "refuse", "merge", "withdraw"];
  return state === "refused" || state === "appealed" ? ["reopen"] : [];
}

/** A reason stands in one line: it becomes part of a canonical text. */
export const oneLine = (text: string): string => cleanText(text).replace(/\s+/g, " ");

export interface DraftFaults {
  d: boolean;
  code: boolean;
  into: boolean;
  text: Partial<Record<keyof Names, TextFault>>;
}

/** What is missing or wrong, or null. */
export function draftFaults({ d, code, text, into }: Draft): DraftFaults | null {
  const faults: DraftFaults = { d: d === "", code: code === "", into: d === "merge" && into === null, text: {} };
  for (const lang of LANGUAGES) {
    const fault = textFault(oneLine(text[lang]), 1, NOTE_MOST);
    if (fault) faults.text[lang] = fault;
  }
  return faults.d || faults.code || faults.into || Object.keys(faults.text).length > 0 ? faults : null;
}

/** What the commitment of a decision is of. */
export const payloadOf = ({ code, text }: Draft): { code: string; text: { kk: string; ru: string; en: string } } => ({
  code,
  text: { kk: oneLine(text.kk), ru: oneLine(text.ru), en: oneLine(text.en) },
});

/** The entry that is signed. c: the commitment to the reason; seen: the size of the tree that was shown. */
export function actOf(ref: number, { d, into }: Draft, c: string, seen: number): Act {
  if (d === "") throw new TypeError("no decision");
  return { v: 1, t: "moderate", ref, d, c, seen, ...(d === "merge" && { into: into! }) };
}

/** The payload of a waiting act as a reason, or null when it is another thing. */
export function reasonOf(payload: string | null): { code: string; text: Names } | null {
  try {
    const { code, text } = JSON.parse(payload ?? "null") as { code: unknown; text: Partial<Names> };
    if (typeof code !== "string" || LANGUAGES.some((lang) => typeof text[lang] !== "string")) return null;
    return { code, text: text as Names };
  } catch {
    return null;
  }
}
