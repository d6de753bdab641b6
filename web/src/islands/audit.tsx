/** Goes through the whole ledger in this browser: a worker does it, this shows how far it is and what it found. */
import { type JSX, render } from "preact";
import { fmtNumber } from "../lib/fmt.ts";
import type { CategoryCount, Finding, ReplayNews, ReplayOrder, Report } from "../lib/replay.ts";
import { lang, t } from "../lib/texts.ts";
import { scriptUrl } from "../lib/trust.ts";

type View =
  | { state: "idle" }
  | { state: "running" | "paused"; done: number; size: number }
  | { state: "done"; report: Report; checkpoint: string }
  | { state: "failed"; code: string };

const mount = document.getElementById("audit")!;
const { prefix = "", vkey = "", worker: script = "" } = mount.dataset;
const names = new Map(Array.from(mount.querySelectorAll<HTMLElement>("[data-cat]"), (item) => [item.dataset.cat, item.textContent]));
const number = (n: number): string => fmtNumber(lang, n);

let view: View = { state: "idle" };
let worker: Worker | null = null;

function show(next: View): void {
  view = next;
  render(<App />, mount);
}

const order = (to: ReplayOrder): void => worker?.postMessage(to);

function gotNews({ data }: MessageEvent<ReplayNews>): void {
  if (data.news === "progress") show({ ...data, state: view.state === "paused" ? "paused" : "running" });
  else {
    worker?.terminate();
    worker = null;
    show(data.news === "done" ? { ...data, state: "done" } : { ...data, state: "failed" });
  }
}

function start(): void {
  worker = new Worker(scriptUrl(script));
  worker.onmessage = gotNews;
  worker.onerror = () => show({ state: "failed", code: "worker" });
  show({ state: "running", done: 0, size: 0 });
  order({ order: "start", prefix, vkey });
}

function turn(): void {
  if (view.state === "running") {
    order({ order: "pause" });
    show({ ...view, state: "paused" });
  } else if (view.state === "paused") {
    order({ order: "resume" });
    show({ ...view, state: "running" });
  }
}

function Running({ state, done, size }: Extract<View, { done: number }>): JSX.Element {
  return (
    <>
      <label>
        {t("audit.progress", { done: number(done), size: number(size) })}
        <progress max={size || 1} value={done} />
      </label>
      <button type="button" onClick={turn}>
        {state === "paused" ? t("audit.resume") : t("audit.pause")}
      </button>
    </>
  );
}

function Findings({ list }: { list: Finding[] }): JSX.Element {
  return (
    <table>
      <caption>{t("audit.findings")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("audit.finding_index")}</th>
          <th scope="col">{t("audit.finding_code")}</th>
        </tr>
      </thead>
      <tbody>
        {list.map(({ code, index }) => (
          <tr>
            <td>{index < 0 ? "–" : number(index)}</td>
            <td class="code">{code}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const row = ([cat, { issued, cast, passes }]: [string, CategoryCount]): JSX.Element => (
  <tr>
    <th scope="row">{names.get(cat) ?? cat}</th>
    <td data-label={t("campaign.issued")}>{number(issued)}</td>
    <td data-label={t("campaign.cast")}>{number(cast)}</td>
    <td data-label={t("audit.passes")}>{number(passes)}</td>
  </tr>
);

function Counts({ report }: { report: Report }): JSX.Element {
  return (
    <table class="stack">
      <caption>{t("audit.counts")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("campaign.category")}</th>
          <th scope="col">{t("campaign.issued")}</th>
          <th scope="col">{t("campaign.cast")}</th>
          <th scope="col">{t("audit.passes")}</th>
        </tr>
      </thead>
      <tbody>{Object.entries(report.categories).map(row)}</tbody>
    </table>
  );
}

function Done({ report, checkpoint }: Extract<View, { report: Report }>): JSX.Element {
  const good = report.findings.length === 0;
  return (
    <div class={`result ${good ? "good" : "bad"}`}>
      <h2>{good ? t("audit.good") : t("audit.bad")}</h2>
      <p>{good ? t("audit.good_detail", { size: number(report.size) }) : t("audit.bad_detail")}</p>
      {!good && <Findings list={report.findings} />}
      {Object.keys(report.categories).length > 0 && <Counts report={report} />}
      <h3>{t("campaign.checkpoint")}</h3>
      <pre class="code">{checkpoint}</pre>
    </div>
  );
}

function App(): JSX.Element {
  return (
    <>
      <div role="status">
        {"done" in view && <Running {...view} />}
        {view.state === "done" && <Done {...view} />}
        {view.state === "failed" && (
          <div class="result wait">
            <h2>{t("audit.failed")}</h2>
            <p>{t("audit.failed_detail", { code: view.code })}</p>
          </div>
        )}
      </div>
      {!("done" in view) && (
        <button type="button" onClick={start}>
          {view.state === "idle" ? t("audit.start") : t("audit.again")}
        </button>
      )}
    </>
  );
}

mount.textContent = "";
show(view);
