/** What the staff's views share: the desk they work at, fields, problems, and waiting for an answer. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiError } from "../../lib/api.ts";
import type { Staff } from "../../lib/staff.ts";
import { t } from "../../lib/texts.ts";
import { Alert, Field, type Trouble, troubleOf } from "../../parts/form.tsx";

/** Of a reason or notice: Cyrillic letters take two of the 2000 bytes that an entry allows. */
const LONG_TEXT_MAX = 900;

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

/** Of what a call threw; what is no answer of the server's is the browser's refusal to store. */
function troubleWith(thrown: unknown): Trouble {
  if (thrown instanceof ApiError) return troubleOf(thrown);
  return { code: "storage", title: t("staff.storage_blocked"), detail: t("staff.storage_blocked_next") };
}

export const Problem = ({ of }: { of: Trouble | null }): JSX.Element | null => (of ? <Alert trouble={of} /> : null);

export const Unanswered = (): JSX.Element => <Alert trouble={troubleOf(new ApiError("offline"))} />;

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
    refuse: (title, detail) => setTrouble({ code: "page", title, detail }),
    async run(call) {
      setBusy(true);
      setTrouble(null);
      try {
        return await call();
      } catch (thrown) {
        setTrouble(troubleWith(thrown));
        if (thrown instanceof ApiError && thrown.status === 401) desk?.changed();
        return null;
      } finally {
        setBusy(false);
      }
    },
  };
}

interface InputProps {
  id: string;
  label: string;
  hint?: string;
  /** Of the input; it is required unless this says otherwise. */
  of?: JSX.IntrinsicElements["input"];
}

export const Input = ({ id, label, hint, of }: InputProps): JSX.Element => (
  <Field id={id} label={label} {...(hint && { hint })}>
    {(described) => <input {...described} required autocomplete="off" {...of} />}
  </Field>
);

export const LongText = ({ id, label, hint }: InputProps): JSX.Element => (
  <Field id={id} label={label} {...(hint && { hint })}>
    {(described) => <textarea {...described} required maxLength={LONG_TEXT_MAX} rows={4} />}
  </Field>
);

/** For password managers, which tell secrets apart by whose they are. */
export const Owner = ({ person }: { person: string }): JSX.Element => (
  <input type="text" name="owner" autocomplete="username" value={person} readOnly hidden />
);

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
      <button type="submit" class="main" disabled={busy}>
        {busy ? t("staff.working") : action}
      </button>
    </form>
  );
}
