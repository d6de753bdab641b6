/** Disputes about passes: each is answered once, and never by a new pass. */
import { Component, type JSX } from "preact";
import { fmtDate, fmtDatetime } from "../../lib/fmt.ts";
import { cleanText, NOTE_MOST, textFault } from "../../lib/nomination.ts";
import { lang, t } from "../../lib/texts.ts";
import { Alert, focusWrong, Heading, type Trouble, troubleOf } from "../../parts/form.tsx";
import { TextField } from "../../parts/text.tsx";
import type { Desk } from "./desk.ts";
import type { Dispute } from "./model.ts";

interface Props {
  desk: Desk;
  onGone: () => void;
}

interface State {
  items: Dispute[] | null;
  open: number | null;
  text: string;
  tried: boolean;
  trouble: Trouble | null;
}

export class Disputes extends Component<Props, State> {
  override state: State = { items: null, open: null, text: "", tried: false, trouble: null };

  override componentDidMount(): void {
    this.#read();
  }

  #failed(error: unknown): void {
    this.setState({ trouble: troubleOf(error) });
    if (!this.props.desk.staff.session) this.props.onGone();
  }

  async #read(): Promise<void> {
    try {
      const { items } = await this.props.desk.staff.call<{ items: Dispute[] }>("GET", "moderation/disputes");
      this.setState({ items });
    } catch (error) {
      this.#failed(error);
    }
  }

  async #answer(number: number): Promise<void> {
    const { text } = this.state;
    if (textFault(text, 1, NOTE_MOST)) {
      this.setState({ tried: true });
      return focusWrong();
    }
    try {
      await this.props.desk.staff.call("POST", `moderation/disputes/${number}/answer`, { text: cleanText(text) });
      this.setState({ open: null, text: "", tried: false, trouble: null });
      await this.#read();
    } catch (error) {
      this.#failed(error);
    }
  }

  #form(number: number, { text, tried }: State): JSX.Element {
    return (
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          this.#answer(number);
        }}
      >
        <TextField
          id={`answer-${number}`}
          label={t("me.dispute_answer")}
          text={text}
          least={1}
          most={NOTE_MOST}
          tried={tried}
          onText={(next) => this.setState({ text: next })}
        />
        <button class="main">{t("moderation.answer_send")}</button>
      </form>
    );
  }

  override render({ desk }: Props, state: State): JSX.Element {
    const { items, open, trouble } = state;
    return (
      <>
        <Heading>{t("moderation.disputes")}</Heading>
        <p>{t("moderation.disputes_lead")}</p>
        {trouble && <Alert trouble={trouble} />}
        {items?.length === 0 && <p>{t("moderation.disputes_none")}</p>}
        <ul class="cards">
          {items?.map((one) => (
            <li key={one.number}>
              <h3>
                {one.number}: {desk.catName(one.cat)}
              </h3>
              <p class="quiet">
                {fmtDatetime(lang, one.at)} · {t("moderation.due", { date: fmtDate(lang, one.due) })}
              </p>
              <p class="said">{one.text ?? t("moderation.erased")}</p>
              {one.answer && (
                <p class="notice said">
                  <strong>{t("me.dispute_answer")}:</strong> {one.answer}
                </p>
              )}
              {!one.answer && open !== one.number && (
                <button type="button" onClick={() => this.setState({ open: one.number, text: "", tried: false })}>
                  {t("moderation.answer")}
                  <span class="hidden"> {one.number}</span>
                </button>
              )}
              {open === one.number && this.#form(one.number, state)}
            </li>
          ))}
        </ul>
      </>
    );
  }
}
