/** Parts of the pages on which people write: a question, a notice, a field. */
import type { ComponentChildren, JSX } from "preact";
import { ApiError } from "../lib/api.ts";
import { t } from "../lib/texts.ts";

/** A problem as its two sentences: the server's, or that it did not answer. */
export interface Trouble {
  code: string;
  title: string;
  detail: string;
}

export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof ApiError)) throw error;
  if (error.detail) return { code: error.code, title: error.title, detail: error.detail };
  return { code: error.code, title: t("citizen.no_answer"), detail: t("citizen.no_answer_safe") };
}

let arrived = false;

/** One function for all headings: it runs when one comes, not each time it is drawn. The first of a page
 * leaves the reader at the top, where he is. */
function takeFocus(element: HTMLElement | null): void {
  if (element && arrived) element.focus();
  arrived = true;
}

/** A heading to which the reader is brought when it comes. */
export const Heading = ({ children }: { children: ComponentChildren }): JSX.Element => (
  <h2 tabIndex={-1} ref={takeFocus}>
    {children}
  </h2>
);

/** Says at once what did not work. */
export const Alert = ({ trouble }: { trouble: Trouble }): JSX.Element => (
  <div class="notice warn" role="alert" data-code={trouble.code}>
    <p>
      <strong>{trouble.title}</strong>
    </p>
    <p>{trouble.detail}</p>
  </div>
);

/** How a field is named and described, and whether it is wrong; spread it into the field. */
interface Described {
  id: string;
  name: string;
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
}

interface FieldProps {
  id: string;
  label: string;
  hint?: string;
  wrong?: string | null;
  children: (described: Described) => ComponentChildren;
}

export function Field({ id, label, hint, wrong, children }: FieldProps): JSX.Element {
  const describers = [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  return (
    <>
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong && (
        <p class="wrong" id={`${id}-wrong`} role="alert">
          {wrong}
        </p>
      )}
      {children({
        id,
        name: id,
        ...(describers && { "aria-describedby": describers }),
        ...(wrong && { "aria-invalid": "true" as const }),
      })}
    </>
  );
}

/** Brings the reader to the first field that is wrong, once it has been drawn. */
export function focusWrong(): void {
  setTimeout(() => document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}

interface AskProps {
  title: string;
  button?: string;
  busy?: boolean;
  onAnswer?: () => void;
  children?: ComponentChildren;
}

/** A question with its heading and its one button. */
export function Ask({ title, button, busy = false, onAnswer, children }: AskProps): JSX.Element {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) onAnswer?.();
      }}
    >
      <Heading>{title}</Heading>
      {children}
      {button && (
        <p>
          <button class="main" aria-disabled={busy}>
            {button}
          </button>
        </p>
      )}
    </form>
  );
}
