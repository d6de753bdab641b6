/** The phases and what two administrators may do with them. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { fmtDatetime } from "../../lib/fmt.ts";
import { lang, t } from "../../lib/texts.ts";
import { useAct } from "./acts.tsx";
import { type Campaign, type Desk, Form, Input, LongText } from "./parts.tsx";

type Phase = Campaign["phases"][number];
type PhaseAct = "schedule" | "open" | "close" | "extend" | "pause" | "resume";

const NAMES: Record<string, string> = {
  nomination: t("staff.phase_nomination"),
  screening: t("staff.phase_screening"),
  evaluation: t("staff.phase_evaluation"),
  council: t("staff.phase_council"),
  publication: t("staff.phase_publication"),
  appeal: t("staff.phase_appeal"),
};

const STATES: Record<string, string> = {
  unscheduled: t("staff.state_unscheduled"),
  scheduled: t("staff.state_scheduled"),
  open: t("staff.state_open"),
  closed: t("staff.state_closed"),
};

const ACTS: Record<PhaseAct, string> = {
  schedule: t("staff.phase_schedule"),
  open: t("staff.phase_open"),
  close: t("staff.phase_close"),
  extend: t("staff.phase_extend"),
  pause: t("staff.phase_pause"),
  resume: t("staff.phase_resume"),
};

/** What can be asked for as the phase stands (PROTOCOL.md §6 "phase"); the ledger decides. */
function possible(phase: Phase): PhaseAct[] {
  if (phase.state === "unscheduled") return ["schedule"];
  if (phase.state === "scheduled") return ["schedule", "extend", "open"];
  if (phase.state === "open") return [phase.paused ? "resume" : "pause", "extend", "close"];
  return [];
}

/** What an input of Astana time says, in unix seconds. */
const instant = (local: string): number => Date.parse(`${local}:00+05:00`) / 1000;

/** The body of the entry; null when an instant is none. */
function bodyOf(phase: Phase, act: PhaseAct, of: Record<string, string>): Record<string, string | number> | null {
  const body: Record<string, string | number> = { phase: phase.id, act, why: of.why!.trim().normalize("NFC") };
  if (of.no?.trim()) body.no = of.no.trim().normalize("NFC");
  if (act === "schedule") body.opens = instant(of.opens!);
  if (act === "schedule" || act === "extend") body.closes = instant(of.closes!);
  return Object.values(body).some(Number.isNaN) ? null : body;
}

function PhaseForm({ desk, phase, act }: { desk: Desk; phase: Phase; act: PhaseAct }): JSX.Element {
  const { busy, notice, send } = useAct(desk);
  const dated = act === "schedule" || act === "extend";
  const sent = (of: Record<string, string>): void => {
    const body = bodyOf(phase, act, of);
    if (body) send("phase", body);
  };
  return (
    <>
      {notice}
      <Form busy={busy} action={t("staff.sign_and_send")} send={sent}>
        {act === "schedule" && <Input id="opens" label={t("staff.opens")} of={{ type: "datetime-local" }} />}
        {dated && <Input id="closes" label={t("staff.closes")} of={{ type: "datetime-local" }} />}
        <LongText id="why" label={t("staff.why")} hint={act === "pause" ? t("staff.why_pause") : t("staff.why_hint")} />
        <Input
          id="no"
          label={t(act === "extend" ? "staff.decision" : "staff.decision_optional")}
          of={{ required: act === "extend", maxLength: 200 }}
        />
      </Form>
    </>
  );
}

function PhaseRow({ desk, phase }: { desk: Desk; phase: Phase }): JSX.Element {
  const [act, setAct] = useState<PhaseAct | null>(null);
  const name = NAMES[phase.id] ?? phase.id;
  const dates =
    phase.opens && phase.closes ? `${fmtDatetime(lang, phase.opens)} – ${fmtDatetime(lang, phase.closes)}` : "";
  const administrator = desk.staff.session!.role === "administrator";
  return (
    <li>
      <h3>{name}</h3>
      <p>
        {phase.paused ? t("staff.state_paused") : (STATES[phase.state] ?? phase.state)} <span class="quiet">{dates}</span>
      </p>
      {administrator && (
        <p class="row">
          {possible(phase).map((name) => (
            <button type="button" class="plain" aria-expanded={act === name} onClick={() => setAct(act === name ? null : name)}>
              {ACTS[name]}
            </button>
          ))}
        </p>
      )}
      {act && possible(phase).includes(act) && <PhaseForm key={act} desk={desk} phase={phase} act={act} />}
    </li>
  );
}

export function Phases({ desk }: { desk: Desk }): JSX.Element {
  return (
    <>
      <h2>{t("staff.phases")}</h2>
      <p>{t("staff.phases_lead")}</p>
      <ul class="cards">
        {desk.campaign.phases.map((phase) => (
          <PhaseRow key={phase.id} desk={desk} phase={phase} />
        ))}
      </ul>
    </>
  );
}
