/** Finding an organisation of the register by a few letters of its name, or by its BIN. */
import { Component, type JSX } from "preact";
import { ApiError, ask } from "../../lib/api.ts";
import { isBin, type Ngo } from "../../lib/nomination.ts";
import { lang, t } from "../../lib/texts.ts";
import { statusOf } from "../../parts/register_words.ts";
import { Alert, Ask, Field, type Trouble, troubleOf } from "../../parts/form.tsx";

/** As many as a person looks through. */
const SHOWN = 10;
const LEAST = 3;
/** After the last key: long enough to write a word, short enough to seem at once. */
const PAUSE_MS = 350;

interface Props {
  campaign: string;
  chosen: Ngo | null;
  onChoose: (ngo: Ngo) => void;
}

interface State {
  query: string;
  wrong: string | null;
  found: Ngo[] | null;
  more: boolean;
  trouble: Trouble | null;
}

/** Its name in the page's language, or in one that it has. */
export const nameOf = ({ name }: Pick<Ngo, "name">): string => name[lang] || name.kk || name.ru || name.en;

export const NgoLines = ({ ngo }: { ngo: Ngo }): JSX.Element => (
  <>
    {nameOf(ngo)}
    <small>{ngo.bin ? t("citizen.bin", { bin: ngo.bin }) : t("citizen.no_bin")}</small>
    {ngo.status !== "ACTIVE" && <small>{statusOf(ngo.status)}</small>}
  </>
);

export class NgoSearch extends Component<Props, State> {
  override state: State = { query: "", wrong: null, found: null, more: false, trouble: null };
  #timer = 0;
  #asking = new AbortController();

  override componentWillUnmount(): void {
    clearTimeout(this.#timer);
    this.#asking.abort();
  }

  #typed(query: string): void {
    this.setState({ query, wrong: null });
    clearTimeout(this.#timer);
    if (query.trim().length >= LEAST) this.#timer = setTimeout(() => this.#search(query), PAUSE_MS) as unknown as number;
  }

  /** The form's button, or Enter: now, and with a word about a BIN that can't be one. */
  #submit(): void {
    clearTimeout(this.#timer);
    const digits = this.state.query.replace(/\s/g, "");
    if (/^\d{12}$/.test(digits) && !isBin(digits)) this.setState({ wrong: t("nominate.ngo_bin_wrong") });
    if (digits !== "") this.#search(this.state.query);
  }

  async #search(query: string): Promise<void> {
    const bare = query.trim();
    const wanted = /^[\d\s]+$/.test(bare) ? bare.replace(/\s/g, "") : bare;
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const path = `/api/v1/campaigns/${this.props.campaign}/register?limit=${SHOWN}&q=${encodeURIComponent(wanted)}`;
    try {
      const { json } = await ask<{ items: Ngo[]; next: string | null }>(path, { signal, tries: 2 });
      this.setState({ found: json.items, more: json.next !== null, trouble: null });
    } catch (error) {
      if (error instanceof ApiError) this.setState({ found: null, trouble: troubleOf(error) });
    }
  }

  override render({ chosen, onChoose }: Props): JSX.Element {
    const { query, wrong, found, more, trouble } = this.state;
    const list = found ?? (chosen ? [chosen] : []);
    return (
      <Ask title={t("nominate.ngo_title")} onAnswer={() => this.#submit()}>
        <Field id="ngo" label={t("nominate.ngo_label")} hint={t("nominate.ngo_hint")} wrong={wrong}>
          {(described) => (
            <input
              {...described}
              type="search"
              autocomplete="off"
              maxLength={200}
              value={query}
              onInput={(event) => this.#typed(event.currentTarget.value)}
            />
          )}
        </Field>
        <p>
          <button>{t("nominate.ngo_button")}</button>
        </p>
        {trouble && <Alert trouble={trouble} />}
        <p role="status">{found && (found.length > 0 ? t("nominate.ngo_found") : t("nominate.ngo_none"))}</p>
        <ul class="choices">
          {list.map((ngo) => (
            <li key={ngo.id}>
              <button type="button" aria-current={ngo.id === chosen?.id ? "true" : undefined} onClick={() => onChoose(ngo)}>
                <NgoLines ngo={ngo} />
              </button>
            </li>
          ))}
        </ul>
        {more && <p>{t("nominate.ngo_more")}</p>}
      </Ask>
    );
  }
}
