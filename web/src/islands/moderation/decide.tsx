/** Deciding: choose, give the reason in three languages, look at it as it will be read, sign. */
import { Component, type JSX } from "preact";
import { NOTE_MOST } from "../../lib/nomination.ts";
import type { ActState } from "../../lib/staff.ts";
import { lang, t } from "../../lib/texts.ts";
import { Alert, Field, focusWrong, Heading, type Trouble, troubleOf } from "../../parts/form.tsx";
import { TextField } from "../../parts/text.tsx";
import { type Desk, named } from "./desk.ts";
import { decisionsIn, type Draft, draftFaults, type Item, LANGUAGES, NO_DECISION, payloadOf, type Reason, signersOf } from "./model.ts";
import { DECISIONS, LANGUAGE_NAMES } from "./words.ts";

interface Props {
  desk: Desk;
  item: Item;
  reasons: Reason[];
  onDone: (result: ActState) => void;
}

interface State {
  draft: Draft;
  tried: boolean;
  /** It is being looked at as a whole, before it is signed. */
  preview: boolean;
  busy: boolean;
  trouble: Trouble | null;
}

export class Decide extends Component<Props, State> {
  override state: State = { draft: NO_DECISION, tried: false, preview: false, busy: false, trouble: null };

  #change(change: Partial<Draft>): void {
    this.setState(({ draft }) => ({ draft: { ...draft, ...change } }));
  }

  #choose(code: string): void {
    const reason = this.props.reasons.find((one) => one.code === code && one.d === this.state.draft.d);
    this.#change(reason ? { code, text: reason.text } : { code });
  }

  #look(): void {
    if (draftFaults(this.state.draft) === null) return this.setState({ preview: true, trouble: null });
    this.setState({ tried: true });
    focusWrong();
  }

  async #sign(): Promise<void> {
    this.setState({ busy: true, trouble: null });
    try {
      this.props.onDone(await this.props.desk.decide(this.props.item, this.state.draft));
    } catch (error) {
      this.setState({ busy: false, trouble: troubleOf(error) });
    }
  }

  #choices({ draft, tried }: State): JSX.Element {
    const wrong = tried && draft.d === "";
    return (
      <fieldset aria-describedby={wrong ? "d-wrong" : undefined}>
        <legend>{t("moderation.decision")}</legend>
        {wrong && (
          <p class="wrong" id="d-wrong" role="alert">
            {t("moderation.decision_missing")}
          </p>
        )}
        {decisionsIn(this.props.item.state).map((d) => (
          <label class="choice" key={d}>
            <input
              type="radio"
              name="d"
              checked={draft.d === d}
              aria-invalid={wrong ? "true" : undefined}
              onChange={() => this.#change({ d, code: "", text: NO_DECISION.text })}
            />
            <span>
              {DECISIONS[d]}
              {signersOf(d) === 2 && <span class="quiet">{t("moderation.two_signers")}</span>}
            </span>
          </label>
        ))}
      </fieldset>
    );
  }

  #into({ draft, tried }: State): JSX.Element {
    return (
      <Field id="into" label={t("moderation.into")} wrong={tried && draft.into === null ? t("moderation.into_missing") : null}>
        {(described) => (
          <select {...described} onChange={(event) => this.#change({ into: Number(event.currentTarget.value) || null })}>
            <option value="">{t("moderation.choose")}</option>
            {this.props.item.others.map(({ ref, name }) => (
              <option key={ref} value={ref} selected={ref === draft.into}>
                {ref}: {named(name, "")}
              </option>
            ))}
          </select>
        )}
      </Field>
    );
  }

  #form(state: State): JSX.Element {
    const { draft, tried } = state;
    const templates = this.props.reasons.filter(({ d }) => d === draft.d);
    return (
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          this.#look();
        }}
      >
        {this.#choices(state)}
        {draft.d === "merge" && this.#into(state)}
        {draft.d !== "" && (
          <>
            <Field
              id="template"
              label={t("moderation.template")}
              hint={t("moderation.template_hint")}
              wrong={tried && draft.code === "" ? t("moderation.template_missing") : null}
            >
              {(described) => (
                <select {...described} onChange={(event) => this.#choose(event.currentTarget.value)}>
                  <option value="">{t("moderation.choose")}</option>
                  {templates.map(({ code, text }) => (
                    <option key={code} value={code} selected={code === draft.code}>
                      {text[lang].slice(0, 70)}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            {LANGUAGES.map((language) => (
              <TextField
                key={language}
                id={`reason-${language}`}
                label={t("moderation.reason_in", { language: LANGUAGE_NAMES[language] })}
                text={draft.text[language]}
                least={1}
                most={NOTE_MOST}
                tried={tried}
                onText={(text) => this.#change({ text: { ...draft.text, [language]: text } })}
              />
            ))}
          </>
        )}
        <p>
          <button class="main">{t("moderation.preview")}</button>
        </p>
      </form>
    );
  }

  #preview({ draft, busy }: State): JSX.Element {
    const { text } = payloadOf(draft);
    const d = draft.d as keyof typeof DECISIONS;
    return (
      <>
        <Heading>{t("moderation.preview_title")}</Heading>
        <p>
          <strong>{DECISIONS[d]}</strong>
        </p>
        {LANGUAGES.map((language) => (
          <div class="notice" key={language} lang={language}>
            <p>
              <strong>{LANGUAGE_NAMES[language]}</strong>
            </p>
            <p class="said">{text[language]}</p>
          </div>
        ))}
        {signersOf(d) === 2 && <p>{t("moderation.two_signers_next")}</p>}
        <div class="buttons">
          <button type="button" class="main" aria-disabled={busy} onClick={() => !busy && this.#sign()}>
            {t("moderation.sign")}
          </button>
          <button type="button" onClick={() => this.setState({ preview: false })}>
            {t("moderation.edit")}
          </button>
        </div>
      </>
    );
  }

  override render(_: Props, state: State): JSX.Element {
    return (
      <section class="decide">
        <h3>{t("moderation.decide")}</h3>
        {state.trouble && <Alert trouble={state.trouble} />}
        {state.preview ? this.#preview(state) : this.#form(state)}
      </section>
    );
  }
}
