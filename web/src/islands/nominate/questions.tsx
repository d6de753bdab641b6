/**
 * Nominating, behind the sign-in: one question after another, the draft kept on the phone, one button
 * that sends. The page says at every moment whether anything has been sent; a send without an answer is
 * repeated by itself until there is one, which is safe: the same nomination gets the same number.
 */
import { Component, type JSX } from "preact";
import { ApiError, ask } from "../../lib/api.ts";
import type { Citizen } from "../../lib/citizen.ts";
import type { Direction } from "../../lib/directions.ts";
import {
  type Draft,
  EMPTY,
  givenLinks,
  isAnswered,
  type NominationRules,
  nextQuestion,
  type Question,
  QUESTIONS,
  resumeAt,
  type Tie,
  tiesOf,
  toSend,
} from "../../lib/nomination.ts";
import type { Store } from "../../lib/store.ts";
import { lang, t } from "../../lib/texts.ts";
import { Alert, Ask, focusWrong, type Trouble, troubleOf } from "../../parts/form.tsx";
import { Check, Consent, Done } from "./end.tsx";
import { NgoSearch, nameOf } from "./ngo_search.tsx";
import { SignIn } from "../../parts/sign_in.tsx";
import { LinkFields, TextField } from "../../parts/text.tsx";

export { EMPTY };

type Step = Question | "support" | "done";

/** What the page was given by the server. */
export interface Given {
  campaign: string;
  /** Hash of the frozen rules. */
  rules: string;
  /** How the nomination phase stands. */
  window: string;
}

interface Props {
  given: Given;
  cats: Direction[];
  store: Store;
  citizen: Citizen;
  draft: Draft;
}

interface State {
  draft: Draft;
  step: Step;
  /** Somebody has tried to go on: what is wrong is shown. */
  tried: boolean;
  trouble: Trouble | null;
  rules: NominationRules | null;
  waiting: boolean;
  offline: boolean;
  /** The window closed under the person's hands. */
  shut: boolean;
}

/** Answers that a repetition can change: it is waited and sent again. */
const passing = (error: ApiError): boolean => error.unanswered || error.status === 503 || error.status === 429;
const SHUT = ["window_closed", "window_not_open", "campaign_paused", "not_in_phase"];
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 30_000;

const TIE_TEXTS: Record<Tie, string> = {
  none: t("nominate.who_none"),
  staff: t("nominate.who_staff"),
  head: t("nominate.who_head"),
  ngo: t("nominate.who_ngo"),
  state_body: t("nominate.who_state_body"),
  council: t("nominate.who_council"),
};

export class Nominate extends Component<Props, State> {
  /** Ends the wait before the next try. */
  #wake = (): void => {};

  constructor(props: Props) {
    super(props);
    const { draft, citizen } = props;
    const step = draft.done ? "done" : resumeAt(draft, citizen.signedIn);
    const offline = !navigator.onLine;
    this.state = { draft, step, tried: false, trouble: null, rules: null, waiting: false, offline, shut: false };
  }

  override componentDidMount(): void {
    history.replaceState({ step: this.state.step }, "");
    addEventListener("popstate", (event) => this.#show((event.state as { step?: Step } | null)?.step ?? "sign_in"));
    addEventListener("online", () => {
      this.setState({ offline: false });
      this.#wake();
    });
    addEventListener("offline", () => this.setState({ offline: true }));
    const { campaign, rules } = this.props.given;
    ask<{ nomination: NominationRules }>(`/${campaign}/ledger/files/${rules}`)
      .then(({ json }) => this.setState({ rules: json.nomination }))
      .catch(() => {}); // the server refuses what the rules do not allow
    if (this.state.draft.sending && this.props.citizen.signedIn) this.#send();
  }

  /** Changes the draft, and keeps it before anything else happens. */
  async #keep(change: Partial<Draft>): Promise<Draft> {
    const draft = { ...this.state.draft, ...change };
    this.setState({ draft });
    await this.props.store.put(`nominate/${this.props.given.campaign}`, draft);
    return draft;
  }

  #show(step: Step): void {
    const { draft } = this.state;
    const shown = draft.done ? "done" : step === "done" ? "check" : step;
    this.setState({ step: shown, tried: false, trouble: null });
    if (shown !== "done" && shown !== "support") this.#keep({ at: shown });
  }

  #go(step: Step): void {
    history.pushState({ step }, "");
    this.#show(step);
  }

  /** On to the first question without an answer. */
  async #answer(change: Partial<Draft>): Promise<void> {
    const draft = await this.#keep(change);
    this.#go(nextQuestion(draft, this.props.citizen.signedIn));
  }

  /** The same, for questions whose answer can be wrong. */
  #next(question: Question): void {
    const { draft } = this.state;
    if (isAnswered(draft, question, true)) return void this.#answer({});
    this.setState({ tried: true });
    focusWrong();
  }

  /** An organisation or a direction was chosen: has it been nominated there already? */
  async #chosen(change: Partial<Draft>): Promise<void> {
    const { ngo, cat } = await this.#keep(change);
    if (ngo && cat && (await this.#isNominated(ngo.id, cat))) this.#go("support");
    else await this.#answer({});
  }

  async #isNominated(ngo: string, cat: string): Promise<boolean> {
    const path = `/api/v1/campaigns/${this.props.given.campaign}/nominees?limit=500&cat=${cat}`;
    try {
      const { json } = await ask<{ items: { ngo: string }[] }>(path, { tries: 1, deadline_ms: 5000 });
      return json.items.some((nominee) => nominee.ngo === ngo);
    } catch {
      return false; // it only saves a surprise: the answer to the nomination says it too
    }
  }

  // ---- sending

  async #send(): Promise<void> {
    if (this.state.waiting) return;
    const draft = await this.#keep({ sending: true });
    this.setState({ waiting: true, trouble: null });
    for (let n = 0; ; n++) {
      try {
        const sent = await this.props.citizen.call<{ index: number; support: boolean }>("POST", "nominations", toSend(draft) as object, 1);
        await this.#keep({ sending: false, done: { index: sent.index, support: sent.support } });
        this.setState({ waiting: false });
        return this.#go("done");
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (!passing(error)) return this.#refused(error);
        this.setState({ trouble: troubleOf(error) });
        await this.#wait(n);
      }
    }
  }

  /** Full jitter, longer each time; cut short by the person or by the network coming back. */
  #wait(n: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, 500 + Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** n));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #refused(error: ApiError): Promise<void> {
    await this.#keep({ sending: false });
    this.setState({ waiting: false });
    if (error.status === 401) this.#go("sign_in");
    this.setState({ trouble: troubleOf(error), shut: SHUT.includes(error.code) });
  }

  async #startAgain(): Promise<void> {
    await this.#keep(EMPTY);
    this.#go(nextQuestion(EMPTY, this.props.citizen.signedIn));
  }

  // ---- questions

  #ngo(draft: Draft): JSX.Element {
    return (
      <NgoSearch
        campaign={this.props.given.campaign}
        chosen={draft.ngo}
        onChoose={({ id, name, bin, region, status }) => this.#chosen({ ngo: { id, name, bin, region, status } })}
      />
    );
  }

  #cat(draft: Draft): JSX.Element {
    return (
      <Ask title={t("nominate.cat_title")}>
        <ul class="choices">
          {this.props.cats.map(({ id, name }) => (
            <li key={id}>
              <button type="button" aria-current={id === draft.cat ? "true" : undefined} onClick={() => this.#chosen({ cat: id })}>
                {name}
              </button>
            </li>
          ))}
        </ul>
      </Ask>
    );
  }

  #support(draft: Draft): JSX.Element {
    return (
      <Ask title={t("nominate.support_title")} button={t("nominate.support_button")} onAnswer={() => this.#answer({})}>
        {this.#about(draft)}
        <p>{t("nominate.support_text")}</p>
        <p class="buttons">
          <button type="button" onClick={() => this.#go("cat")}>
            {t("nominate.support_cat")}
          </button>
          <button type="button" onClick={() => this.#go("ngo")}>
            {t("nominate.support_ngo")}
          </button>
        </p>
      </Ask>
    );
  }

  #who(draft: Draft): JSX.Element {
    const { rules, tried } = this.state;
    const ties = rules ? tiesOf(rules) : tiesOf({ who: ["citizen"], own: "allow", per_person: 0, per_ngo: 0, cure_days: 0 });
    return (
      <Ask title={t("nominate.who_title")}>
        {rules?.own === "flag" && <p>{t("nominate.who_flag")}</p>}
        {tried && (
          <p class="notice warn" role="alert">
            {t("nominate.who_refused")}
          </p>
        )}
        <ul class="choices">
          {ties.map(({ tie, refused }) => (
            <li key={tie}>
              <button
                type="button"
                aria-current={tie === draft.tie ? "true" : undefined}
                onClick={() => (refused ? this.setState({ tried: true }) : this.#answer({ tie }))}
              >
                {TIE_TEXTS[tie]}
              </button>
            </li>
          ))}
        </ul>
      </Ask>
    );
  }

  #why(draft: Draft): JSX.Element {
    const { tried } = this.state;
    return (
      <Ask title={t("nominate.why_title")} button={t("citizen.continue")} onAnswer={() => this.#next("why")}>
        {this.#about(draft)}
        <TextField
          id="why"
          label={t("nominate.check_why")}
          hint={t("nominate.why_hint")}
          text={draft.text}
          tried={tried}
          onText={(text) => this.#keep({ text })}
        />
        <LinkFields links={draft.links} tried={tried} onLinks={(links) => this.#keep({ links })} />
      </Ask>
    );
  }

  #consent(draft: Draft): JSX.Element {
    const wrong = this.state.tried && !draft.processing;
    return <Consent draft={draft} wrong={wrong} onKeep={(change) => this.#keep(change)} onNext={() => this.#next("consent")} />;
  }

  #check(draft: Draft): JSX.Element {
    const { waiting } = this.state;
    return (
      <Check
        draft={draft}
        cat={this.#catName(draft.cat)}
        tie={draft.tie && TIE_TEXTS[draft.tie]}
        waiting={waiting}
        onChange={(question) => this.#go(question)}
        onSend={() => (waiting ? this.#wake() : this.#send())}
      />
    );
  }

  // ---- what stands around the questions

  #catName(cat: string): string {
    return this.props.cats.find(({ id }) => id === cat)?.name ?? cat;
  }

  #about({ ngo, cat }: Draft): JSX.Element {
    return (
      <p class="quiet">
        {ngo && nameOf(ngo)}
        {cat && ` · ${this.#catName(cat)}`}
      </p>
    );
  }

  /** What was written and can't be sent now. */
  #unsent(draft: Draft): JSX.Element {
    return (
      <>
        <p>
          <strong>{t("nominate.not_sent")}</strong>
        </p>
        {this.#about(draft)}
        <div class="said notice">{[draft.text, ...givenLinks(draft.links)].join("\n")}</div>
        <p class="buttons">
          <a class="button" href={`/${lang}/${this.props.given.campaign}/`}>
            {t("nominate.to_campaign")}
          </a>
          <button type="button" onClick={() => this.#startAgain()}>
            {t("nominate.drop")}
          </button>
        </p>
      </>
    );
  }

  #question(step: Step, draft: Draft): JSX.Element {
    switch (step) {
      case "sign_in":
        return <SignIn citizen={this.props.citizen} onDone={() => this.#answer({})} />;
      case "ngo":
        return this.#ngo(draft);
      case "cat":
        return this.#cat(draft);
      case "support":
        return this.#support(draft);
      case "who":
        return this.#who(draft);
      case "why":
        return this.#why(draft);
      case "consent":
        return this.#consent(draft);
      case "check":
        return this.#check(draft);
      case "done":
        return <Done draft={draft} about={this.#about(draft)} me={`/${lang}/${this.props.given.campaign}/me`} onAgain={() => this.#startAgain()} />;
    }
  }

  override render({ given, store }: Props, { draft, step, trouble, waiting, offline, shut }: State): JSX.Element | null {
    const isOpen = given.window === "open" && !shut;
    if (!isOpen && step !== "done") {
      return (
        <>
          {trouble && <Alert trouble={trouble} />}
          {draft.text && this.#unsent(draft)}
        </>
      );
    }
    const stands = draft.done ? t("nominate.status_recorded") : waiting ? t("nominate.status_waiting") : t("nominate.status_draft");
    const first = step === "sign_in" || (QUESTIONS as readonly string[]).indexOf(step) === 1;
    return (
      <>
        <p class={draft.done ? "stands done" : "stands"} role="status">
          {stands}
        </p>
        {!draft.done && !store.persistent && <p class="notice warn">{t("nominate.blocked")}</p>}
        {!draft.done && offline && (
          <p class="notice" role="status">
            {t("nominate.offline")}
          </p>
        )}
        {trouble && <Alert trouble={trouble} />}
        {!first && !draft.done && !waiting && (
          <p>
            <button type="button" class="plain" onClick={() => history.back()}>
              {t("citizen.back")}
            </button>
          </p>
        )}
        <div key={step} data-step={step}>
          {this.#question(step, draft)}
        </div>
        {!draft.done && store.persistent && <p class="quiet">{t("nominate.kept")}</p>}
      </>
    );
  }
}
