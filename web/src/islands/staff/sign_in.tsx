/** Before there is a session: sign in, take up an invitation, come back after a lost phone. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { download } from "../../lib/download.ts";
import { drawQr, type QrDrawing } from "../../lib/qr.ts";
import type { Staff } from "../../lib/staff.ts";
import { t } from "../../lib/texts.ts";
import { QrFigure } from "../../parts/qr.tsx";
import { Form, Input, Owner, Problem, useWork } from "./parts.tsx";

const CODE = { inputMode: "numeric", pattern: "[0-9]{6}", maxLength: 6, autocomplete: "one-time-code" } as const;

export function SignIn({ staff, done, lost }: { staff: Staff; done(): void; lost(): void }): JSX.Element {
  const { busy, trouble, run } = useWork();
  const send = async (of: Record<string, string>): Promise<void> => {
    if (await run(() => staff.signIn(of.person!, of.password!, of.totp!))) done();
  };
  return (
    <>
      <h2>{t("staff.sign_in")}</h2>
      <Problem of={trouble} />
      <Form busy={busy} action={t("staff.sign_in_action")} send={send}>
        <Input id="person" label={t("staff.person")} of={{ autocomplete: "username" }} />
        <Input id="password" label={t("staff.password")} of={{ type: "password", autocomplete: "current-password" }} />
        <Input id="totp" label={t("staff.totp")} hint={t("staff.totp_hint")} of={CODE} />
      </Form>
      <p>
        <button type="button" class="plain" onClick={lost}>
          {t("staff.lost")}
        </button>
      </p>
    </>
  );
}

/** What `accept` and `recover` answer: a second factor to enrol, under a token that both steps carry. */
interface Enrolment {
  person: string;
  role: string;
  totp_uri: string;
  totp_secret: string;
  token: string;
}

function Qr({ text }: { text: string }): JSX.Element | null {
  const [qr, setQr] = useState<QrDrawing | null>(null);
  useEffect(() => {
    drawQr(text).then(setQr, () => setQr(null));
  }, [text]);
  if (!qr) return null;
  return <QrFigure of={qr} label={t("staff.qr")} />;
}

function RecoveryCodes({ codes, person, done }: { codes: string[]; person: string; done(): void }): JSX.Element {
  const file = `${person}\n${codes.join("\n")}\n`;
  return (
    <>
      <h2>{t("staff.codes")}</h2>
      <p>{t("staff.codes_lead")}</p>
      <ol class="code">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <p class="row">
        <button type="button" onClick={() => download(`dauys-${person}-codes.txt`, "text/plain", file)}>
          {t("staff.save_file")}
        </button>
        <button type="button" onClick={done}>
          {t("staff.codes_kept")}
        </button>
      </p>
    </>
  );
}

/** Password and second factor of a new or recovered account; a recovered one keeps its password. */
function Enrol({ staff, enrolment, done }: { staff: Staff; enrolment: Enrolment; done(): void }): JSX.Element {
  const { busy, trouble, run, refuse } = useWork();
  const [codes, setCodes] = useState<string[] | null>(null);
  const send = async (of: Record<string, string>): Promise<void> => {
    if (of.password !== of.again) {
      refuse(t("staff.passwords_differ"), t("staff.passwords_differ_next"));
      return;
    }
    const answer = await run(() =>
      staff.call<{ recovery: string[] }>("POST", "staff/accept/confirm", {
        token: enrolment.token,
        password: of.password,
        totp: of.totp,
      }),
    );
    if (answer) setCodes(answer.recovery);
  };
  if (codes) return <RecoveryCodes codes={codes} person={enrolment.person} done={done} />;
  return (
    <>
      <h2>{t("staff.enrol", { person: enrolment.person })}</h2>
      <Problem of={trouble} />
      <p>{t("staff.enrol_lead")}</p>
      <Qr text={enrolment.totp_uri} />
      <p>
        {t("staff.enrol_by_hand")} <span class="code">{enrolment.totp_secret}</span>
      </p>
      <Form busy={busy} action={t("staff.enrol_action")} send={send}>
        <Owner person={enrolment.person} />
        <Input
          id="password"
          label={t("staff.password_new")}
          hint={t("staff.password_hint")}
          of={{ type: "password", minLength: 10, autocomplete: "new-password" }}
        />
        <Input
          id="again"
          label={t("staff.password_again")}
          of={{ type: "password", minLength: 10, autocomplete: "new-password" }}
        />
        <Input id="totp" label={t("staff.totp")} hint={t("staff.totp_hint")} of={CODE} />
      </Form>
    </>
  );
}

export function Accept({ staff, token, done }: { staff: Staff; token: string; done(): void }): JSX.Element {
  const { trouble, run } = useWork();
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  useEffect(() => {
    run(() => staff.call<Omit<Enrolment, "token">>("POST", "staff/accept", { token })).then(
      (answer) => answer && setEnrolment({ ...answer, token }),
    );
  }, []);
  if (enrolment) return <Enrol staff={staff} enrolment={enrolment} done={done} />;
  return (
    <>
      <h2>{t("staff.invitation")}</h2>
      <Problem of={trouble} />
      {!trouble && <p role="status">{t("staff.working")}</p>}
    </>
  );
}

export function Recover({ staff, done }: { staff: Staff; done(): void }): JSX.Element {
  const { busy, trouble, run } = useWork();
  const [enrolment, setEnrolment] = useState<Enrolment | null>(null);
  const send = async (of: Record<string, string>): Promise<void> => {
    const answer = await run(() => staff.call<Enrolment>("POST", "staff/recover", of));
    if (answer) setEnrolment(answer);
  };
  if (enrolment) return <Enrol staff={staff} enrolment={enrolment} done={done} />;
  return (
    <>
      <h2>{t("staff.recover")}</h2>
      <p>{t("staff.recover_lead")}</p>
      <Problem of={trouble} />
      <Form busy={busy} action={t("staff.recover_action")} send={send}>
        <Input id="person" label={t("staff.person")} of={{ autocomplete: "username" }} />
        <Input id="password" label={t("staff.password")} of={{ type: "password", autocomplete: "current-password" }} />
        <Input id="recovery" label={t("staff.recovery_code")} />
      </Form>
      <p>
        <button type="button" class="plain" onClick={done}>
          {t("staff.back")}
        </button>
      </p>
    </>
  );
}
