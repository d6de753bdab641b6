/** The signing key of who is signed in: make it here, bring it in, ask for it to be taken into the ledger. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { download } from "../../lib/download.ts";
import { openBackup, PASSPHRASE_MIN, readBackup, writeBackup } from "../../lib/key_backup.ts";
import { base64 } from "../../lib/bytes.ts";
import { forgetKey, keepKey, keyFromPkcs8, keyPop, makeKey, pkcs8FromPem, type SigningKey } from "../../lib/signing_key.ts";
import type { Act, ActState } from "../../lib/staff.ts";
import { t } from "../../lib/texts.ts";
import { ActDone } from "./acts.tsx";
import { type Desk, Form, Input, Owner, Problem, useWork } from "./parts.tsx";

export interface LedgerKey {
  id: string;
  person: string;
  role: string;
  revoked: boolean;
}

/** The key of this person on this device, or why there is none. */
export type OwnKey = { state: "here"; key: SigningKey } | { state: "none" } | { state: "blocked" } | { state: "asking" };

export function useOwnKey(desk: Desk): [OwnKey, () => void] {
  const [own, setOwn] = useState<OwnKey>({ state: "asking" });
  const look = (): void => {
    desk.staff.key(desk.campaign.origin).then(
      (key) => setOwn(key ? { state: "here", key } : { state: "none" }),
      () => setOwn({ state: "blocked" }),
    );
  };
  useEffect(look, []);
  return [own, look];
}

const FILE_MAX = 20_000;

function MakeKey({ desk, made }: { desk: Desk; made(): void }): JSX.Element {
  const { busy, trouble, run, refuse } = useWork(desk);
  const make = async (of: Record<string, string>): Promise<void> => {
    if (of.passphrase !== of.again) {
      refuse(t("staff.passwords_differ"), t("staff.passwords_differ_next"));
      return;
    }
    const { origin } = desk.campaign;
    const person = desk.staff.session!.person;
    const kept = await run(async () => {
      const { key, pkcs8 } = await makeKey();
      const backup = await writeBackup(pkcs8, of.passphrase!, { origin, person, id: key.id });
      pkcs8.fill(0);
      // The backup first: a key that is only in this browser is lost with it.
      download(`dauys-${person}-${key.id}.json`, "application/json", `${JSON.stringify(backup, null, 1)}\n`);
      await keepKey(origin, person, key);
      return true;
    });
    if (kept) made();
  };
  return (
    <section aria-labelledby="make-key">
      <h3 id="make-key">{t("staff.key_make")}</h3>
      <p>{t("staff.key_make_lead")}</p>
      <Problem of={trouble} />
      <Form busy={busy} action={t("staff.key_make_action")} send={make}>
        <Owner person={desk.staff.session!.person} />
        <Input
          id="passphrase"
          label={t("staff.passphrase")}
          hint={t("staff.passphrase_hint")}
          of={{ type: "password", minLength: PASSPHRASE_MIN, autocomplete: "new-password" }}
        />
        <Input
          id="again"
          label={t("staff.password_again")}
          of={{ type: "password", minLength: PASSPHRASE_MIN, autocomplete: "new-password" }}
        />
      </Form>
    </section>
  );
}

/** A key out of a file: a backup of this page, or PEM as `dauys campaign key` writes it. */
async function keyOfFile(text: string, passphrase: string): Promise<SigningKey> {
  const backup = readBackup(text);
  const pkcs8 = backup ? await openBackup(backup, passphrase) : pkcs8FromPem(text);
  try {
    return await keyFromPkcs8(pkcs8);
  } finally {
    pkcs8.fill(0);
  }
}

function BringKey({ desk, brought }: { desk: Desk; brought(): void }): JSX.Element {
  const { busy, trouble, run, refuse } = useWork(desk);
  const [file, setFile] = useState("");
  const bring = async (of: Record<string, string>): Promise<void> => {
    let key: SigningKey;
    try {
      key = await keyOfFile(file, of.unlock ?? "");
    } catch {
      refuse(t("staff.key_file_wrong"), t("staff.key_file_wrong_next"));
      return;
    }
    const kept = await run(async () => {
      await keepKey(desk.campaign.origin, desk.staff.session!.person, key);
      return true;
    });
    if (kept) brought();
  };
  const read = (input: HTMLInputElement): void => {
    const chosen = input.files?.[0];
    if (chosen && chosen.size <= FILE_MAX) chosen.text().then(setFile);
    else setFile("");
  };
  const encrypted = readBackup(file) !== null;
  return (
    <section aria-labelledby="bring-key">
      <h3 id="bring-key">{t("staff.key_bring")}</h3>
      <Problem of={trouble} />
      <Form busy={busy} action={t("staff.key_bring_action")} send={bring}>
        <Input
          id="file"
          label={t("staff.key_file")}
          hint={t("staff.key_file_hint")}
          of={{ type: "file", accept: ".pem,.json", onChange: (event) => read(event.currentTarget) }}
        />
        {encrypted && <Owner person={desk.staff.session!.person} />}
        {encrypted && (
          <Input id="unlock" label={t("staff.passphrase")} of={{ type: "password", autocomplete: "current-password" }} />
        )}
      </Form>
    </section>
  );
}

/** What takes the key into the ledger: two administrators sign it under People and Waiting. */
async function keyEntry(desk: Desk, key: SigningKey): Promise<Act> {
  const { origin, ledger } = await desk.refresh();
  const { person, role } = desk.staff.session!;
  return {
    v: 1,
    t: "key",
    use: "staff",
    id: key.id,
    key: base64(key.spki),
    person,
    pop: await keyPop(key, origin),
    role,
    seen: ledger.size,
  };
}

function KeyHere({ desk, mine, known, forgotten }: { desk: Desk; mine: SigningKey; known: LedgerKey[]; forgotten(): void }): JSX.Element {
  const { busy, trouble, run } = useWork(desk);
  const [asked, setAsked] = useState<ActState | null>(null);
  const found = known.find((key) => key.id === mine.id);
  const ask = async (): Promise<void> => {
    setAsked(await run(async () => desk.staff.askForKey(await keyEntry(desk, mine))));
  };
  const forget = async (): Promise<void> => {
    await forgetKey(desk.campaign.origin, desk.staff.session!.person);
    forgotten();
  };
  return (
    <>
      <Problem of={trouble} />
      <dl>
        <dt>{t("staff.key_id")}</dt>
        <dd class="code">{mine.id}</dd>
        <dt>{t("staff.key_state")}</dt>
        <dd>{found ? t(found.revoked ? "staff.key_revoked" : "staff.key_good") : t("staff.key_unknown")}</dd>
      </dl>
      {asked && <ActDone state={asked} />}
      <p class="row">
        {!found && !asked && (
          <button type="button" disabled={busy} onClick={ask}>
            {t("staff.key_ask")}
          </button>
        )}
        <button type="button" class="plain" onClick={forget}>
          {t("staff.key_forget")}
        </button>
      </p>
    </>
  );
}

export function Keys({ desk }: { desk: Desk }): JSX.Element {
  const { trouble, run } = useWork(desk);
  const [known, setKnown] = useState<LedgerKey[]>([]);
  const [own, look] = useOwnKey(desk);
  useEffect(() => {
    run(() => desk.staff.call<{ items: LedgerKey[] }>("GET", "staff/keys")).then((answer) => answer && setKnown(answer.items));
  }, []);
  return (
    <>
      <h2>{t("staff.keys")}</h2>
      <p>{t("staff.keys_lead")}</p>
      <Problem of={trouble} />
      {own.state === "blocked" && <p class="notice bad">{t("staff.storage_blocked")}</p>}
      {own.state === "here" && <KeyHere desk={desk} mine={own.key} known={known} forgotten={look} />}
      {own.state === "none" && (
        <>
          <MakeKey desk={desk} made={look} />
          <BringKey desk={desk} brought={look} />
        </>
      )}
    </>
  );
}
