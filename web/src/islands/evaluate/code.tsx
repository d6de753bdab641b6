/** The recovery code; and the pass that went to another device. */
import type { QrDrawing } from "../../lib/qr.ts";
import { t } from "../../lib/texts.ts";
import { QrFigure } from "../../parts/qr.tsx";
import { app, category, download, during, go, page } from "./app.ts";
import { named } from "./model.ts";
import { count, Notice, when } from "./notices.tsx";
import { nextScreen } from "./start.tsx";
import type { Dispute } from "./voter.ts";

/** Drawn once the encoder has come; the figure is repeated in words beside it. */
export function Qr({ text, label }: { text: string; label: string }) {
  const drawn = qrs.get(text);
  if (!drawn) {
    const draw = async () => {
      const { drawQr } = await import("./proof.ts");
      qrs.set(text, await drawQr(text));
      app.draw();
    };
    draw().catch(() => {}); // without a network: the same stands beside it in words
    return null;
  }
  return <QrFigure of={drawn} label={label} />;
}

const qrs = new Map<string, QrDrawing>();

export function Copy({ text }: { text: string }) {
  const copy = async (event: Event) => {
    const status = (event.currentTarget as HTMLElement).nextElementSibling!;
    await navigator.clipboard.writeText(text);
    status.textContent = t("evaluate.copied");
  };
  if (!navigator.clipboard) return null;
  return (
    <>
      <button type="button" onClick={copy}>
        {t("evaluate.copy")}
      </button>
      <span role="status" />
    </>
  );
}

let code = "";

/** The recovery code as text; "" until the part that writes it has come. */
function recoveryText(): string {
  const { recovery } = app.voter.person;
  if (recovery && code === "") {
    void import("./proof.ts").then(({ writeRecovery }) => {
      code = writeRecovery(recovery);
      app.draw();
    });
  }
  return code;
}

export function Code() {
  const text = recoveryText();
  const save = () => {
    const lines = [named(app.campaign.name), location.origin + page("evaluate"), t("evaluate.recovery"), text, t("evaluate.recovery_keep")];
    download(`dauys-${app.id}-${t("evaluate.recovery_file")}.txt`, "text/plain", `${lines.join("\r\n")}\r\n`);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void app.voter.saved().then(() => go(nextScreen()));
  };
  return (
    <>
      <h1 tabIndex={-1}>{t("evaluate.recovery_heading")}</h1>
      <p>{t("evaluate.recovery_lead")}</p>
      <p>{t("evaluate.recovery_keep")}</p>
      <p class="secret code">
        {text.split("-").map((group) => (
          <span>{group}</span>
        ))}
      </p>
      {text && <Qr text={text} label={t("evaluate.recovery_qr")} />}
      <p class="buttons">
        <button type="button" onClick={save} disabled={!text}>
          {t("evaluate.save_file")}
        </button>
        <Copy text={text} />
      </p>
      <form onSubmit={submit}>
        <label class="choice">
          <input type="checkbox" required defaultChecked={app.voter.person.saved} />
          <span>{t("evaluate.recovery_saved")}</span>
        </label>
        <button class="main">{t("evaluate.continue")}</button>
      </form>
    </>
  );
}

/* ---- issued on another device ---- */

/** This person's, by direction; asked for once, and again after a new one. */
const disputes = new Map<string, Dispute[]>();

async function loadDisputes(cat: string): Promise<void> {
  disputes.set(cat, await app.voter.disputes(cat));
  app.draw();
}

function Disputed({ one: { number, due, text, answer } }: { one: Dispute }) {
  return (
    <Notice>
      <p role="status">{t("evaluate.dispute_taken", { number: count(number), due: when(due) })}</p>
      {text && <p class="quiet">{text}</p>}
      {answer && (
        <p>
          <strong>{t("evaluate.dispute_answer")}</strong> {answer}
        </p>
      )}
    </Notice>
  );
}

export function Elsewhere({ cat }: { cat: string }) {
  const { voter, busy } = app;
  const own = disputes.get(cat) ?? [];
  if (!disputes.has(cat) && voter.signedIn()) {
    disputes.set(cat, []);
    loadDisputes(cat).catch(() => {}); // seen the next time
  }
  const restore = (event: SubmitEvent) => {
    event.preventDefault();
    const typed = String(new FormData(event.target as HTMLFormElement).get("recovery"));
    void during(async () => {
      const { readRecovery } = await import("./proof.ts");
      const recovery = readRecovery(typed);
      if (recovery === null) return void (app.trouble = { code: "recovery_mistyped", detail: "" });
      code = "";
      await voter.useRecovery(recovery, cat);
      await voter.askPasses([cat]);
      if (voter.get(cat).pass) location.hash = nextScreen();
    });
  };
  const complain = (event: SubmitEvent) => {
    event.preventDefault();
    const text = String(new FormData(event.target as HTMLFormElement).get("text")).trim();
    void during(async () => {
      await voter.dispute(cat, text);
      await loadDisputes(cat);
    });
  };
  return (
    <>
      <h1 tabIndex={-1}>{t("evaluate.elsewhere_heading")}</h1>
      <p>
        <strong>{named(category(cat)?.name)}</strong>
      </p>
      <p>{t("evaluate.elsewhere_lead")}</p>
      <form onSubmit={restore}>
        <p class="field">
          <label for="recovery">{t("evaluate.recovery")}</label>
          <input id="recovery" name="recovery" required maxLength={64} autocomplete="off" autocapitalize="characters" spellcheck={false} />
        </p>
        <button class="main" disabled={busy}>
          {t("evaluate.restore_button")}
        </button>
      </form>
      <h2>{t("evaluate.dispute_heading")}</h2>
      {own.map((one) => (
        <Disputed one={one} key={one.number} />
      ))}
      {voter.signedIn() && !own.some(({ state }) => state === "open") && (
        <form onSubmit={complain}>
          <p class="field">
            <label for="text">{t("evaluate.dispute_text")}</label>
            <span class="quiet" id="text-hint">
              {t("evaluate.dispute_hint")}
            </span>
            <textarea id="text" name="text" rows={4} required minLength={10} maxLength={2000} aria-describedby="text-hint" />
          </p>
          <button disabled={busy}>{t("evaluate.dispute_send")}</button>
        </form>
      )}
      <p>
        <a href="#">{t("evaluate.back_start")}</a>
      </p>
    </>
  );
}
