/** What has been sent and what is still to go; and of each recorded ballot its receipt. */
import { t } from "../../lib/texts.ts";
import { app, at, category, download, go, isOpen, page } from "./app.ts";
import { Copy, Qr } from "./code.tsx";
import { named } from "./model.ts";
import { count, Notice, Problem } from "./notices.tsx";
import { Chosen, Secret } from "./review.tsx";
import { nextScreen, stateOf } from "./start.tsx";
import { type Direction, isUnderWay, type Recorded } from "./voter.ts";

const verifyUrl = (code: string): string => `${location.origin}${page("verify")}#${code}`;

function Broken({ cat, last }: { cat: string; last: Recorded }) {
  const save = async () => {
    const { complaint } = await import("./proof.ts");
    download(`dauys-${app.id}-${cat}-complaint.json`, "application/json", complaint(app.id, app.vkey, last.broken!, last));
  };
  return (
    <Notice warn>
      <p role="alert">{t("evaluate.broken")}</p>
      <p>{t("evaluate.broken_do")}</p>
      <button type="button" onClick={save}>
        {t("evaluate.broken_file")}
      </button>
    </Notice>
  );
}

function Ticks({ last }: { last: Recorded }) {
  return (
    <ul class="ticks">
      <li>{t("evaluate.tick_in")}</li>
      <li>{t("evaluate.tick_signed")}</li>
      <li class={last.witnesses ? "" : "none"}>{t("evaluate.tick_witnesses", { n: count(last.witnesses ?? 0) })}</li>
    </ul>
  );
}

function Receipt({ cat, last }: { cat: string; last: Recorded }) {
  const { index, code, receipt, broken } = last;
  if (broken) return <Broken cat={cat} last={last} />;
  if (!code || !receipt) return <p role="status">{t("evaluate.checking")}</p>;
  const save = () => download(`dauys-${app.id}-${index}.tlog-proof`, "text/plain", receipt);
  return (
    <div class="receipt">
      <h3>{t("evaluate.receipt")}</h3>
      <Ticks last={last} />
      <dl>
        <dt>{t("evaluate.receipt_number")}</dt>
        <dd>{count(index)}</dd>
        <dt>{t("evaluate.receipt_code")}</dt>
        <dd class="code short">
          {code.match(/.{8}/g)!.map((line) => (
            <span>{line}</span>
          ))}
        </dd>
      </dl>
      <p class="buttons">
        <a class="button" href={verifyUrl(code)}>
          {t("evaluate.verify")}
        </a>
        <button type="button" onClick={save}>
          {t("evaluate.save_receipt")}
        </button>
        <Copy text={code} />
      </p>
      <details>
        <summary>{t("evaluate.receipt_qr")}</summary>
        <Qr text={verifyUrl(code)} label={t("evaluate.receipt_qr")} />
      </details>
      <details>
        <summary>{t("evaluate.what_recorded")}</summary>
        <Chosen cat={cat} choice={last.choice} />
      </details>
    </div>
  );
}

/** Seconds until a sealed ballot goes out. */
const secondsOf = ({ due_ms = 0 }: Direction): number => Math.max(0, Math.ceil((due_ms - Date.now()) / 1000));

function Waiting({ direction }: { direction: Direction }) {
  const { state, trouble } = direction;
  const seconds = secondsOf(direction);
  if (state === "sealed") return <p class="waiting">{t("evaluate.goes_in", { n: count(seconds) })}</p>;
  if (!trouble) return <p class="waiting">{t("evaluate.on_the_way")}</p>;
  return <p class="waiting">{trouble.code === "busy" || trouble.code === "rate_limited" ? t("evaluate.again_busy", { n: count(seconds) }) : t("evaluate.again_offline")}</p>;
}

function Row({ direction }: { direction: Direction }) {
  const { cat, state, rev, last, trouble, choice } = direction;
  const { voter, campaign } = app;
  const change = () => void voter.edit(cat, choice).then(() => go(at("d", cat)));
  return (
    <section>
      <h2>{named(category(cat)?.name)}</h2>
      <p class="quiet">{stateOf(direction)}</p>
      {isUnderWay(direction) && <Waiting direction={direction} />}
      {state === "pass" && trouble && <Problem trouble={trouble} />}
      {state === "pass" && <Chosen cat={cat} choice={choice} />}
      {state === "pass" && last && <p>{t("evaluate.change_unsent")}</p>}
      {state === "pass" && isOpen() && (
        <p class="buttons">
          <a class="button" href={at("review")}>
            {t("evaluate.to_review")}
          </a>
          {last && (
            <button type="button" onClick={() => void voter.keepRecorded(cat)}>
              {t("evaluate.keep_recorded")}
            </button>
          )}
        </p>
      )}
      {last && <Receipt cat={cat} last={last} />}
      {state === "recorded" && isOpen() && rev < campaign.max_rev && (
        <button type="button" onClick={change}>
          {t("evaluate.change_vote", { n: count(campaign.max_rev - rev) })}
        </button>
      )}
    </section>
  );
}

export function Sent() {
  const all = app.voter.withPass();
  const open = all.some(({ state, last }) => state === "pass" && !last);
  return (
    <>
      <h1 tabIndex={-1}>{t("evaluate.sent")}</h1>
      {all.some(isUnderWay) && <p>{t("evaluate.sent_lead")}</p>}
      {all.filter((one) => one.last || one.trouble || isUnderWay(one)).map((one) => (
        <Row direction={one} key={one.cat} />
      ))}
      {all.some(({ last }) => last) && <Secret />}
      <p class="links">
        {open && isOpen() && <a href={nextScreen()}>{t("evaluate.continue")}</a>}
        <a href="#">{t("evaluate.back_start")}</a>
      </p>
    </>
  );
}
