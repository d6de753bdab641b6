/**
 * A nomination before it is sent: what a person has answered so far, what is still missing, and what
 * goes over the wire. Pure; the draft is kept on the phone by the page.
 */
export type Names = Record<"kk" | "ru" | "en", string>;

/** An NGO as the register tells it, as much as is needed to choose it and to check the choice. */
export interface Ngo {
  id: string;
  name: Names;
  /** "" when it has none. */
  bin: string;
  region: string;
  status: string;
}

/** Questions in the order in which they are asked. Who somebody is comes first: nobody shall write a
 * text and then learn that the code is not at hand. */
export const QUESTIONS = ["sign_in", "ngo", "cat", "who", "why", "consent", "check"] as const;
export type Question = (typeof QUESTIONS)[number];

/** Who the nominator is for this NGO. Each is one answer to one question; the API has two members. */
export const TIES = {
  none: { as: "citizen", relation: "none" },
  staff: { as: "citizen", relation: "staff" },
  head: { as: "citizen", relation: "head" },
  ngo: { as: "ngo", relation: "head" },
  state_body: { as: "state_body", relation: "none" },
  council: { as: "council", relation: "none" },
} as const;
export type Tie = keyof typeof TIES;

/** What the rules say of nominating (rules.json, `nomination`). */
export interface NominationRules {
  who: string[];
  per_person: number;
  per_ngo: number;
  own: "allow" | "flag" | "refuse";
  cure_days: number;
}

export interface Draft {
  /** The question that was last looked at. */
  at: Question;
  ngo: Ngo | null;
  cat: string;
  tie: Tie | "";
  text: string;
  links: string[];
  processing: boolean;
  publication: boolean;
  /** True from the moment before it is sent until an answer has come. */
  sending: boolean;
  done: { index: number; support: boolean } | null;
}

export const EMPTY: Draft = {
  at: "sign_in",
  ngo: null,
  cat: "",
  tie: "",
  text: "",
  links: [""],
  processing: false,
  publication: false,
  sending: false,
  done: null,
};

export const TEXT_LEAST = 50;
export const TEXT_MOST = 4000;
/** Of an appeal, a dispute, an answer, a reason. */
export const NOTE_MOST = 2000;
export const LINKS_MOST = 5;
export const LINK_MOST = 500;
/** What a text field takes of a paste, in UTF-16 units: enough to see that it is far too long, little
 * enough for a cheap phone. */
export const FIELD_MOST = 20000;
/** Of the texts that the two consents are given to; another text gets another number. */
export const CONSENT_VERSION = 1;

/** Signs that turn the direction of what stands around them: they can make a text look like another. */
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
/** More marks on one letter than any writing has. */
const PILED_MARKS = /\p{M}{5}/u;

/** As it is sent: composed, without trailing space and without control characters but line breaks. */
export function cleanText(text: string): string {
  return text
    .normalize("NFC")
    .replace(/\r\n?/g, "\n")
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, " ")
    .replace(/ +$/gm, "")
    .trim();
}

export const codePoints = (text: string): number => [...text].length;

export type TextFault = "short" | "long" | "bidi" | "marks";

/** What is wrong with a text of least … most code points, or null. */
export function textFault(text: string, least = TEXT_LEAST, most = TEXT_MOST): TextFault | null {
  const clean = cleanText(text);
  const length = codePoints(clean);
  if (length > most) return "long";
  if (clean.search(BIDI) >= 0) return "bidi";
  if (PILED_MARKS.test(clean)) return "marks";
  return length < least ? "short" : null;
}

export const withoutBidi = (text: string): string => text.replace(BIDI, "");

/** An address as the server takes it: other letters than ASCII in their encoded form. */
function tidyLink(link: string): string {
  try {
    return new URL(link).href;
  } catch {
    return link;
  }
}

/** The links that were given, tidied. */
export const givenLinks = (links: string[]): string[] =>
  links
    .map((link) => link.trim())
    .filter((link) => link !== "")
    .map(tidyLink);

/** True for an https address of a named host, such as can be shown to everybody (nomination_rules.h). */
export function isLink(link: string): boolean {
  if (link.search(BIDI) >= 0 || /\s/.test(link.trim())) return false;
  const tidy = tidyLink(link.trim());
  return tidy.length <= LINK_MOST && /^https:\/\/([a-z0-9-]+\.)+[a-z0-9-]*[a-z][/?#][!-~]*$/i.test(tidy) && !/["<>\\^`{|}]/.test(tidy);
}

export const isAnswered = (draft: Draft, question: Question, signedIn: boolean): boolean => {
  switch (question) {
    case "sign_in":
      return signedIn;
    case "ngo":
      return draft.ngo !== null;
    case "cat":
      return draft.cat !== "";
    case "who":
      return draft.tie !== "";
    case "why":
      return textFault(draft.text) === null && draft.links.every((link) => link.trim() === "" || isLink(link));
    case "consent":
      return draft.processing;
    case "check":
      return draft.done !== null;
  }
};

/** The question to ask next: the first without an answer. */
export const nextQuestion = (draft: Draft, signedIn: boolean): Question =>
  QUESTIONS.find((question) => !isAnswered(draft, question, signedIn)) ?? "check";

/** Where somebody goes on who comes back: where he was, as far as all before it is answered. */
export function resumeAt(draft: Draft, signedIn: boolean): Question {
  const next = nextQuestion(draft, signedIn);
  const was = QUESTIONS.indexOf(draft.at);
  return was > 0 && was <= QUESTIONS.indexOf(next) ? draft.at : next;
}

/** The ties that the rules let nominate, and whether the rules refuse related people. */
export function tiesOf(rules: NominationRules): { tie: Tie; refused: boolean }[] {
  return (Object.keys(TIES) as Tie[])
    .filter((tie) => rules.who.includes(TIES[tie].as))
    .map((tie) => ({ tie, refused: rules.own === "refuse" && TIES[tie].relation !== "none" && TIES[tie].as === "citizen" }));
}

/** The body of POST …/nominations. */
export function toSend(draft: Draft): unknown {
  return {
    cat: draft.cat,
    ngo: draft.ngo!.id,
    text: cleanText(draft.text),
    links: givenLinks(draft.links),
    ...TIES[draft.tie as Tie],
    consents: { processing: CONSENT_VERSION, publication: draft.publication ? CONSENT_VERSION : 0 },
  };
}

/** A BIN with a right check digit (domain.md §3); proves nothing but that it was typed well. */
export function isBin(digits: string): boolean {
  if (!/^\d{4}[456][0123]\d{6}$/.test(digits)) return false;
  const sum = (weights: number[]): number => weights.reduce((total, weight, i) => total + weight * Number(digits[i]), 0) % 11;
  const first = sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const check = first === 10 ? sum([3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) : first;
  return check < 10 && check === Number(digits[11]);
}
