/** Acts that wait for another signer, and the one way in which every view signs and sends an act. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fmtDatetime, fmtNumber } from "../../lib/fmt.ts";
import type { Act as Entry, ActState, WaitingAct } from "../../lib/staff.ts";
import { lang, t } from "../../lib/texts.ts";
import { useOwnKey } from "./keys.tsx";
import { type Desk, Problem, useWork } from "./parts.tsx";

/** Where an act stands after it was sent. */
export function ActDone({ state }: { state: ActState }): JSX.Element {
  return (
    <p class="notice" role="status">
      {state.state === "logged"
        ? t("staff.act_logged", { index: fmtNumber(lang, state.index) })
        : t("staff.act_waiting", { number: fmtNumber(lang, state.number) })}
    </p>
  );
}

/** Signing and sending for a view: body is the entry without v, t and seen. */
export function useAct(desk: Desk): {
  busy: boolean;
  notice: JSX.Element;
  send(type: string, body: Record<string, string | number>): Promise<boolean>;
} {
  const { busy, trouble, run, refuse } = useWork(desk);
  const [own] = useOwnKey(desk);
  const [done, setDone] = useState<ActState | null>(null);
  const send = async (type: string, body: Record<string, string | number>): Promise<boolean> => {
    setDone(null);
    if (own.state !== "here") {
      refuse(t("staff.no_key"), t("staff.no_key_next"));
      return false;
    }
    const state = await run(async () => {
      const { origin, ledger } = await desk.refresh();
      const entry: Entry = { ...body, v: 1, t: type, seen: ledger.size };
      return desk.staff.submit(origin, own.key, entry);
    });
    setDone(state);
    if (state?.state === "logged") await desk.refresh();
    return state !== null;
  };
  const notice = (
    <>
      <Problem of={trouble} />
      {done && <ActDone state={done} />}
    </>
  );
  return { busy, notice, send };
}

/** Names of acts in words; a type that is not here shows its name of the ledger. */
const TYPES: Record<string, string> = {
  phase: t("staff.type_phase"),
  key: t("staff.type_key"),
  revoke: t("staff.type_revoke"),
  register: t("staff.type_register"),
  moderate: t("staff.type_moderate"),
  void: t("staff.type_void"),
  erase: t("staff.type_erase"),
  notice: t("staff.type_notice"),
};

/** Members that hold an instant. */
const INSTANTS = new Set(["opens", "closes"]);

/** The entry's members as a person reads them; the exact bytes stand below. */
function Members({ entry }: { entry: string }): JSX.Element {
  const members = Object.entries(JSON.parse(entry) as Record<string, string | number>);
  return (
    <dl>
      {members.map(([name, value]) => [
        <dt class="code">{name}</dt>,
        <dd class="code">{INSTANTS.has(name) ? `${fmtDatetime(lang, Number(value))} (${value})` : String(value)}</dd>,
      ])}
    </dl>
  );
}

function Act({ desk, act, after }: { desk: Desk; act: WaitingAct; after(state: ActState | null): void }): JSX.Element {
  const { busy, trouble, run, refuse } = useWork(desk);
  const [own] = useOwnKey(desk);
  const me = desk.staff.session!.person;
  const sign = async (): Promise<void> => {
    if (own.state !== "here") {
      refuse(t("staff.no_key"), t("staff.no_key_next"));
      return;
    }
    const state = await run(() => desk.staff.cosign(desk.campaign.origin, own.key, act));
    if (state) after(state);
  };
  const withdraw = async (): Promise<void> => {
    if (await run(() => desk.staff.call("DELETE", `staff/acts/${act.number}`))) after(null);
  };
  return (
    <li>
      <h3>{TYPES[act.type] ?? act.type}</h3>
      <p class="quiet">
        {t("staff.act_by", { person: act.by, at: fmtDatetime(lang, act.at) })}{" "}
        {t("staff.act_signers", { have: String(act.signers.length), needs: String(act.needs) })}
      </p>
      <Members entry={act.entry} />
      {act.payload && (
        <>
          <p>{t("staff.act_payload")}</p>
          <pre class="code">{act.payload}</pre>
        </>
      )}
      <details>
        <summary>{t("staff.act_bytes")}</summary>
        <pre class="code">{act.entry}</pre>
      </details>
      <Problem of={trouble} />
      <p class="row">
        {act.signers.includes(me) ? (
          <span>{t("staff.act_signed")}</span>
        ) : (
          <button type="button" disabled={busy} onClick={sign}>
            {t("staff.act_sign")}
          </button>
        )}
        {act.by === me && (
          <button type="button" class="plain" disabled={busy} onClick={withdraw}>
            {t("staff.act_withdraw")}
          </button>
        )}
      </p>
    </li>
  );
}

export function Acts({ desk }: { desk: Desk }): JSX.Element {
  const { busy, trouble, run } = useWork(desk);
  const [acts, setActs] = useState<WaitingAct[]>([]);
  const [done, setDone] = useState<ActState | null>(null);
  const load = async (): Promise<void> => {
    const answer = await run(() => desk.staff.call<{ items: WaitingAct[] }>("GET", "staff/acts"));
    if (answer) setActs(answer.items.filter((act) => act.state === "waiting"));
  };
  useEffect(() => {
    load();
  }, []);
  const after = (state: ActState | null): void => {
    setDone(state);
    load();
  };
  return (
    <>
      <h2>{t("staff.acts")}</h2>
      <p>{t("staff.acts_lead")}</p>
      <Problem of={trouble} />
      {done && <ActDone state={done} />}
      {acts.length === 0 && !busy && !trouble && <p>{t("staff.acts_none")}</p>}
      <ul class="cards">
        {acts.map((act) => (
          <Act key={act.number} desk={desk} act={act} after={after} />
        ))}
      </ul>
    </>
  );
}
