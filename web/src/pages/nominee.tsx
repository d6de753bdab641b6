import type { JSX } from "preact";
import { each, number, type Slot, text, type Url, url, when } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";
import { facts, type NgoFacts } from "./ngo.tsx";
import type { NomineeItem } from "./nominees.tsx";

/** Data of `/{lang}/{campaign}/nominees/{nominee}`. */
export interface NomineeData extends FrameData {
  campaign: CampaignFrame;
  nominee: NomineeItem & {
    category: string;
    category_url: Url;
    /** Null unless evaluation is open. */
    evaluate_url: Url | null;
    /** What the nominator wrote, where it may be shown; else empty. */
    paragraphs: { text: string }[];
    links: { url: Url }[];
    facts: NgoFacts | null;
    register_url: Url | null;
    list_url: Url;
  };
}

export function nominee(build: Build, data: Slot<NomineeData>): JSX.Element {
  const { t } = build;
  const of = data.nominee;
  return frame(build, {
    title: t("nominee.title", { name: text(of.name) }),
    data,
    campaign: data.campaign,
    main: (
      <>
        <p class="back">
          <a href={url(of.list_url)}>{t("nominee.back")}</a>
        </p>
        <h1>{text(of.name)}</h1>
        <p>
          {t("nominee.category")} <a href={url(of.category_url)}>{text(of.category)}</a>
        </p>
        <h2>{t("nominee.did")}</h2>
        {when(of.paragraphs, each(of.paragraphs, (one) => <p>{text(one.text)}</p>), <p>{t("nominee.no_text")}</p>)}
        {when(
          of.links,
          <>
            <h3>{t("nominee.evidence")}</h3>
            <ul class="links">
              {each(of.links, (link) => (
                <li>
                  <a href={url(link.url)} rel="nofollow noopener external">{text(link.url)}</a>
                </li>
              ))}
            </ul>
            <p class="quiet">{t("nominee.evidence_note")}</p>
          </>,
        )}
        {when(
          of.evaluate_url,
          <p>
            <a class="button main" href={url(of.evaluate_url as Slot<Url>)}>{t("nominee.evaluate")}</a>
          </p>,
        )}
        <p>{t("nominee.supporters", { count: number(of.supporters) })}</p>
        <h2>{t("nominee.facts")}</h2>
        {when(of.facts, facts(build, of.facts as Slot<NgoFacts>), <p>{t("nominee.no_facts")}</p>)}
        <p class="quiet">{t("register.note")}</p>
        {when(of.register_url, <p><a href={url(of.register_url as Slot<Url>)}>{t("nominee.in_register")}</a></p>)}
        <p class="quiet">{t("nominee.number", { id: text(of.id) })}</p>
      </>
    ),
  });
}
