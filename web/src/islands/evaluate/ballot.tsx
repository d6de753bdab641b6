/** Filling in one direction: by the rules' method, one nominee a page where each gets marks of its own. */
import type { ComponentChildren } from "preact";
import { t } from "../../lib/texts.ts";
import { app, at, category, go, loadNominees, nameOf, page, regionOf } from "./app.ts";
import { type BallotRules, type Choice, named, type Nominee, plaintext, pointsGiven, scored, tooMany, UNSURE } from "./model.ts";
import { count } from "./notices.tsx";
import { nextScreen } from "./start.tsx";

interface Paper {
  cat: string;
  rules: BallotRules;
  nominees: Nominee[];
  choice: Choice;
  edit: (change: Choice) => void;
}

function About({ nominee }: { nominee: Nominee }) {
  return <span class="quiet">{[regionOf(nominee), nominee.bin && t("evaluate.bin", { bin: nominee.bin })].filter(Boolean).join(". ")}</span>;
}

function WhyThisOrder() {
  return (
    <details>
      <summary>{t("evaluate.why_order")}</summary>
      <p>{t("evaluate.order")}</p>
    </details>
  );
}

function Choose({ nominees, choice, edit }: Paper) {
  return (
    <fieldset>
      <legend>{t("evaluate.choose_one")}</legend>
      {nominees.map((nominee) => (
        <label class="choice" key={nominee.id}>
          <input type="radio" name="c" checked={choice.c === nominee.id} onChange={() => edit({ c: nominee.id })} />
          <span>
            {nameOf(nominee)} <About nominee={nominee} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Approve({ rules, nominees, choice, edit }: Paper) {
  const marked = choice.a ?? [];
  const toggle = (id: string) => edit({ a: marked.includes(id) ? marked.filter((one) => one !== id) : [...marked, id] });
  return (
    <fieldset>
      <legend>{t("evaluate.approve_some", { most: count(rules.at_most!) })}</legend>
      {nominees.map((nominee) => (
        <label class="choice" key={nominee.id}>
          <input type="checkbox" name="a" checked={marked.includes(nominee.id)} onChange={() => toggle(nominee.id)} />
          <span>
            {nameOf(nominee)} <About nominee={nominee} />
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function Points({ rules, nominees, choice, edit }: Paper) {
  const points = choice.p ?? {};
  const set = (id: string, event: Event) => edit({ p: { ...points, [id]: Math.max(0, Math.floor(Number((event.target as HTMLInputElement).value)) || 0) } });
  const left = rules.sum! - pointsGiven(choice);
  return (
    <fieldset>
      <legend>{t("evaluate.points_share", { sum: count(rules.sum!) })}</legend>
      {nominees.map((nominee) => (
        <p class="field row" key={nominee.id}>
          <label for={`p${nominee.id}`}>
            {nameOf(nominee)} <About nominee={nominee} />
          </label>
          <input id={`p${nominee.id}`} type="number" inputMode="numeric" min={0} max={rules.sum!} value={points[nominee.id] ?? 0} onInput={(event) => set(nominee.id, event)} />
        </p>
      ))}
      <p role="status" class={left < 0 ? "notice warn" : "notice"}>
        {left < 0 ? t("evaluate.points_over", { n: count(-left) }) : t("evaluate.points_left", { n: count(left) })}
      </p>
    </fieldset>
  );
}

/** A place for each nominee, by list boxes: no dragging. */
function Rank({ rules, nominees, choice, edit }: Paper) {
  const order = choice.o ?? [];
  const places = Array.from({ length: Math.min(rules.at_most!, nominees.length) }, (_, i) => i);
  const set = (place: number, id: string) => {
    const next = places.map((i) => (i === place ? id : order[i] === id ? "" : (order[i] ?? "")));
    edit({ o: next.filter((one) => one !== "") });
  };
  return (
    <fieldset>
      <legend>{t("evaluate.rank_places", { most: count(places.length) })}</legend>
      {places.map((place) => (
        <p class="field" key={place}>
          <label for={`o${place}`}>{t("evaluate.rank_place", { n: count(place + 1) })}</label>
          <select id={`o${place}`} disabled={place > order.length} value={order[place] ?? ""} onChange={(event) => set(place, (event.target as HTMLSelectElement).value)}>
            <option value="">{t("evaluate.rank_none")}</option>
            {nominees.map((nominee) => (
              <option value={nominee.id} selected={order[place] === nominee.id}>
                {nameOf(nominee)}
              </option>
            ))}
          </select>
        </p>
      ))}
    </fieldset>
  );
}

/* ---- scores: a page a nominee, a fieldset a criterion ---- */

function Criterion({ paper, nominee, criterion }: { paper: Paper; nominee: Nominee; criterion: { id: string; name: ComponentChildren } }) {
  const { rules, choice, edit } = paper;
  const scores = choice.s?.[nominee.id] ?? {};
  const { least = 0, most = 0 } = rules;
  const values = Array.from({ length: most - least + 1 }, (_, i) => least + i);
  const set = (value: number) => edit({ s: { ...choice.s, [nominee.id]: { ...scores, [criterion.id]: value } } });
  const option = (value: number, label: ComponentChildren) => (
    <label class={value === UNSURE ? "mark unsure" : "mark"} key={value}>
      <input type="radio" name={criterion.id} checked={scores[criterion.id] === value} onChange={() => set(value)} />
      <span>{label}</span>
    </label>
  );
  return (
    <fieldset>
      <legend>{criterion.name}</legend>
      <div class="marks">
        {values.map((value) => option(value, count(value)))}
        {option(UNSURE, t("evaluate.unsure"))}
      </div>
    </fieldset>
  );
}

function Score({ paper, n }: { paper: Paper; n: number }) {
  const { cat, rules, nominees, choice, edit } = paper;
  const nominee = nominees[n]!;
  const next = n + 1 < nominees.length ? at("d", cat, n + 1) : onward(cat);
  const skip = () => {
    const { [nominee.id]: _, ...rest } = choice.s ?? {};
    edit({ s: rest });
    go(next);
  };
  return (
    <>
      <p class="quiet">
        {named(category(cat)?.name)}. {t("evaluate.nominee_of", { n: count(n + 1), all: count(nominees.length) })}
      </p>
      <h1 tabIndex={-1}>{nameOf(nominee)}</h1>
      <p>
        <About nominee={nominee} />
        <br />
        <a href={page(`nominees/${nominee.id}`)}>{t("evaluate.about_ngo")}</a>
      </p>
      <p class="quiet">{t("evaluate.scale", { least: count(rules.least!), most: count(rules.most!) })}</p>
      {rules.criteria!.map(({ id, name }) => (
        <Criterion paper={paper} nominee={nominee} criterion={{ id, name: named(name) }} key={`${nominee.id} ${id}`} />
      ))}
      <TooMany paper={paper} />
      <p class="buttons">
        <a class="button main" href={next}>
          {t("evaluate.next")}
        </a>
        <button type="button" onClick={skip}>
          {t("evaluate.skip")}
        </button>
      </p>
      <p class="links">
        {n > 0 && <a href={at("d", cat, n - 1)}>{t("evaluate.previous")}</a>}
        {scored(choice).length > 0 && <a href={onward(cat)}>{t("evaluate.to_review")}</a>}
      </p>
    </>
  );
}

/* ---- all ---- */

function TooMany({ paper: { rules, choice } }: { paper: Paper }) {
  if (!tooMany(rules, choice) || rules.method === "points") return null;
  return (
    <p class="notice warn" role="alert">
      {t("evaluate.too_many", { most: count(rules.at_most!) })}
    </p>
  );
}

/** The next direction without a choice, else the review. */
const onward = (cat: string): string => {
  const open = app.voter.withPass().find((one) => one.cat !== cat && one.state === "pass" && !app.voter.ready(one));
  return open ? at("d", open.cat) : at("review");
};

const papers = { choose: Choose, approve: Approve, points: Points, rank: Rank };

export function Ballot({ cat, n }: { cat: string; n: number }) {
  const nominees = app.nominees.get(cat);
  const found = category(cat);
  if (!found || !app.voter.get(cat).pass) {
    location.hash = nextScreen();
    return null;
  }
  if (!nominees) {
    loadNominees(cat).then(app.draw, (error) => {
      app.trouble = { code: error.code ?? "unknown", detail: error.detail ?? "" };
      app.draw();
    });
    return <h1>{named(found.name)}</h1>;
  }
  const { ballot: rules, name } = found;
  const { choice } = app.voter.get(cat);
  const paper: Paper = { cat, rules, nominees, choice, edit: (change) => void app.voter.edit(cat, change) };
  if (rules.method === "score")
    return (
      <>
        <Score paper={paper} n={Math.min(n, nominees.length - 1)} />
        <WhyThisOrder />
      </>
    );
  const Fill = papers[rules.method];
  return (
    <>
      <h1 tabIndex={-1}>{named(name)}</h1>
      <p>
        <a href={page(`categories/${cat}`)}>{t("evaluate.about_nominees")}</a>
      </p>
      <Fill {...paper} />
      <TooMany paper={paper} />
      <p class="buttons">
        {plaintext(rules, choice) ? (
          <a class="button main" href={onward(cat)}>
            {t("evaluate.next")}
          </a>
        ) : (
          <a class="button" href={onward(cat)}>
            {t("evaluate.skip_direction")}
          </a>
        )}
      </p>
      <WhyThisOrder />
    </>
  );
}
