/**
 * Dates and numbers in kk, ru, en, by the same rules as server/http/fmt.c; i18n/fmt-vectors.json
 * holds both to one set of examples.
 *
 * No Intl and no toLocaleString: Chromium says it supports kk and then writes `2026 M11 23` and
 * `1,234,567.5`, while Node is right, so that unit tests would pass and phones fail.
 */
export type Lang = "kk" | "ru" | "en";
export const LANGS: readonly Lang[] = ["kk", "ru", "en"];

// PURE: an island that writes no dates carries no months.
const MONTHS: Record<Lang, string[]> = {
  kk: /* @__PURE__ */ "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split(" "),
  ru: /* @__PURE__ */ "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(" "),
  en: /* @__PURE__ */ "January February March April May June July August September October November December".split(" "),
};

const NBSP = "\u00a0";
const MINUS = "\u2212";

/** 2024-03-01 00:00 in UTC+6: when Astana moved to UTC+5. */
const MOVED_UNIX = 1709229600;
/** The last second of 9999, as in include/http/fmt.h. */
const UNIX_MAX = 253402282799;

const two = (n: number): string => String(n).padStart(2, "0");

interface Moment {
  offset: number;
  date: Date;
}

/** A Date whose UTC fields are Astana's, or null outside 1970 … 9999. */
function moment(unixSeconds: number): Moment | null {
  if (unixSeconds < 0 || unixSeconds > UNIX_MAX) return null;
  const offset = unixSeconds < MOVED_UNIX ? 6 : 5;
  return { offset, date: new Date((unixSeconds + offset * 3600) * 1000) };
}

function dateOf({ date }: Moment, lang: Lang): string {
  const year = date.getUTCFullYear();
  const day = date.getUTCDate();
  const month = MONTHS[lang][date.getUTCMonth()]!;
  if (lang === "kk") return `${year}${NBSP}ж. ${day}${NBSP}${month}`;
  if (lang === "ru") return `${day}${NBSP}${month} ${year}${NBSP}г.`;
  return `${day}${NBSP}${month} ${year}`;
}

const timeOf = ({ date }: Moment): string => `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;

export function fmtNumber(lang: Lang, integer: number): string {
  const digits = String(Math.abs(integer));
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, lang === "en" ? "," : NBSP);
  return (integer < 0 ? MINUS : "") + grouped;
}

/** Thousandths as a percentage with one digit. */
export function fmtPercent(lang: Lang, permille: number): string {
  const size = Math.abs(permille);
  const whole = fmtNumber(lang, Math.floor(size / 10));
  const point = lang === "en" ? "." : ",";
  return `${permille < 0 ? MINUS : ""}${whole}${point}${size % 10}${lang === "ru" ? NBSP : ""}%`;
}

export function fmtDate(lang: Lang, unixSeconds: number): string {
  const at = moment(unixSeconds);
  return at ? dateOf(at, lang) : "?";
}

export function fmtTime(unixSeconds: number): string {
  const at = moment(unixSeconds);
  return at ? timeOf(at) : "?";
}

export function fmtDatetime(lang: Lang, unixSeconds: number): string {
  const at = moment(unixSeconds);
  return at ? `${dateOf(at, lang)}, ${timeOf(at)}` : "?";
}

/** RFC 3339 with offset, for the datetime attribute of <time>. */
export function fmtIso(unixSeconds: number): string {
  const at = moment(unixSeconds);
  if (!at) return "?";
  return `${at.date.toISOString().slice(0, 19)}+${two(at.offset)}:00`;
}
