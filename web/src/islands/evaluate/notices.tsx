/** What stands above every screen: the state of the window, of this device, and of the ballots. */
import type { ComponentChildren } from "preact";
import { clockError_ms } from "../../lib/clock.ts";
import { fmtDatetime, fmtNumber } from "../../lib/fmt.ts";
import { lang, t } from "../../lib/texts.ts";
import { app, closes, download, page } from "./app.ts";
import { evaluation, named, secondsLeft, situation } from "./model.ts";
import { type Direction, isBroken, type Trouble } from "./voter.ts";

const LAST_S = 600;

export const when = (unix: number | null): string => (unix === null ? "?" : fmtDatetime(lang, unix));
export const count = (n: number): string => fmtNumber(lang, n);

export function Notice({ warn = false, children }: { warn?: boolean; children: ComponentChildren }) {
  return <div class={warn ? "notice warn" : "notice"}>{children}</div>;
}

/** The problem: what happened in the server's words, what was not done, and that it is safe to repeat. */
export function Problem({ trouble }: { trouble: Trouble }) {
  const own = OWN_WORDS[trouble.code];
  return (
    <div class="notice warn" role="alert">
      <p>{own ?? (trouble.detail || t("evaluate.unknown"))}</p>
      {!own && <p class="quiet">{t("evaluate.trouble_code", { code: trouble.code })}</p>}
    </div>
  );
}

const OWN_WORDS: Record<string, string> = {
  offline: t("evaluate.offline_asked"),
  timeout: t("evaluate.offline_asked"),
  busy: t("evaluate.busy"),
  recovery_mistyped: t("evaluate.recovery_mistyped"),
  code_unknown: t("evaluate.code_unknown"),
  not_eligible: t("evaluate.not_eligible"),
  nothing_chosen: t("evaluate.nothing_chosen"),
  window_closed: t("evaluate.missed"),
  rev_stale: t("evaluate.stale"),
  campaign_paused: t("evaluate.paused_unsent"),
};

const icsTime = (unix: number): string => new Date(unix * 1000).toISOString().replace(/[-:]|\.\d+/g, "");

/** RFC 5545: one event with a reminder when it begins. */
function calendar(opens: number, until: number): string {
  const name = named(app.campaign.name).replace(/[\\;,]/g, "\\$&");
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Dauys//Evaluation//EN",
    "BEGIN:VEVENT",
    `UID:evaluation-${opens}@${app.campaign.origin.replace("/", ".")}`,
    `DTSTAMP:${icsTime(opens)}`,
    `DTSTART:${icsTime(opens)}`,
    `DTEND:${icsTime(until)}`,
    `SUMMARY:${t("evaluate.heading")}: ${name}`,
    `URL:${location.origin}${page("evaluate")}`,
    "BEGIN:VALARM",
    "ACTION:DISPLAY",
    `DESCRIPTION:${t("evaluate.heading")}`,
    "TRIGGER:PT0S",
    "END:VALARM",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ]
    .map((line) => line.replace(/.{36}(?=.)/gu, "$&\r\n ")) // lines of at most 75 bytes, of which a letter takes two
    .join("\r\n");
}

function Before() {
  const { opens, closes: until } = evaluation(app.campaign);
  if (opens === null || until === null) return <Notice>{t("evaluate.unscheduled")}</Notice>;
  const save = () => download(`dauys-${app.id}.ics`, "text/calendar", calendar(opens, until));
  return (
    <Notice>
      <p>{t("evaluate.before", { opens: when(opens), closes: when(until) })}</p>
      <button type="button" onClick={save}>
        {t("evaluate.calendar")}
      </button>
    </Notice>
  );
}

function Closed() {
  const { shown, visible_from } = app.campaign.tally;
  return (
    <Notice>
      <p>{t("evaluate.closed", { closes: when(closes()) })}</p>
      {shown ? (
        <p>
          <a href={page("")}>{t("evaluate.results")}</a>
        </p>
      ) : (
        <p>{visible_from === null ? t("evaluate.results_later") : t("evaluate.results_from", { from: when(visible_from) })}</p>
      )}
    </Notice>
  );
}

function Window() {
  const { no, why, extended } = evaluation(app.campaign);
  const left = secondsLeft(app.campaign);
  switch (situation(app.campaign)) {
    case "unscheduled":
    case "before":
      return <Before />;
    case "closed":
      return <Closed />;
    case "paused":
      return (
        <Notice warn>
          <p>{t("evaluate.paused")}</p>
          {why && <p>{why}</p>}
        </Notice>
      );
    default:
      return (
        <>
          {extended && <Notice>{t("evaluate.extended", { no: no ?? "?", closes: when(closes()) })}</Notice>}
          {left <= LAST_S && (
            <Notice warn>{t("evaluate.last_minutes", { closes: when(closes()), minutes: count(Math.max(1, Math.ceil(left / 60))) })}</Notice>
          )}
        </>
      );
  }
}

function Device() {
  const wrong = Math.round(Math.abs(clockError_ms()) / 60_000);
  return (
    <>
      {!app.store.persistent && <Notice warn>{t("evaluate.storage_blocked")}</Notice>}
      {!navigator.onLine && <Notice warn>{t("evaluate.offline")}</Notice>}
      {wrong > 0 && <Notice>{t("evaluate.clock_wrong", { minutes: count(wrong) })}</Notice>}
    </>
  );
}

/** Always there, always in the same words: what has not been sent, what waits, what is recorded. */
function Standing() {
  const all = app.voter.withPass();
  if (all.length === 0) return null;
  const number = (which: (one: Direction) => boolean) => all.filter(which).length;
  const queued = number(({ state }) => state === "sealed");
  const waiting = number(({ state }) => state === "sent");
  const broken = number(isBroken);
  const recorded = number((one) => one.state === "recorded" && !isBroken(one));
  const unsent = number(({ state }) => state === "pass");
  return (
    <div class="standing" role="status">
      {unsent > 0 && <p class="unsent">{t("evaluate.standing_unsent", { n: count(unsent) })}</p>}
      {queued > 0 && <p class="queued">{t("evaluate.standing_queued", { n: count(queued) })}</p>}
      {waiting > 0 && <p class="waiting">{t("evaluate.standing_waiting", { n: count(waiting) })}</p>}
      {broken > 0 && <p class="broken">{t("evaluate.standing_broken", { n: count(broken) })}</p>}
      {recorded > 0 && <p class="recorded">{t("evaluate.standing_recorded", { n: count(recorded) })}</p>}
    </div>
  );
}

export function Notices() {
  return (
    <>
      <Window />
      <Device />
      <Standing />
      {app.trouble && <Problem trouble={app.trouble} />}
      {app.busy && <p role="status">{t("evaluate.working")}</p>}
    </>
  );
}
