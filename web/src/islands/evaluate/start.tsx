/** Choosing directions, signing in, passes. */
import { t } from "../../lib/texts.ts";
import { app, at, category, during, isOpen } from "./app.ts";
import { named } from "./model.ts";
import { count, Problem } from "./notices.tsx";
import { type Direction, isBroken, isUnderWay } from "./voter.ts";

const ELSEWHERE = ["issued_twice", "pass_elsewhere"];
export const isElsewhere = ({ trouble }: Direction): boolean => trouble !== undefined && ELSEWHERE.includes(trouble.code);

/** Chosen and not asked for yet; as long as the page. */
const chosen = new Set<string>();

/** Where somebody with passes goes on. */
export function nextScreen(): string {
  const { voter } = app;
  const all = voter.withPass();
  if (all.length > 0 && !voter.person.saved) return at("code");
  const open = all.find((one) => one.state === "pass" && !voter.ready(one));
  if (open) return at("d", open.cat);
  return all.some((one) => voter.ready(one)) ? at("review") : at("sent");
}

async function enroll(form: HTMLFormElement): Promise<void> {
  const { voter } = app;
  const fields = new FormData(form);
  const recovery = String(fields.get("recovery") ?? "").trim();
  const cats = [...chosen];
  if (recovery !== "") {
    const { readRecovery } = await import("./proof.ts");
    const code = readRecovery(recovery);
    if (code === null) return void (app.trouble = { code: "recovery_mistyped", detail: "" });
    await voter.useRecovery(code);
  }
  if (cats.length === 0) return void (app.trouble = { code: "nothing_chosen", detail: "" });
  if (!voter.signedIn()) await voter.signIn(String(fields.get("code")));
  await voter.askPasses(cats);
  const refused = cats.map((cat) => voter.get(cat)).find(({ trouble }) => trouble);
  for (const cat of cats) if (voter.get(cat).pass) chosen.delete(cat);
  if (!refused) location.hash = nextScreen();
  else if (isElsewhere(refused)) location.hash = at("elsewhere", refused.cat);
}

const STATES: Record<Direction["state"], string> = {
  draft: t("evaluate.state_draft"),
  pass_asked: t("evaluate.state_asked"),
  pass: t("evaluate.state_pass"),
  sealed: t("evaluate.state_queued"),
  sent: t("evaluate.state_waiting"),
  recorded: t("evaluate.state_recorded"),
};

export function stateOf(direction: Direction): string {
  if (isBroken(direction)) return t("evaluate.state_broken");
  return app.voter.ready(direction) ? t("evaluate.state_unsent") : STATES[direction.state];
}

function DirectionRow({ direction }: { direction: Direction }) {
  const { cat, pass, state, trouble } = direction;
  const { name, nominees } = category(cat)!;
  if (pass) {
    return (
      <li>
        <a href={isUnderWay(direction) || state === "recorded" ? at("sent") : at("d", cat)}>{named(name)}</a>
        <span class="quiet">{stateOf(direction)}</span>
      </li>
    );
  }
  const toggle = (event: Event) => {
    if ((event.target as HTMLInputElement).checked) chosen.add(cat);
    else chosen.delete(cat);
  };
  return (
    <li>
      <label class="choice">
        <input type="checkbox" name="cat" value={cat} checked={chosen.has(cat)} onChange={toggle} />
        <span>
          {named(name)} <span class="quiet">{t("evaluate.nominees", { n: count(nominees) })}</span>
        </span>
      </label>
      {isElsewhere(direction) ? <a href={at("elsewhere", cat)}>{t("evaluate.elsewhere_short")}</a> : trouble && <Problem trouble={trouble} />}
    </li>
  );
}

/** One field for the voter code while nobody is signed in. */
function CodeField() {
  if (app.voter.signedIn()) return null;
  return (
    <p class="field">
      <label for="code">{t("evaluate.code")}</label>
      <span class="quiet" id="code-hint">
        {t("evaluate.code_hint")}
      </span>
      <input id="code" name="code" required maxLength={64} autocomplete="off" autocapitalize="characters" spellcheck={false} aria-describedby="code-hint" />
    </p>
  );
}

function RecoveryField() {
  if (app.voter.person.recovery) return null;
  return (
    <details>
      <summary>{t("evaluate.restore")}</summary>
      <p class="field">
        <label for="recovery">{t("evaluate.recovery")}</label>
        <span class="quiet" id="recovery-hint">
          {t("evaluate.restore_hint")}
        </span>
        <input id="recovery" name="recovery" maxLength={64} autocomplete="off" autocapitalize="characters" spellcheck={false} aria-describedby="recovery-hint" />
      </p>
    </details>
  );
}

/** For a device that others use too. */
function Forget() {
  const { voter } = app;
  if ([...voter.directions.values()].some(isUnderWay)) return null;
  const forget = () => void voter.forget().then(() => location.reload());
  return (
    <details>
      <summary>{t("evaluate.forget")}</summary>
      <p>{t("evaluate.forget_what")}</p>
      <button type="button" onClick={forget}>
        {t("evaluate.forget_button")}
      </button>
    </details>
  );
}

/** Directions without a pass, and the one button that asks for passes of the chosen ones. */
function Enroll({ rest, main }: { rest: Direction[]; main: boolean }) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void during(() => enroll(event.target as HTMLFormElement));
  };
  for (const { cat, state } of rest) if (state === "pass_asked") chosen.add(cat);
  return (
    <form onSubmit={submit}>
      <CodeField />
      <fieldset>
        <legend>{t("evaluate.choose")}</legend>
        <ul class="rows">
          {rest.map((one) => (
            <DirectionRow direction={one} key={one.cat} />
          ))}
        </ul>
      </fieldset>
      <RecoveryField />
      <button class={main ? "main" : ""} disabled={app.busy}>
        {app.voter.signedIn() ? t("evaluate.ask_passes") : t("evaluate.sign_in")}
      </button>
    </form>
  );
}

export function Start() {
  const { voter, campaign } = app;
  const all = campaign.categories.filter(({ nominees, pass_key }) => nominees > 0 && pass_key).map(({ id }) => voter.get(id));
  const mine = all.filter(({ pass }) => pass);
  const rest = isOpen() ? all.filter(({ pass }) => !pass) : [];
  if (mine.length === 0) {
    return (
      <>
        <h1 tabIndex={-1}>{t("evaluate.heading")}</h1>
        {isOpen() && <p>{t("evaluate.lead")}</p>}
        {rest.length > 0 && <Enroll rest={rest} main />}
      </>
    );
  }
  return (
    <>
      <h1 tabIndex={-1}>{t("evaluate.heading")}</h1>
      <h2>{t("evaluate.mine")}</h2>
      <ul class="rows">
        {mine.map((one) => (
          <DirectionRow direction={one} key={one.cat} />
        ))}
      </ul>
      <p class="buttons">
        <a class="button main" href={nextScreen()}>
          {t("evaluate.continue")}
        </a>
      </p>
      {rest.length > 0 && (
        <details open={rest.some(({ trouble }) => trouble)}>
          <summary>{t("evaluate.more")}</summary>
          <Enroll rest={rest} main={false} />
        </details>
      )}
      <Forget />
    </>
  );
}
