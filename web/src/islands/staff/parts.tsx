/** What the staff's views share: the desk they work at, fields, problems, and waiting for an answer. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../lib/api.ts";
import type { Staff } from "../../lib/staff.ts";
import { t } from "../../lib/texts.ts";

/** What the views need of `GET /api/v1/campaigns/{id}`. */
export interface Campaign {
  origin: string;
  demo: boolean;
  ledger: { size: number };
  phases: { id: string; state: string; opens: number | null; closes: number | null; paused: boolean }[];
}

/** Who works here, on what. */
export interface Desk {
  staff: Staff;
  campaign: Campaign;
  /** Reads the campaign again: after an act, and for the size that a signer has seen. */
  refresh(): Promise<Campaign>;
  /** The session has ended or begun. */
  changed(): void;
}

/** What went wrong and what to do next, as a person reads it. */
export interface Trouble {
  title: string;
  detail: string;
}

/** Of what a call threw. What is no answer of the server's is the browser's refusal to store. */
function troubleOf(thrown: unknown): Trouble {
  if (!(thrown instanceof ApiError)) return { title: t("staff.storage_blocked"), detail: t("staff.storage_blocked_next") };
  if (thrown.unanswered) return { title: t("staff.unanswered"), detail: t("staff.unanswered_next") };
  return { title: thrown.title, detail: thrown.detail };
}

export function Problem({ of }: { of: Trouble | null }): JSX.Element | null {
  if (!of) return null;
  return (
    <div class="notice bad" role="alert">
      <strong>{of.title}</strong>
      <p>{of.detail}</p>
    </div>
  );
}

export const Unanswered = (): JSX.Element | null => <Problem of={troubleOf(new ApiError("offline"))} />;

interface Work {
  busy: boolean;
  trouble: Trouble | null;
  /** Runs a call; its value, or null after trouble, which is then shown. */
  run<T>(call: () => Promise<T>): Promise<T | null>;
  /** Trouble that the page itself found. */
  refuse(title: string, detail: string): void;
}

export function useWork(desk?: Desk): Work {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  return {
    busy,
    trouble,
    refuse: (title, detail) => setTrouble({ title, detail }),
    async run(call) {
      setBusy(true);
      setTrouble(null);
      try {
        return await call();
      } catch (thrown) {
        setTrouble(troubleOf(thrown));
        if (thrown instanceof ApiError && thrown.status === 401) desk?.changed();
        return null;
      } finally {
        setBusy(false);
      }
    },
  };
}

interface FieldProps {
  id: string;
  label: string;
  hint?: string;
  children?: ComponentChildren;
  input?: JSX.IntrinsicElements["input"];
}

/** A labelled input, or a labelled control given as children. */
export function Field({ id, label, hint, children, input }: FieldProps): JSX.Element {
  const described = hint ? `${id}-hint` : undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={described}>
          {hint}
        </p>
      )}
      {children ?? <input id={id} name={id} aria-describedby={described} required autocomplete="off" {...input} />}
    </div>
  );
}

interface FormProps {
  busy: boolean;
  action: string;
  /** values: by the inputs' names. */
  send(values: Record<string, string>): void;
  children: ComponentChildren;
}

export function Form({ busy, action, send, children }: FormProps): JSX.Element {
  const submit = (event: Event): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    send(Object.fromEntries([...fields].map(([name, value]) => [name, String(value)])));
  };
  return (
    <form onSubmit={submit}>
      {children}
      <button type="submit" class="go" disabled={busy}>
        {busy ? t("staff.working") : action}
      </button>
    </form>
  );
}
