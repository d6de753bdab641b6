/** Everything once more before the one button that sends. */
import { t } from "../../lib/texts.ts";
import { app, at, category, during, isOpen, loadNominees, nameOf } from "./app.ts";
import { type BallotRules, type Choice, named, situation, tooMany, UNSURE } from "./model.ts";
import { count, Problem } from "./notices.tsx";
import { stateOf } from "./start.tsx";
import { type Direction, isUnderWay } from "./voter.ts";

function nomineeName(cat: string, id: string): string {
  const found = app.nominees.get(cat)?.find((one) => one.id === id);
  return found ? nameOf(found) : id;
}

/** Pairs of what and how, in the page's language. */
function rowsOf(cat: string, rules: BallotRules, choice: Choice): [string, string][] {
  const name = (id: string) => nomineeName(cat, id);
  if (choice.c) return [[name(choice.c), t("evaluate.marked")]];
  if (choice.a) return choice.a.map((id) => [name(id), t("evaluate.marked")]);
  if (choice.o) return choice.o.map((id, i) => [name(id), t("evaluate.rank_place", { n: count(i + 1) })]);
  if (choice.p)
    return Object.entries(choice.p)
      .filter(([, n]) => n > 0)
      .map(([id, n]) => [name(id), t("evaluate.points_given", { n: count(n) })]);
  return Object.entries(choice.s ?? {}).map(([id, scores]) => {
    const marks = rules.criteria!.filter((one) => scores[one.id] !== undefined).map((one) => {
      const value = scores[one.id]!;
      return `${named(one.name)}: ${value === UNSURE ? t("evaluate.unsure") : count(value)}`;
    });
    return [name(id), marks.join("; ")];
  });
}

/** What somebody has chosen, readable whatever became of it. */
export function Chosen({ cat, choice }: { cat: string; choice: Choice }) {
  if (!app.nominees.has(cat)) void loadNominees(cat).then(app.draw, () => {});
  const rows = rowsOf(cat, category(cat)!.ballot, choice);
  if (rows.length === 0) return <p>{t("evaluate.nothing_marked")}</p>;
  return (
    <dl>
      {rows.map(([what, how]) => (
        <>
          <dt>{what}</dt>
          <dd>{how}</dd>
        </>
      ))}
    </dl>
  );
}

function Row({ direction }: { direction: Direction }) {
  const { cat, choice, trouble } = direction;
  const { name, ballot } = category(cat)!;
  return (
    <section>
      <h2>{named(name)}</h2>
      <p class="quiet">{stateOf(direction)}</p>
      {trouble && <Problem trouble={trouble} />}
      <Chosen cat={cat} choice={choice} />
      {tooMany(ballot, choice) && (
        <p class="notice warn" role="alert">
          {t("evaluate.over_rules")}
        </p>
      )}
      {isOpen() && !isUnderWay(direction) && (
        <p>
          <a href={at("d", cat)}>{t("evaluate.change")}</a>
        </p>
      )}
    </section>
  );
}

/** What is secret until when. */
export const Secret = () => (
  <p>
    {app.campaign.open === "live" ? t("evaluate.secret_live") : t("evaluate.secret")} {isOpen() && app.campaign.max_rev > 1 && t("evaluate.secret_pressure")}
  </p>
);

export function Review() {
  const { voter, campaign, busy } = app;
  const all = voter.withPass().filter(({ state }) => state === "pass");
  const ready = all.filter((one) => voter.ready(one));
  const wrong = ready.some(({ cat, choice }) => tooMany(category(cat)!.ballot, choice));
  const spent = ready.some(({ rev }) => rev >= campaign.max_rev);
  const send = () =>
    during(async () => {
      await voter.send(ready.map(({ cat }) => cat));
      location.hash = at("sent");
    });
  return (
    <>
      <h1 tabIndex={-1}>{situation(app.campaign) === "closed" ? t("evaluate.review_closed") : t("evaluate.review")}</h1>
      {ready.length > 0 && isOpen() && <p>{t("evaluate.review_lead")}</p>}
      {all.map((one) => (
        <Row direction={one} key={one.cat} />
      ))}
      {all.length === 0 && (
        <p>
          <a href={at("sent")}>{t("evaluate.all_sent")}</a>
        </p>
      )}
      {ready.length > 0 && <Secret />}
      {spent && <p class="notice warn">{t("evaluate.no_more_changes")}</p>}
      {ready.length > 0 && isOpen() && !wrong && !spent && (
        <p class="buttons">
          <button class="main" type="button" onClick={send} disabled={busy}>
            {t("evaluate.send", { n: count(ready.length) })}
          </button>
        </p>
      )}
    </>
  );
}
