/**
 * Checks a receipt by its short code (in the address's fragment, which no server sees) or its file.
 *
 *     asking → running → found ─ recorded → looking for later ballots → last / superseded / void
 *                              └ later, mismatch, broken, unreachable
 *
 * It asks for the checkpoint, tiles and bundles only, so the server does not learn which receipt.
 */
import { type JSX, render } from "preact";
import { ledgerFiles } from "../lib/api.ts";
import { fromUtf8 } from "../lib/bytes.ts";
import { bundlesToScan, type Checked, check, type Later, scanLater } from "../lib/check.ts";
import { fmtNumber } from "../lib/fmt.ts";
import { readVkey } from "../lib/note.ts";
import { RECEIPT_BYTES_MAX, type Receipt, readReceipt, readShortCode, type ShortCode } from "../lib/receipt.ts";
import { lang, t } from "../lib/texts.ts";

/** So many bundles are looked through unasked: about 2 MB on a phone's account. */
const SCAN_UNASKED = 8;
const BUNDLE_MB = 0.3;
/** A receipt that is not visible yet is looked for again so often, so far apart. */
const AGAIN_TIMES = 6;
const AGAIN_MS = 5000;

type Fault = "code" | "file" | null;
type Recorded = Extract<Checked, { state: "recorded" }>;
type Trouble = Exclude<Checked, Recorded>;
type Scan = { state: "idle" } | { state: "running"; done: number } | { state: "failed" } | Later;

/** All that the page shows; changed by show() only. */
const view = {
  /** What is checked, and as it was typed or read. */
  what: null as { receipt: Receipt | ShortCode; text: string } | null,
  fault: null as Fault,
  found: null as Checked | null,
  scan: { state: "idle" } as Scan,
  /** A file with what was found wrong, for whoever looks into it. */
  evidence: "",
};
/** Ends what is under way for the receipt that was checked before. */
let current = new AbortController();
let rounds = 0;

const number = (n: number): string => fmtNumber(lang, n);
const mount = document.getElementById("verify")!;
const files = ledgerFiles(mount.dataset.prefix!);
const names = new Map(Array.from(mount.querySelectorAll<HTMLElement>("[data-cat]"), (item) => [item.dataset.cat, item.textContent]));
const key = (await readVkey(mount.dataset.vkey!))!;

function show(change: Partial<typeof view>): void {
  Object.assign(view, change);
  render(<App />, mount);
}

/** The language switch keeps the code, which is not in the address when it was typed. */
function keepCode(code: string): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("a[hreflang]")) link.hash = code;
}

/* ---- what happens, in its order ---- */

function take(receipt: Receipt | ShortCode | null, text: string, wrong: Fault): void {
  current.abort();
  rounds = 0;
  show({ what: receipt && { receipt, text }, fault: receipt ? null : wrong, found: null, scan: { state: "idle" }, evidence: "" });
  if (receipt) look();
  else if (wrong === "code") document.getElementById("code")!.focus();
}

async function look(): Promise<void> {
  current.abort();
  const { signal } = (current = new AbortController());
  const found = await check(files, key, view.what!.receipt);
  if (signal.aborted) return;
  show({ found });
  if (found.state === "recorded") {
    if (found.entry.t === "ballot" && bundlesToScan(found.ledger, found.proven) <= SCAN_UNASKED) lookFurther();
  } else if (found.state === "unreachable") addEventListener("online", look, { once: true, signal });
  else if (found.state !== "later") collect(found);
  else if (rounds++ < AGAIN_TIMES) setTimeout(() => signal.aborted || look(), AGAIN_MS);
}

/** Whether a later ballot of the same pass, or a decision, has taken this one's place. */
async function lookFurther(): Promise<void> {
  const { ledger, proven } = view.found as Recorded;
  const { signal } = (current = new AbortController());
  const progress = (done: number): void => {
    if (!signal.aborted) show({ scan: { state: "running", done } });
  };
  progress(0);
  const scan: Scan = await scanLater(ledger, proven, progress, signal).catch(() => ({ state: "failed" }));
  if (!signal.aborted) show({ scan });
}

function stopLooking(): void {
  current.abort();
  show({ scan: { state: "idle" } });
}

async function collect(found: Trouble): Promise<void> {
  const checkpoint = await files("checkpoint").then(fromUtf8, String);
  const text = [location.origin + location.pathname, new Date().toISOString(), JSON.stringify(found), view.what!.text, checkpoint].join("\n\n");
  if (view.found === found) show({ evidence: URL.createObjectURL(new Blob([text], { type: "text/plain" })) });
}

/* ---- how it looks ---- */

function Tick({ yes, children }: { yes: boolean; children: string }): JSX.Element {
  return (
    <li class={yes ? "yes" : "none"}>
      <span aria-hidden="true">{yes ? "✓" : "–"}</span> {children}
    </li>
  );
}

function ScanPart({ all }: { all: number }): JSX.Element | null {
  const { scan } = view;
  if (scan.state === "running")
    return (
      <div class="scan">
        <label>
          {t("verify.scan", { done: number(scan.done), all: number(all) })}
          <progress max={all} value={scan.done} />
        </label>
        {all > SCAN_UNASKED && (
          <button type="button" onClick={stopLooking}>
            {t("verify.scan_stop")}
          </button>
        )}
      </div>
    );
  if (scan.state !== "idle" && scan.state !== "failed") return null;
  return (
    <div class="scan">
      <p>{scan.state === "failed" ? t("verify.scan_failed") : t("verify.scan_ask", { mb: number(Math.ceil(all * BUNDLE_MB)) })}</p>
      <button type="button" onClick={lookFurther}>
        {t("verify.scan_run")}
      </button>
    </div>
  );
}

/** Tone, heading and explanation of a recorded entry, as the look at later ballots stands. */
function recordedWords(ballot: boolean): [string, string, string] {
  const { scan } = view;
  if (!ballot) return ["good", t("verify.recorded_other"), ""];
  if (scan.state === "superseded") return ["changed", t("verify.superseded"), t("verify.superseded_detail", { index: number(scan.index) })];
  if (scan.state === "void") return ["changed", t("verify.void"), t("verify.void_detail", { index: number(scan.index) })];
  return ["good", t("verify.recorded"), scan.state === "last" ? t("verify.last") : ""];
}

function RecordedPart({ ledger, proven, entry }: Recorded): JSX.Element {
  const ballot = entry.t === "ballot";
  const [tone, heading, detail] = recordedWords(ballot);
  return (
    <div class={`result ${tone}`}>
      <h2>{heading}</h2>
      {detail && <p>{detail}</p>}
      {ballot && (
        <dl>
          <dt>{t("verify.category")}</dt>
          <dd>{names.get(String(entry.cat)) ?? entry.cat}</dd>
          <dt>{t("verify.index")}</dt>
          <dd>{number(proven.index)}</dd>
          <dt>{t("verify.rev")}</dt>
          <dd>{number(Number(entry.rev))}</dd>
        </dl>
      )}
      <ul class="ticks">
        <Tick yes>{t("verify.tick_in_log", { index: number(proven.index), size: number(ledger.size) })}</Tick>
        <Tick yes>{t("verify.tick_signed")}</Tick>
        {"note" in view.what!.receipt && <Tick yes>{t("verify.tick_continues")}</Tick>}
        <Tick yes={false}>{t("verify.tick_no_witness")}</Tick>
      </ul>
      {ballot && <ScanPart all={bundlesToScan(ledger, proven)} />}
      {ballot && <p class="quiet">{t("verify.secret")}</p>}
    </div>
  );
}

/** Heading and explanation of what is not as it should be. */
function troubleWords(found: Trouble): [string, string] {
  switch (found.state) {
    case "later":
      return [t("verify.later"), t("verify.later_detail", { size: number(found.size), index: number(found.index) })];
    case "mismatch":
      return found.why === "file"
        ? [t("verify.mismatch_file"), t("verify.mismatch_file_detail")]
        : [t("verify.mismatch_entry"), t("verify.mismatch_entry_detail", { index: number(found.index) })];
    case "broken":
      return [t("verify.broken"), t("verify.broken_detail", { code: found.code })];
    case "unreachable":
      return [t("verify.unreachable"), t("verify.unreachable_detail")];
  }
}

function TroublePart({ found }: { found: Trouble }): JSX.Element {
  const [heading, detail] = troubleWords(found);
  const waiting = found.state === "later" || found.state === "unreachable";
  return (
    <div class={`result ${waiting ? "wait" : "bad"}`}>
      <h2>{heading}</h2>
      <p>{detail}</p>
      {view.evidence && (
        <a class="button" href={view.evidence} download="dauys-evidence.txt">
          {t("verify.save_evidence")}
        </a>
      )}
      {waiting && (
        <button type="button" onClick={look}>
          {t("verify.again")}
        </button>
      )}
    </div>
  );
}

function submitCode(event: Event): void {
  event.preventDefault();
  takeCode((document.getElementById("code") as HTMLInputElement).value);
}

async function chooseFile({ currentTarget }: { currentTarget: HTMLInputElement }): Promise<void> {
  const file = currentTarget.files?.[0];
  if (!file) return;
  const text = file.size > RECEIPT_BYTES_MAX ? "" : await file.text();
  take(readReceipt(text), text, "file");
}

function AskPart(): JSX.Element {
  const { fault } = view;
  return (
    <form onSubmit={submitCode}>
      <label for="code">{t("verify.code_label")}</label>
      <p class="quiet" id="code-hint">
        {t("verify.code_hint")}
      </p>
      {fault === "code" && (
        <p class="fault" id="code-fault">
          {t("verify.code_wrong")}
        </p>
      )}
      <input
        id="code"
        class="code"
        defaultValue={fragment()}
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        maxLength={64}
        aria-invalid={fault === "code"}
        aria-describedby={fault === "code" ? "code-fault code-hint" : "code-hint"}
      />
      <p>
        <button type="submit">{t("verify.run")}</button>
      </p>
      {fault === "file" && (
        <p class="fault" id="file-fault">
          {t("verify.file_wrong")}
        </p>
      )}
      {/* The browser's own words on this control are in the browser's language: the label is the button. */}
      <input class="hidden" id="file" type="file" aria-describedby={fault === "file" ? "file-fault" : undefined} onChange={chooseFile} />
      <label class="button" for="file">
        {t("verify.file_label")}
      </label>
    </form>
  );
}

function App(): JSX.Element {
  const { what, found } = view;
  return (
    <>
      <div role="status" aria-busy={what !== null && found === null}>
        {what && !found && <p>{t("verify.running")}</p>}
        {found?.state === "recorded" && <RecordedPart {...found} />}
        {found && found.state !== "recorded" && <TroublePart found={found} />}
      </div>
      {found && <h2>{t("verify.another")}</h2>}
      <AskPart />
    </>
  );
}

/* ---- start ---- */

function fragment(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
}

function takeCode(text: string): void {
  keepCode(text);
  take(readShortCode(text), text, "code");
}
const takeFragment = (): void => {
  if (fragment() !== "") takeCode(fragment());
};

mount.textContent = "";
show({});
takeFragment();
addEventListener("hashchange", takeFragment);
