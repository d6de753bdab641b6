/** The last questions of a nomination, and what stands there when it is recorded. */
import type { JSX } from "preact";
import { fmtNumber } from "../../lib/fmt.ts";
import { CONSENT_VERSION, type Draft, givenLinks, type Question } from "../../lib/nomination.ts";
import { lang, t } from "../../lib/texts.ts";
import { Ask, Heading } from "../../parts/form.tsx";
import { NgoLines } from "./ngo_search.tsx";

interface TickProps {
  id: "processing" | "publication";
  label: string;
  more: string;
  given: boolean;
  wrong?: string | false;
  onKeep: (change: Partial<Draft>) => void;
}

const Tick = ({ id, label, more, given, wrong, onKeep }: TickProps): JSX.Element => (
  <div class="tick">
    <input
      type="checkbox"
      id={id}
      checked={given}
      aria-describedby={wrong ? `${id}-more ${id}-wrong` : `${id}-more`}
      aria-invalid={wrong ? "true" : undefined}
      onChange={(event) => onKeep({ [id]: event.currentTarget.checked })}
    />
    <label for={id}>{label}</label>
    {wrong && (
      <p class="wrong" id={`${id}-wrong`} role="alert">
        {wrong}
      </p>
    )}
    <p class="hint" id={`${id}-more`}>
      {more}
    </p>
  </div>
);

interface ConsentProps {
  draft: Draft;
  wrong: boolean;
  onKeep: (change: Partial<Draft>) => void;
  onNext: () => void;
}

export const Consent = ({ draft, wrong, onKeep, onNext }: ConsentProps): JSX.Element => (
  <Ask title={t("nominate.consent_title")} button={t("citizen.continue")} onAnswer={onNext}>
    <p>{t("nominate.consent_lead")}</p>
    <Tick
      id="processing"
      label={t("nominate.consent_processing")}
      more={t("nominate.consent_processing_more")}
      given={draft.processing}
      wrong={wrong && t("nominate.consent_needed")}
      onKeep={onKeep}
    />
    <Tick
      id="publication"
      label={t("nominate.consent_publication")}
      more={t("nominate.consent_publication_more")}
      given={draft.publication}
      onKeep={onKeep}
    />
    <p class="quiet">{t("nominate.consent_version", { version: String(CONSENT_VERSION) })}</p>
  </Ask>
);

interface CheckProps {
  draft: Draft;
  cat: string;
  tie: string;
  /** Sent, and no answer yet: nothing can be changed any more. */
  waiting: boolean;
  onChange: (question: Question) => void;
  onSend: () => void;
}

export function Check({ draft, cat, tie, waiting, onChange, onSend }: CheckProps): JSX.Element {
  const consent = (given: boolean): string => (given ? t("nominate.yes") : t("nominate.no"));
  const rows: [Question, string, JSX.Element | string][] = [
    ["ngo", t("nominate.check_ngo"), draft.ngo ? <NgoLines ngo={draft.ngo} /> : ""],
    ["cat", t("nominate.check_cat"), cat],
    ["who", t("nominate.check_who"), tie],
    ["why", t("nominate.check_why"), <div class="said">{draft.text}</div>],
    ["why", t("nominate.check_links"), <div class="said">{givenLinks(draft.links).join("\n") || t("nominate.nothing")}</div>],
    ["consent", t("nominate.check_processing"), consent(draft.processing)],
    ["consent", t("nominate.check_publication"), consent(draft.publication)],
  ];
  return (
    <Ask title={t("nominate.check_title")} button={waiting ? t("nominate.again") : t("nominate.send")} onAnswer={onSend}>
      <dl class="answers">
        {rows.map(([question, label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
            {!waiting && (
              <dd class="act">
                <button type="button" class="plain" onClick={() => onChange(question)}>
                  {t("nominate.change")}
                  <span class="hidden"> {label}</span>
                </button>
              </dd>
            )}
          </div>
        ))}
      </dl>
      {waiting && <p class="notice">{t("nominate.waiting")}</p>}
    </Ask>
  );
}

interface DoneProps {
  draft: Draft;
  /** The organisation and the direction. */
  about: JSX.Element;
  me: string;
  onAgain: () => void;
}

export const Done = ({ draft: { done }, about, me, onAgain }: DoneProps): JSX.Element => (
  <>
    <Heading>{t("nominate.done_title")}</Heading>
    <dl>
      <dt>{t("nominate.done_number")}</dt>
      <dd>
        <strong>{fmtNumber(lang, done!.index)}</strong>
      </dd>
    </dl>
    {about}
    {done!.support && <p>{t("nominate.done_support")}</p>}
    <h3>{t("nominate.next_title")}</h3>
    <ol>
      <li>{t("nominate.next_check")}</li>
      <li>{t("nominate.next_me")}</li>
      <li>{t("nominate.next_withdraw")}</li>
    </ol>
    <p class="buttons">
      <a class="button" href={me}>
        {t("citizen.my_page")}
      </a>
      <button type="button" onClick={onAgain}>
        {t("nominate.another")}
      </button>
    </p>
  </>
);
