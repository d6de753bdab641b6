/** What the person who is signed in has decided. */
import { Component, type JSX } from "preact";
import { fmtDatetime, fmtNumber } from "../../lib/fmt.ts";
import { lang, t } from "../../lib/texts.ts";
import { Alert, Heading, type Trouble, troubleOf } from "../../parts/form.tsx";
import type { Desk } from "./desk.ts";
import type { Past } from "./model.ts";
import { decisionWord } from "./words.ts";

interface Props {
  desk: Desk;
  onGone: () => void;
}

interface State {
  items: Past[] | null;
  trouble: Trouble | null;
}

export class History extends Component<Props, State> {
  override state: State = { items: null, trouble: null };

  override async componentDidMount(): Promise<void> {
    const { desk, onGone } = this.props;
    try {
      this.setState({ items: (await desk.staff.call<{ items: Past[] }>("GET", "moderation/history")).items });
    } catch (error) {
      this.setState({ trouble: troubleOf(error) });
      if (!desk.staff.session) onGone();
    }
  }

  override render(_: Props, { items, trouble }: State): JSX.Element {
    return (
      <>
        <Heading>{t("moderation.mine")}</Heading>
        {trouble && <Alert trouble={trouble} />}
        {items?.length === 0 && <p>{t("moderation.history_none")}</p>}
        <ul class="rows">
          {items?.map((one) => (
            <li key={one.index}>
              <a href={`#item/${one.ref}`}>{t("moderation.nomination", { number: fmtNumber(lang, one.ref) })}</a>
              {decisionWord(one.d)} · {fmtDatetime(lang, one.at)}
              {one.reason && <p class="said quiet">{one.reason.text[lang]}</p>}
            </li>
          ))}
        </ul>
      </>
    );
  }
}
