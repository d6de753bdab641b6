/** A text with links to evidence, as a nominator writes it: counted, and checked when it is to go on. */
import type { JSX } from "preact";
import { fmtNumber } from "../lib/fmt.ts";
import { cleanText, codePoints, FIELD_MOST, isLink, LINKS_MOST, TEXT_LEAST, TEXT_MOST, textFault, withoutBidi } from "../lib/nomination.ts";
import { lang, t } from "../lib/texts.ts";
import { Field } from "./form.tsx";

function counted(text: string, least: number, most: number): string {
  const length = codePoints(cleanText(text));
  if (length < least) return t("citizen.text_short", { count: fmtNumber(lang, least - length) });
  if (length > most) return t("citizen.text_over", { count: fmtNumber(lang, length - most) });
  return t("citizen.text_left", { count: fmtNumber(lang, most - length) });
}

interface TextProps {
  id: string;
  label: string;
  hint?: string;
  text: string;
  least?: number;
  most?: number;
  /** Somebody has tried to go on: what is wrong is shown. */
  tried: boolean;
  onText: (text: string) => void;
}

export function TextField({ id, label, hint, text, least = TEXT_LEAST, most = TEXT_MOST, tried, onText }: TextProps): JSX.Element {
  const fault = tried ? textFault(text, least, most) : null;
  const count = counted(text, least, most);
  const wrong = { short: count, long: count, bidi: t("citizen.text_bidi"), marks: t("citizen.text_marks") };
  return (
    <>
      <Field id={id} label={label} {...(hint && { hint })} wrong={fault && wrong[fault]}>
        {(described) => (
          <textarea {...described} maxLength={FIELD_MOST} value={text} onInput={(event) => onText(event.currentTarget.value)} />
        )}
      </Field>
      <p class="hint">{count}</p>
      {fault === "bidi" && (
        <p>
          <button type="button" onClick={() => onText(withoutBidi(text))}>
            {t("citizen.text_bidi_button")}
          </button>
        </p>
      )}
    </>
  );
}

interface LinksProps {
  links: string[];
  tried: boolean;
  onLinks: (links: string[]) => void;
}

export function LinkFields({ links, tried, onLinks }: LinksProps): JSX.Element {
  return (
    <fieldset aria-describedby="links-hint">
      <legend>{t("citizen.links")}</legend>
      <p class="hint" id="links-hint">
        {t("citizen.links_hint")}
      </p>
      {links.map((link, i) => (
        <Field
          id={`link-${i + 1}`}
          label={t("citizen.link", { number: String(i + 1) })}
          wrong={tried && link.trim() !== "" && !isLink(link.trim()) ? t("citizen.link_wrong") : null}
        >
          {(described) => (
            <input
              {...described}
              type="url"
              inputMode="url"
              autocomplete="off"
              value={link}
              onInput={(event) => onLinks(links.map((old, at) => (at === i ? event.currentTarget.value : old)))}
            />
          )}
        </Field>
      ))}
      {links.length < LINKS_MOST && (
        <button type="button" onClick={() => onLinks([...links, ""])}>
          {t("citizen.link_add")}
        </button>
      )}
    </fieldset>
  );
}
