/** Acts that wait for a second signature: exactly the bytes that will be signed, and what they mean. */
import { Component, type JSX } from "preact";
import { fmtDatetime } from "../../lib/fmt.ts";
import type { WaitingAct } from "../../lib/staff.ts";
import { lang, t } from "../../lib/texts.ts";
import { Alert, Heading, type Trouble, troubleOf } from "../../parts/form.tsx";
import type { Desk } from "./desk.ts";
import { LANGUAGES, reasonOf } from "./model.ts";
import { decisionWord, LANGUAGE_NAMES } from "./words.ts";

interface Props {
  desk: Desk;
  onGone: () => void;
}

interface State {
  acts: WaitingAct[] | null;
  /** By number: the reason shown is the one that is committed to. */
  fits: Record<number, boolean>;
  busy: number;
  trouble: Trouble | null;
  done: string;
}

export class Cosign extends Component<Props, State> {
  override state: State = { acts: null, fits: {}, busy: 0, trouble: null, done: "" };

  override componentDidMount(): void {
    this.#read();
  }

  async #read(): Promise<void> {
    const { desk, onGone } = this.props;
    try {
      const { items } = await desk.staff.call<{ items: WaitingAct[] }>("GET", "staff/acts");
      const acts = items.filter(({ type, state }) => type === "moderate" && state === "waiting");
      const fits = await Promise.all(acts.map(async (act) => [act.number, await desk.fits(act)] as const));
      this.setState({ acts, fits: Object.fromEntries(fits) });
    } catch (error) {
      this.setState({ trouble: troubleOf(error) });
      if (!desk.staff.session) onGone();
    }
  }

  async #do(act: WaitingAct, what: "sign" | "withdraw"): Promise<void> {
    const { desk } = this.props;
    this.setState({ busy: act.number, trouble: null, done: "" });
    try {
      if (what === "sign") await desk.staff.cosign(desk.origin, desk.key!, act);
      else await desk.staff.call("DELETE", `staff/acts/${act.number}`);
      this.setState({ done: what === "sign" ? t("moderation.cosigned") : t("moderation.withdrawn") });
      await this.#read();
    } catch (error) {
      this.setState({ trouble: troubleOf(error) });
    }
    this.setState({ busy: 0 });
  }

  #act(act: WaitingAct, { fits, busy }: State): JSX.Element {
    const { desk } = this.props;
    const { d, ref } = JSON.parse(act.entry) as { d: string; ref: number };
    const reason = reasonOf(act.payload);
    const mine = act.signers.includes(desk.person);
    return (
      <li key={act.number}>
        <h3>
          {decisionWord(d)} · <a href={`#item/${ref}`}>{t("moderation.nomination", { number: String(ref) })}</a>
        </h3>
        <p class="quiet">
          {fmtDatetime(lang, act.at)} · {t("moderation.signed_by", { persons: act.signers.join(", ") })}
        </p>
        {reason &&
          LANGUAGES.map((language) => (
            <p class="said" lang={language} key={language}>
              <span class="quiet">{LANGUAGE_NAMES[language]}:</span> {reason.text[language]}
            </p>
          ))}
        {!fits[act.number] && <p class="wrong">{t("moderation.not_committed")}</p>}
        <details>
          <summary>{t("moderation.bytes")}</summary>
          <pre class="code" tabIndex={0}>
            {act.entry}
          </pre>
        </details>
        <div class="buttons">
          {mine ? (
            <>
              <span>{t("moderation.waits_other")}</span>
              {act.by === desk.person && (
                <button type="button" aria-disabled={busy > 0} onClick={() => !busy && this.#do(act, "withdraw")}>
                  {t("moderation.withdraw_act")}
                </button>
              )}
            </>
          ) : (
            desk.key &&
            fits[act.number] && (
              <button type="button" class="main" aria-disabled={busy > 0} onClick={() => !busy && this.#do(act, "sign")}>
                {t("moderation.cosign_button")}
              </button>
            )
          )}
        </div>
      </li>
    );
  }

  override render(_: Props, state: State): JSX.Element {
    const { acts, trouble, done } = state;
    return (
      <>
        <Heading>{t("moderation.cosign")}</Heading>
        <p role="status">{done}</p>
        {trouble && <Alert trouble={trouble} />}
        {acts?.length === 0 && <p>{t("moderation.cosign_none")}</p>}
        <ul class="cards">{acts?.map((act) => this.#act(act, state))}</ul>
      </>
    );
  }
}
