/** Texts that people took back: they are gone already, and the ledger has to say so. */
import { Component, type JSX } from "preact";
import { fmtDate } from "../../lib/fmt.ts";
import { lang, t } from "../../lib/texts.ts";
import { Alert, Heading, type Trouble, troubleOf } from "../../parts/form.tsx";
import type { Desk } from "./desk.ts";
import type { Erasure } from "./model.ts";

interface Props {
  desk: Desk;
  items: Erasure[];
  /** Size of the tree that they were read from. */
  seen: number;
  onLogged: () => void;
}

interface State {
  busy: boolean;
  trouble: Trouble | null;
}

export class Erasures extends Component<Props, State> {
  override state: State = { busy: false, trouble: null };

  async #log(ref: number): Promise<void> {
    this.setState({ busy: true, trouble: null });
    try {
      await this.props.desk.logErasure(ref, this.props.seen);
      this.props.onLogged();
    } catch (error) {
      this.setState({ trouble: troubleOf(error) });
    }
    this.setState({ busy: false });
  }

  override render({ desk, items }: Props, { busy, trouble }: State): JSX.Element {
    return (
      <>
        <Heading>{t("moderation.erasures")}</Heading>
        <p>{t("moderation.erasures_lead")}</p>
        {trouble && <Alert trouble={trouble} />}
        {items.length === 0 && <p>{t("moderation.queue_none")}</p>}
        <ul class="rows">
          {items.map(({ ref, due }) => (
            <li key={ref}>
              {t("moderation.nomination", { number: String(ref) })} · {t("moderation.due", { date: fmtDate(lang, due) })}{" "}
              {desk.key && (
                <button type="button" aria-disabled={busy} onClick={() => !busy && this.#log(ref)}>
                  {t("moderation.erasure_sign")}
                  <span class="hidden"> {ref}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
      </>
    );
  }
}
