/** What a citizen sees of his own: nominations and what can be done with them, passes, disputes. */
import { Component, type JSX } from "preact";
import type { Citizen } from "../../lib/citizen.ts";
import type { Direction } from "../../lib/directions.ts";
import { fmtDate, fmtDatetime, fmtNumber } from "../../lib/fmt.ts";
import { cleanText, givenLinks, isLink, NOTE_MOST, type Names, TEXT_LEAST, TEXT_MOST, textFault } from "../../lib/nomination.ts";
import { lang, t } from "../../lib/texts.ts";
import { Alert, Ask, focusWrong, Heading, type Trouble, troubleOf } from "../../parts/form.tsx";
import { stateOf } from "../../parts/nomination_words.ts";
import { LinkFields, TextField } from "../../parts/text.tsx";

type Can = "complete" | "withdraw" | "appeal";

interface Nomination {
  /** Null while the ledger has not answered. */
  index: number | null;
  support: boolean;
  cat: string;
  ngo: string;
  /** Null when the register has it no more. */
  name: Names | null;
  state: string;
  /** Its nominator wishes to withdraw it; a moderator has to confirm that. */
  wished: boolean;
  at: number;
  /** Until when it can be completed or appealed. */
  due: number | null;
  /** In the page's language. */
  reason: { code: string; text: string } | null;
  text: string | null;
  links: string[];
  can: Can[];
}

interface Dispute {
  number: number;
  cat: string;
  state: string;
  text: string | null;
  answer: string | null;
  due: number;
}

interface Me {
  expires: number;
  nominations: Nomination[];
  passes: { cat: string; index: number }[];
  disputes: Dispute[];
}

/** What is being done: one thing at a time, in place of the lists. */
type Doing = { what: Can; of: Nomination } | { what: "dispute"; cat: string } | { what: "erase" };

interface Props {
  citizen: Citizen;
  cats: Direction[];
  /** Nobody is signed in any more. */
  onGone: () => void;
}

interface State {
  me: Me | null;
  doing: Doing | null;
  text: string;
  links: string[];
  tried: boolean;
  busy: boolean;
  saved: boolean;
  trouble: Trouble | null;
}

interface Limits {
  least: number;
  most: number;
}

const FULL: Limits = { least: TEXT_LEAST, most: TEXT_MOST };
const NOTE: Limits = { least: 1, most: NOTE_MOST };

const nameOf = ({ name, ngo }: Nomination): string => name?.[lang] || name?.kk || name?.ru || name?.en || ngo;

const BUTTONS: Record<Can, string> = { complete: t("me.complete"), withdraw: t("me.withdraw"), appeal: t("me.appeal") };

export class MyPage extends Component<Props, State> {
  override state: State = { me: null, doing: null, text: "", links: [""], tried: false, busy: false, saved: false, trouble: null };

  override componentDidMount(): void {
    this.#read();
  }

  async #read(): Promise<void> {
    try {
      this.setState({ me: await this.props.citizen.call<Me>("GET", "me") });
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const trouble = troubleOf(error);
    this.setState({ busy: false, trouble });
    if (!this.props.citizen.signedIn) this.props.onGone();
  }

  #begin(doing: Doing | null): void {
    const own = doing?.what === "complete" ? doing.of : null;
    const links = own && own.links.length > 0 ? own.links : [""];
    this.setState({ doing, text: own?.text ?? "", links, tried: false, saved: false, trouble: null });
  }

  async #send(path: string, body: object): Promise<void> {
    this.setState({ busy: true, trouble: null });
    try {
      await this.props.citizen.call("POST", path, body);
      this.setState({ busy: false, doing: null, saved: true });
      await this.#read();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Sends a text once it is as it must be. */
  #sendText(path: string, limits: Limits, body: (text: string) => object): void {
    const { text, links } = this.state;
    if (textFault(text, limits.least, limits.most) === null && links.every((link) => link.trim() === "" || isLink(link))) return void this.#send(path, body(cleanText(text)));
    this.setState({ tried: true });
    focusWrong();
  }

  #catName(cat: string): string {
    return this.props.cats.find(({ id }) => id === cat)?.name ?? cat;
  }

  // ---- the lists

  #nomination(one: Nomination): JSX.Element {
    const reason = one.reason?.text;
    return (
      <li key={`${one.cat} ${one.ngo}`}>
        <h3>{nameOf(one)}</h3>
        <p class="quiet">{this.#catName(one.cat)}</p>
        <p class={one.state === "admitted" ? "stands done" : "stands"} data-state={one.state}>
          {stateOf(one.state)}
        </p>
        {one.support && <p class="quiet">{t("me.support")}</p>}
        {one.wished && one.state !== "withdrawn" && <p>{t("me.wished")}</p>}
        {reason && (
          <div class="notice">
            <p>
              <strong>{t("me.reason")}</strong>
            </p>
            <p class="said">{reason}</p>
          </div>
        )}
        <dl>
          {one.index !== null && (
            <>
              <dt>{t("me.number")}</dt>
              <dd>{fmtNumber(lang, one.index)}</dd>
            </>
          )}
          <dt>{t("me.sent_at")}</dt>
          <dd>{fmtDatetime(lang, one.at)}</dd>
          {one.due && (
            <>
              <dt>{one.state === "returned" ? t("me.due") : t("me.appeal_due")}</dt>
              <dd>
                <strong>{fmtDatetime(lang, one.due)}</strong>
              </dd>
            </>
          )}
        </dl>
        {one.text && (
          <details>
            <summary>{t("me.text")}</summary>
            <div class="said">{[one.text, ...one.links].join("\n")}</div>
          </details>
        )}
        {one.can.length > 0 && (
          <p class="buttons">
            {one.can.map((what) => (
              <button key={what} type="button" onClick={() => this.#begin({ what, of: one })}>
                {BUTTONS[what]}
                <span class="hidden">: {nameOf(one)}</span>
              </button>
            ))}
          </p>
        )}
      </li>
    );
  }

  #dispute(one: Dispute): JSX.Element {
    return (
      <li key={one.number}>
        <h3>{this.#catName(one.cat)}</h3>
        <p class={one.answer ? "stands done" : "stands"}>{one.answer ? t("me.dispute_answered") : t("me.dispute_open")}</p>
        {one.text && <p class="said">{one.text}</p>}
        {one.answer && (
          <div class="notice">
            <p>
              <strong>{t("me.dispute_answer")}</strong>
            </p>
            <p class="said">{one.answer}</p>
          </div>
        )}
        <dl>
          <dt>{t("me.dispute_number")}</dt>
          <dd>{fmtNumber(lang, one.number)}</dd>
          {!one.answer && (
            <>
              <dt>{t("me.dispute_due")}</dt>
              <dd>{fmtDate(lang, one.due)}</dd>
            </>
          )}
        </dl>
      </li>
    );
  }

  #passes({ passes, disputes }: Me): JSX.Element {
    if (passes.length === 0) return <p>{t("me.passes_none")}</p>;
    return (
      <>
        <p>{t("me.passes_text")}</p>
        <ul class="cards">
          {passes.map(({ cat }) => (
            <li key={cat}>
              <p>{this.#catName(cat)}</p>
              {!disputes.some((dispute) => dispute.cat === cat) && (
                <p>
                  <button type="button" class="plain" onClick={() => this.#begin({ what: "dispute", cat })}>
                    {t("me.dispute")}
                    <span class="hidden"> {this.#catName(cat)}</span>
                  </button>
                </p>
              )}
            </li>
          ))}
        </ul>
      </>
    );
  }

  #lists(me: Me): JSX.Element {
    return (
      <>
        {this.state.saved && (
          <p class="notice" role="status">
            {t("me.saved")}
          </p>
        )}
        <Heading>{t("me.nominations")}</Heading>
        {me.nominations.length === 0 && <p>{t("me.nominations_none")}</p>}
        <ul class="cards">{me.nominations.map((one) => this.#nomination(one))}</ul>
        <p>
          <a class="button" href={`/${lang}/${this.props.citizen.campaign}/nominate`}>
            {t("me.nominate")}
          </a>
        </p>
        <h2>{t("me.passes")}</h2>
        {this.#passes(me)}
        {me.disputes.length > 0 && (
          <>
            <h2>{t("me.disputes")}</h2>
            <ul class="cards">{me.disputes.map((one) => this.#dispute(one))}</ul>
          </>
        )}
        <p class="buttons">
          <button type="button" onClick={() => this.props.citizen.signOut().then(this.props.onGone)}>
            {t("citizen.sign_out")}
          </button>
          <button type="button" onClick={() => this.#begin({ what: "erase" })}>
            {t("me.erase")}
          </button>
        </p>
      </>
    );
  }

  // ---- doing

  #text(hint: string, limits: Limits): JSX.Element {
    const { text, tried } = this.state;
    const changed = (next: string): void => this.setState({ text: next });
    return <TextField id="text" label={t("me.text")} hint={hint} text={text} tried={tried} onText={changed} {...limits} />;
  }

  #form(doing: Doing): JSX.Element {
    const { busy, links, tried } = this.state;
    const about = "of" in doing ? `me/nominations/${doing.of.index}/${doing.what}` : "";
    switch (doing.what) {
      case "complete":
        return (
          <Ask
            title={t("me.complete_title")}
            button={t("me.complete_send")}
            busy={busy}
            onAnswer={() => this.#sendText(about, FULL, (text) => ({ text, links: givenLinks(links) }))}
          >
            {doing.of.reason && <p class="notice said">{doing.of.reason.text}</p>}
            {this.#text(t("nominate.why_hint"), FULL)}
            <LinkFields links={links} tried={tried} onLinks={(changed) => this.setState({ links: changed })} />
          </Ask>
        );
      case "withdraw":
        return (
          <Ask title={t("me.withdraw_title")} button={t("me.withdraw_send")} busy={busy} onAnswer={() => this.#send(about, {})}>
            <p>{nameOf(doing.of)}</p>
            <p>{t("me.withdraw_text")}</p>
          </Ask>
        );
      case "appeal":
        return (
          <Ask title={t("me.appeal_title")} button={t("me.appeal_send")} busy={busy} onAnswer={() => this.#sendText(about, NOTE, (text) => ({ text }))}>
            {doing.of.reason && <p class="notice said">{doing.of.reason.text}</p>}
            {this.#text(t("me.appeal_hint"), NOTE)}
          </Ask>
        );
      case "dispute":
        return (
          <Ask
            title={t("me.dispute_title")}
            button={t("me.dispute_send")}
            busy={busy}
            onAnswer={() => this.#sendText("me/disputes", NOTE, (text) => ({ cat: doing.cat, text }))}
          >
            <p>{this.#catName(doing.cat)}</p>
            {this.#text(t("me.dispute_hint"), NOTE)}
          </Ask>
        );
      case "erase":
        return (
          <Ask title={t("me.erase")} button={t("me.erase_send")} busy={busy} onAnswer={() => this.#send("me/erasure", {})}>
            <p>{t("me.erase_text")}</p>
          </Ask>
        );
    }
  }

  override render(_: Props, { me, doing, trouble }: State): JSX.Element {
    return (
      <>
        {trouble && <Alert trouble={trouble} />}
        {doing ? (
          <>
            {this.#form(doing)}
            <p>
              <button type="button" class="plain" onClick={() => this.#begin(null)}>
                {t("me.cancel")}
              </button>
            </p>
          </>
        ) : (
          me && this.#lists(me)
        )}
      </>
    );
  }
}
