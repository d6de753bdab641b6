/** Own sessions, and the register of access: who did and read what. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fmtDatetime } from "../../lib/fmt.ts";
import { lang, t } from "../../lib/texts.ts";
import { type Desk, Problem, useWork } from "./parts.tsx";

interface Session {
  number: number;
  person: string;
  began: number;
  used: number;
  own: boolean;
}

export function Sessions({ desk }: { desk: Desk }): JSX.Element {
  const { busy, trouble, run } = useWork(desk);
  const [sessions, setSessions] = useState<Session[]>([]);
  const load = async (): Promise<void> => {
    const answer = await run(() => desk.staff.call<{ items: Session[] }>("GET", "staff/sessions"));
    if (answer) setSessions(answer.items);
  };
  useEffect(() => {
    load();
  }, []);
  const end = async (session: Session): Promise<void> => {
    if (!(await run(() => desk.staff.call("DELETE", `staff/sessions/${session.number}`)))) return;
    if (!session.own) return load();
    desk.staff.session = null;
    desk.changed();
  };
  return (
    <>
      <h2>{t("staff.sessions")}</h2>
      <p>{t("staff.sessions_lead")}</p>
      <Problem of={trouble} />
      <ul class="cards">
        {sessions.map((session) => (
          <li key={session.number}>
            <p>
              <strong>{session.person}</strong> {t("staff.session_began", { at: fmtDatetime(lang, session.began) })}{" "}
              {t("staff.session_last", { at: fmtDatetime(lang, session.used) })}{" "}
              {session.own && <strong>{t("staff.session_this")}</strong>}
            </p>
            <button type="button" class="plain" disabled={busy} onClick={() => end(session)}>
              {t("staff.session_end")}
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface Access {
  number: number;
  at: number;
  person: string;
  what: string;
  about: string;
}

export function Accesses({ desk }: { desk: Desk }): JSX.Element {
  const { busy, trouble, run } = useWork(desk);
  const [rows, setRows] = useState<Access[]>([]);
  const [next, setNext] = useState<number | string | null>(null);
  const load = async (after: number | string | null): Promise<void> => {
    const query = after === null ? "" : `?after=${after}`;
    const answer = await run(() =>
      desk.staff.call<{ items: Access[]; next: number | string | null }>("GET", `staff/accesses${query}`),
    );
    if (!answer) return;
    setRows(after === null ? answer.items : [...rows, ...answer.items]);
    setNext(answer.next);
  };
  useEffect(() => {
    load(null);
  }, []);
  return (
    <>
      <h2>{t("staff.accesses")}</h2>
      <p>{t("staff.accesses_lead")}</p>
      <Problem of={trouble} />
      {/* Its parts are named: on a phone the style sheet makes blocks of them. */}
      <table class="stack" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">{t("staff.access_at")}</th>
            <th role="columnheader" scope="col">{t("staff.person")}</th>
            <th role="columnheader" scope="col">{t("staff.access_what")}</th>
            <th role="columnheader" scope="col">{t("staff.access_about")}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={row.number}>
              <th role="rowheader" scope="row">{fmtDatetime(lang, row.at)}</th>
              <td role="cell" data-label={t("staff.person")}>{row.person}</td>
              <td role="cell" data-label={t("staff.access_what")} class="code">{row.what}</td>
              <td role="cell" data-label={t("staff.access_about")} class="code">{row.about}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {next !== null && (
        <button type="button" disabled={busy} onClick={() => load(next)}>
          {t("staff.more")}
        </button>
      )}
    </>
  );
}
