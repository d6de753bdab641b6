/** Signing in with a voter code: the first question wherever somebody must be known. */
import { Component, type JSX } from "preact";
import type { Citizen } from "../lib/citizen.ts";
import { t } from "../lib/texts.ts";
import { Alert, Ask, Field, focusWrong, type Trouble, troubleOf } from "./form.tsx";

interface Props {
  citizen: Citizen;
  /** Signed in. */
  onDone: () => void;
}

interface State {
  code: string;
  empty: boolean;
  busy: boolean;
  trouble: Trouble | null;
}

export class SignIn extends Component<Props, State> {
  override state: State = { code: "", empty: false, busy: false, trouble: null };

  async #signIn(): Promise<void> {
    const code = this.state.code.trim();
    this.setState({ empty: code === "", trouble: null });
    if (code === "") return focusWrong();
    this.setState({ busy: true });
    try {
      await this.props.citizen.signIn(code);
      this.props.onDone();
    } catch (error) {
      this.setState({ busy: false, trouble: troubleOf(error) });
    }
  }

  override render(): JSX.Element {
    const { code, empty, busy, trouble } = this.state;
    return (
      <Ask title={t("citizen.sign_in_title")} button={t("citizen.sign_in_button")} busy={busy} onAnswer={() => this.#signIn()}>
        <p>{t("citizen.sign_in_why")}</p>
        {trouble && <Alert trouble={trouble} />}
        <Field id="code" label={t("citizen.sign_in_label")} wrong={empty ? t("citizen.sign_in_empty") : null}>
          {(described) => (
            <input
              {...described}
              class="narrow"
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              maxLength={64}
              value={code}
              onInput={(event) => this.setState({ code: event.currentTarget.value })}
            />
          )}
        </Field>
      </Ask>
    );
  }
}
