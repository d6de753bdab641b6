/** People of the staff: invitations, whose keys the ledger knows, revoking one; notices. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../lib/api.ts";
import { hex, sha256 } from "../../lib/bytes.ts";
import { fmtDatetime } from "../../lib/fmt.ts";
import { lang, t } from "../../lib/texts.ts";
import { useAct } from "./acts.tsx";
import type { LedgerKey } from "./keys.tsx";
import { Field } from "../../parts/form.tsx";
import { type Desk, Form, Input, LongText, Problem, useWork } from "./parts.tsx";

export const ROLES: Record<string, string> = {
  administrator: t("staff.role_administrator"),
  moderator: t("staff.role_moderator"),
  operator: t("staff.role_operator"),
  council: t("staff.role_council"),
  chair: t("staff.role_chair"),
  secretary: t("staff.role_secretary"),
  auditor: t("staff.role_auditor"),
};

interface Invitation {
  path: string;
  expires: number;
}

function Invite({ desk }: { desk: Desk }): JSX.Element {
  const { busy, trouble, run } = useWork(desk);
  const [made, setMade] = useState<Invitation | null>(null);
  const send = async (of: Record<string, string>): Promise<void> => {
    setMade(await run(() => desk.staff.call<Invitation>("POST", "staff/invitations", { person: of.person, role: of.role })));
  };
  return (
    <section aria-labelledby="invite">
      <h3 id="invite">{t("staff.invite")}</h3>
      <Problem of={trouble} />
      {made && (
        <div class="notice" role="status">
          <p>{t("staff.invited", { until: fmtDatetime(lang, made.expires) })}</p>
          <pre class="code">{new URL(made.path, location.href).href}</pre>
        </div>
      )}
      <Form busy={busy} action={t("staff.invite_action")} send={send}>
        <Input
          id="person"
          label={t("staff.invite_person")}
          hint={t("staff.invite_person_hint")}
          of={{ pattern: "[A-Za-z0-9._\\-]{1,64}", maxLength: 64 }}
        />
        <Field id="role" label={t("staff.role")}>
          {(described) => (
            <select {...described}>
              {Object.entries(ROLES).map(([role, name]) => (
                <option value={role}>{name}</option>
              ))}
            </select>
          )}
        </Field>
      </Form>
    </section>
  );
}

function Revoke({ desk, id }: { desk: Desk; id: string }): JSX.Element {
  const { busy, notice, send } = useAct(desk);
  return (
    <>
      {notice}
      <Form busy={busy} action={t("staff.sign_and_send")} send={(of) => send("revoke", { id, why: of.why!.trim().normalize("NFC") })}>
        <Input id={`why-${id}`} label={t("staff.why")} of={{ name: "why", maxLength: 900 }} />
      </Form>
    </>
  );
}

function KeyRow({ desk, of }: { desk: Desk; of: LedgerKey }): JSX.Element {
  const [revoking, setRevoking] = useState(false);
  return (
    <li>
      <p>
        <strong>{of.person}</strong> {ROLES[of.role] ?? of.role} <span class="code">{of.id}</span>{" "}
        {of.revoked && <em>{t("staff.key_revoked")}</em>}
      </p>
      {!of.revoked && (
        <button type="button" class="plain" aria-expanded={revoking} onClick={() => setRevoking(!revoking)}>
          {t("staff.revoke")}
        </button>
      )}
      {revoking && <Revoke desk={desk} id={of.id} />}
    </li>
  );
}

/** Names the pages that are served now: what a voter was given can then be audited. */
async function releaseText(): Promise<string> {
  const answer = await fetch("/assets/manifest.json", { cache: "no-store" });
  if (!answer.ok) throw new ApiError("unknown", answer.status);
  return `client ${hex(await sha256(new Uint8Array(await answer.arrayBuffer())))}`;
}

function Notice({ desk }: { desk: Desk }): JSX.Element {
  const { busy, notice, send } = useAct(desk);
  const { trouble, run } = useWork(desk);
  const fill = async (): Promise<void> => {
    const text = await run(releaseText);
    if (text) (document.getElementById("text") as HTMLTextAreaElement).value = text;
  };
  return (
    <section aria-labelledby="notice">
      <h3 id="notice">{t("staff.notice")}</h3>
      <p>{t("staff.notice_lead")}</p>
      <Problem of={trouble} />
      {notice}
      <Form busy={busy} action={t("staff.sign_and_send")} send={(of) => send("notice", { text: of.text!.trim().normalize("NFC") })}>
        <LongText id="text" label={t("staff.notice_text")} />
        <p>
          <button type="button" class="plain" onClick={fill}>
            {t("staff.notice_release")}
          </button>
        </p>
      </Form>
    </section>
  );
}

export function People({ desk }: { desk: Desk }): JSX.Element {
  const { trouble, run } = useWork(desk);
  const [keys, setKeys] = useState<LedgerKey[]>([]);
  useEffect(() => {
    run(() => desk.staff.call<{ items: LedgerKey[] }>("GET", "staff/keys")).then((answer) => answer && setKeys(answer.items));
  }, []);
  return (
    <>
      <h2>{t("staff.people")}</h2>
      <Problem of={trouble} />
      <Invite desk={desk} />
      <section aria-labelledby="known">
        <h3 id="known">{t("staff.keys_known")}</h3>
        <ul class="cards">
          {keys.map((key) => (
            <KeyRow key={key.id} desk={desk} of={key} />
          ))}
        </ul>
      </section>
      <Notice desk={desk} />
    </>
  );
}
