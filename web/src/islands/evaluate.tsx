/** The evaluation: identify, then choose, then send, then see for oneself that it is recorded. Screens are
 * addresses after # on one page, so that the browser's back button goes where people expect. */
import { render } from "preact";
import { keepOffline } from "../lib/offline.ts";
import { openStore } from "../lib/store.ts";
import { t } from "../lib/texts.ts";
import { app, during, loadCampaign } from "./evaluate/app.ts";
import { secondsLeft, situation } from "./evaluate/model.ts";
import { Notice, Notices } from "./evaluate/notices.tsx";
import { Start } from "./evaluate/start.tsx";
import { isUnderWay, Voter } from "./evaluate/voter.ts";

const mount = document.getElementById("app")!;
const LOOK_AGAIN_MS = 60_000;

/** The other screens, once they have come. */
let later: typeof import("./evaluate/later.ts") | undefined;

async function loadLater(): Promise<void> {
  later ??= await import("./evaluate/later.ts");
  draw();
}

function Screen() {
  const [name = "", cat = "", n = "0"] = location.hash.slice(1).split("/").map(decodeURIComponent);
  if (app.campaign && !LATER.includes(name)) return <Start />;
  if (!app.campaign || !later) return <h1>{t("evaluate.heading")}</h1>;
  if (name === "code") return app.voter.person.recovery ? <later.Code /> : <Start />;
  if (name === "elsewhere") return <later.Elsewhere cat={cat} />;
  if (name === "d") return <later.Ballot cat={cat} n={Number(n) || 0} />;
  return name === "review" ? <later.Review /> : <later.Sent />;
}

const LATER = ["code", "elsewhere", "d", "review", "sent"];

function App() {
  return (
    <>
      {app.campaign && <Notices />}
      {!app.campaign && app.trouble && (
        <Notice warn>
          <p role="alert">{t("evaluate.no_campaign")}</p>
          <button type="button" onClick={() => void during(start)}>
            {t("evaluate.try_again")}
          </button>
        </Notice>
      )}
      <Screen />
    </>
  );
}

const draw = (): void => render(<App />, mount);

/** A new screen begins at its top, for eyes and for screen readers. */
function turned(): void {
  draw();
  keepScreen();
  scrollTo(0, 0);
  mount.querySelector("h1")?.focus({ preventScroll: true });
}

/** Another language shows the same screen. */
function keepScreen(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>(".languages a")) link.hash = location.hash;
}

/** Draws when the clock alone changes what is shown: the last minutes, the end, a ballot's wait. */
function tick(): void {
  const waits = [...app.voter.directions.values()].some(isUnderWay);
  if (app.campaign && (waits || secondsLeft(app.campaign) < 620)) draw();
}

async function look(): Promise<void> {
  const before = situation(app.campaign);
  await loadCampaign().catch(() => {});
  if (situation(app.campaign) !== before || !document.hidden) draw();
}

async function start(): Promise<void> {
  await loadCampaign();
  await app.voter.load();
  app.voter.resume();
  draw();
  setInterval(tick, 1000);
  setInterval(() => void look(), LOOK_AGAIN_MS);
  await loadLater();
  await import("./evaluate/proof.ts"); // while there is a network: sealing must work later without one
}

async function begin(): Promise<void> {
  const { campaign: id = "", vkey = "", wait = "20" } = mount.dataset;
  mount.textContent = "";
  const store = await openStore();
  Object.assign(app, { id, vkey, store, draw });
  app.voter = new Voter({ id, vkey, wait_ms: Number(wait) * 1000, store, changed: draw, refused: () => void look() });
  addEventListener("hashchange", turned);
  keepScreen();
  addEventListener("online", () => {
    app.voter.hurry();
    draw();
  });
  addEventListener("offline", draw);
  await during(start);
  await keepOffline();
}

// Without these nothing can be sealed; the page's own text, which says so, stays.
if (isSecureContext && "BigInt" in globalThis) void begin();
