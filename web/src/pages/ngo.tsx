import type { JSX } from "preact";
import { date, each, type Slot, text, type Unix, type Url, url, when } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

/** Facts of the register about one NGO; also on the page of a nominee. */
export interface NgoFacts {
  id: string;
  bin: string;
  region: string;
  former_region: string;
  status: string;
  kind: string;
  /** day: an instant of it, null where it is not known. */
  filed: { year: string; day: Unix | null }[];
  former_names: { text: string }[];
  directions: { text: string; url: Url }[];
  laureate: { text: string }[];
  source_id: string;
}

/** Data of `/{lang}/{campaign}/register/{ngo}`. */
export interface NgoData extends FrameData {
  campaign: CampaignFrame;
  ngo: {
    name: string;
    facts: NgoFacts;
    /** In the other languages. */
    names: { lang: string; text: string }[];
    /** Null while nominations are not taken. */
    nominate_url: Url | null;
    json_url: Url;
    list_url: Url;
  };
}

export function facts({ t }: Build, ngo: Slot<NgoFacts>): JSX.Element {
  return (
    <dl>
      <dt>{t("register.status")}</dt>
      <dd>{text(ngo.status)}</dd>
      <dt>{t("register.bin")}</dt>
      <dd>{when(ngo.bin, <span class="code">{text(ngo.bin)}</span>, <span>{t("register.no_bin")}</span>)}</dd>
      <dt>{t("register.id")}</dt>
      <dd class="code">{text(ngo.id)}</dd>
      <dt>{t("register.kind")}</dt>
      <dd>{text(ngo.kind)}</dd>
      <dt>{t("register.region")}</dt>
      <dd>
        {text(ngo.region)}
        {when(ngo.former_region, <span class="quiet"> {t("register.former_region", { name: text(ngo.former_region) })}</span>)}
      </dd>
      <dt>{t("register.filed")}</dt>
      <dd>
        {when(
          ngo.filed,
          <ul class="plain">
            {each(ngo.filed, (filed) => (
              <li>
                {text(filed.year)}
                {when(filed.day, <span class="quiet"> {t("register.filed_day", { day: date(filed.day) })}</span>)}
              </li>
            ))}
          </ul>,
          <span>{t("register.not_filed")}</span>,
        )}
      </dd>
      {when(
        ngo.directions,
        <>
          <dt>{t("register.direction")}</dt>
          <dd>
            <ul class="plain">{each(ngo.directions, (direction) => <li><a href={url(direction.url)}>{text(direction.text)}</a></li>)}</ul>
          </dd>
        </>,
      )}
      {when(
        ngo.former_names,
        <>
          <dt>{t("register.former_names")}</dt>
          <dd>
            <ul class="plain">{each(ngo.former_names, (name) => <li>{text(name.text)}</li>)}</ul>
          </dd>
        </>,
      )}
      <dt>{t("register.laureate")}</dt>
      <dd>
        {when(
          ngo.laureate,
          <ul class="plain">{each(ngo.laureate, (year) => <li>{text(year.text)}</li>)}</ul>,
          <span>{t("register.no_laureate")}</span>,
        )}
      </dd>
      {when(
        ngo.source_id,
        <>
          <dt>{t("register.source")}</dt>
          <dd class="code">{text(ngo.source_id)}</dd>
        </>,
      )}
    </dl>
  );
}

export function ngo(build: Build, data: Slot<NgoData>): JSX.Element {
  const { t } = build;
  const of = data.ngo;
  return frame(build, {
    title: t("register.ngo_title", { name: text(of.name) }),
    data,
    campaign: data.campaign,
    main: (
      <>
        <p class="back">
          <a href={url(of.list_url)}>{t("register.back")}</a>
        </p>
        <h1>{text(of.name)}</h1>
        {each(of.names, (name) => <p lang={text(name.lang)}>{text(name.text)}</p>)}
        {facts(build, of.facts)}
        {when(
          of.nominate_url,
          <p>
            <a class="button" href={url(of.nominate_url as Slot<Url>)}>{t("register.nominate")}</a>
          </p>,
        )}
        <p class="quiet">{t("register.note")}</p>
        <ul class="links">
          <li><a href={url(of.json_url)}>{t("register.json_ngo")}</a></li>
        </ul>
      </>
    ),
  });
}
