/** One nomination: the text beside what the register and the rules say, its history, and the decision. */
import { Component, type JSX } from "preact";
import { fmtDate, fmtDatetime, fmtNumber } from "../../lib/fmt.ts";
import type { ActState } from "../../lib/staff.ts";
import { lang, t } from "../../lib/texts.ts";
import { Alert, Heading, type Trouble, troubleOf } from "../../parts/form.tsx";
import { stateOf } from "../../parts/nomination_words.ts";
import { statusOf } from "../../parts/register_words.ts";
import { Decide } from "./decide.tsx";
import { type Desk, named } from "./desk.ts";
import { decisionsIn, type Item, type Past, type Reason, type Written } from "./model.ts";
import { decisionWord, NOMINATORS, RELATIONS, RULES } from "./words.ts";

interface Props {
  desk: Desk;
  number: number;
  onGone: () => void;
  onDone: (result: ActState) => void;
}

interface State {
  item: Item | null;
  reasons: Reason[];
  /** The claim was refused: another has it. */
  taken: Trouble | null;
  trouble: Trouble | null;
  askConflict: boolean;
}

export class ItemView extends Component<Props, State> {
  override state: State = { item: null, reasons: [], taken: null, trouble: null, askConflict: false };

  override componentDidMount(): void {
    this.#open();
  }

  get #path(): string {
    return `moderation/items/${this.props.number}`;
  }

  async #open(): Promise<void> {
    const { staff } = this.props.desk;
    try {
      const item = await staff.call<Item>("GET", this.#path);
      this.setState({ item });
      const { items } = await staff.call<{ items: Reason[] }>("GET", "moderation/reasons");
      this.setState({ reasons: items });
      if (decisionsIn(item.state).length > 0 && this.props.desk.key) await this.#claim();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** For a quarter of an hour nobody else decides it; opening it again renews that. */
  async #claim(): Promise<void> {
    try {
      await this.props.desk.staff.call("POST", `${this.#path}/claim`, {});
      this.setState({ taken: null });
    } catch (error) {
      this.setState({ taken: troubleOf(error) });
    }
  }

  /** Decided: whoever comes next (a second look, an appeal) need not wait for the claim to run out. */
  async #decided(result: ActState): Promise<void> {
    await this.props.desk.staff.call("DELETE", `${this.#path}/claim`).catch(() => {});
    this.props.onDone(result);
  }

  #failed(error: unknown): void {
    this.setState({ trouble: troubleOf(error) });
    if (!this.props.desk.staff.session) this.props.onGone();
  }

  async #leave(method: "POST" | "DELETE", what: string): Promise<void> {
    try {
      await this.props.desk.staff.call(method, `${this.#path}/${what}`, method === "POST" ? {} : undefined);
      location.hash = "#queue";
    } catch (error) {
      this.#failed(error);
    }
  }

  #written(one: Written): JSX.Element {
    return (
      <>
        <p class="quiet">
          {fmtDatetime(lang, one.at)} · {NOMINATORS[one.as] ?? one.as} · {RELATIONS[one.relation] ?? one.relation}
        </p>
        {one.flagged && <p class="wrong">{t("moderation.flagged")}</p>}
        {one.text === null ? <p>{t("moderation.erased")}</p> : <p class="said notice">{one.text}</p>}
        {one.links.map((link) => (
          <p class="said" key={link}>
            <a href={link} target="_blank" rel="noopener noreferrer nofollow" referrerpolicy="no-referrer">
              {link}
            </a>
          </p>
        ))}
      </>
    );
  }

  #facts(facts: Item["facts"]): JSX.Element {
    const labels: Record<string, string> = {
      id: t("register.id"),
      bin: t("register.bin"),
      status: t("register.status"),
      region: t("moderation.fact_region"),
      filed_year: t("moderation.fact_filed_year"),
      filed_on: t("moderation.fact_filed_on"),
      laureate_year: t("moderation.fact_laureate"),
    };
    const shown = Object.entries(labels).filter(([name]) => facts[name] !== undefined && facts[name] !== null && facts[name] !== "");
    return (
      <dl>
        {shown.map(([name, label]) => (
          <>
            <dt>{label}</dt>
            <dd>{name === "status" ? statusOf(String(facts[name])) : String(facts[name])}</dd>
          </>
        ))}
      </dl>
    );
  }

  #checklist(item: Item): JSX.Element {
    const words = (ok: boolean | null): string =>
      ok === null ? t("moderation.check_unknown") : ok ? t("moderation.check_ok") : t("moderation.check_bad");
    return (
      <ul class="rows checklist">
        {item.checklist.map(({ rule, ok, detail }) => (
          <li key={rule} data-ok={String(ok)}>
            <strong class={ok === false ? "wrong" : undefined}>{words(ok)}</strong> {RULES[rule] ?? rule}
            {detail && <span class="quiet"> {detail}</span>}
          </li>
        ))}
      </ul>
    );
  }

  #past(past: Past[]): JSX.Element {
    if (past.length === 0) return <p>{t("moderation.history_none")}</p>;
    return (
      <ul class="rows">
        {past.map((one) => (
          <li key={one.index}>
            {fmtDatetime(lang, one.at)} · {decisionWord(one.d)} · {one.signers.join(", ")}
            {one.reason && <p class="said quiet">{one.reason.text[lang]}</p>}
          </li>
        ))}
      </ul>
    );
  }

  #conflict(): JSX.Element {
    if (!this.state.askConflict) {
      return (
        <button type="button" onClick={() => this.setState({ askConflict: true })}>
          {t("moderation.conflict")}
        </button>
      );
    }
    return (
      <div class="notice warn">
        <p>{t("moderation.conflict_text")}</p>
        <div class="buttons">
          <button type="button" onClick={() => this.#leave("POST", "conflict")}>
            {t("moderation.conflict_yes")}
          </button>
          <button type="button" onClick={() => this.setState({ askConflict: false })}>
            {t("me.cancel")}
          </button>
        </div>
      </div>
    );
  }

  #decide(item: Item): JSX.Element | null {
    const { desk } = this.props;
    if (decisionsIn(item.state).length === 0) return <p class="notice">{t("moderation.decided")}</p>;
    if (this.state.taken) return <Alert trouble={this.state.taken} />;
    if (!desk.key) return null; // the page says so at its top
    return <Decide desk={desk} item={item} reasons={this.state.reasons} onDone={(result) => this.#decided(result)} />;
  }

  #item(item: Item): JSX.Element {
    return (
      <>
        <Heading>{named(item.name, item.ngo)}</Heading>
        <p class="quiet">
          {this.props.desk.catName(item.cat)} · {t("moderation.supporters", { count: fmtNumber(lang, item.supporters) })}
        </p>
        <p class="stands">{stateOf(item.state)}</p>
        <p class="quiet">{t("moderation.due", { date: fmtDate(lang, item.due) })}</p>
        {item.wish && <p class="wrong">{t("moderation.wish")}</p>}
        <div class="beside">
          <div>
            <h3>{t("moderation.texts")}</h3>
            {item.nominations.length === 0 && <p>{t("moderation.no_text")}</p>}
            {item.nominations.map((one) => this.#written(one))}
            {item.appeal_text && (
              <div class="notice warn">
                <p>
                  <strong>{t("moderation.appeal_text")}</strong>
                </p>
                <p class="said">{item.appeal_text}</p>
              </div>
            )}
          </div>
          <div>
            <h3>{t("moderation.checklist")}</h3>
            {this.#checklist(item)}
            <h3>{t("moderation.facts")}</h3>
            {this.#facts(item.facts)}
            <h3>{t("moderation.history")}</h3>
            {this.#past(item.history)}
          </div>
        </div>
        {this.#decide(item)}
        <div class="buttons">
          <button type="button" onClick={() => this.#leave("DELETE", "claim")}>
            {t("moderation.unclaim")}
          </button>
          {this.#conflict()}
        </div>
      </>
    );
  }

  override render(_: Props, { item, trouble }: State): JSX.Element {
    return (
      <>
        <p>
          <a href="#queue">{t("moderation.to_queue")}</a>
        </p>
        {trouble && <Alert trouble={trouble} />}
        {item && this.#item(item)}
      </>
    );
  }
}
