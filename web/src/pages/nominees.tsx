import type { JSX } from "preact";
import { each, type Int, number, type Slot, text, type Url, url, when } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";
import { type Option, select } from "./register.tsx";

/** In the published order. */
export interface NomineeItem {
  id: string;
  name: string;
  url: Url;
  region: string;
  /** Number in the register. */
  ngo: string;
  supporters: Int;
}

/** Data of `/{lang}/{campaign}/nominees`. */
export interface NomineesData extends FrameData {
  campaign: CampaignFrame;
  nominees: {
    q: string;
    regions: Option[];
    directions: Option[];
    count: Int;
    filtered: boolean;
    /** Without any filter. */
    all_url: Url;
    /** Directions that have any. */
    groups: { id: string; name: string; url: Url; items: NomineeItem[] }[];
    origin: string;
  };
}

export function nomineeTable({ t }: Build, caption: string, items: Slot<NomineeItem[]>): JSX.Element {
  return (
    <table class="stack" role="table">
      <caption class="hidden">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">{t("category.name")}</th>
          <th role="columnheader" scope="col">{t("category.region")}</th>
          <th role="columnheader" scope="col">{t("nominees.supporters")}</th>
          <th role="columnheader" scope="col">{t("category.nominee_id")}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {each(items, (nominee) => (
          <tr role="row" id={`n${text(nominee.id)}`}>
            <th role="rowheader" scope="row"><a href={url(nominee.url)}>{text(nominee.name)}</a></th>
            <td role="cell" data-label={t("category.region")}>{text(nominee.region)}</td>
            <td role="cell" data-label={t("nominees.supporters")}>{number(nominee.supporters)}</td>
            <td role="cell" data-label={t("category.nominee_id")}>{text(nominee.id)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function whyThisOrder({ t }: Build): JSX.Element {
  return (
    <details>
      <summary>{t("nominees.why")}</summary>
      <p>{t("nominees.why_text")}</p>
      <p class="code">SHA-256( order/v1 ⏎ {t("nominees.why_origin")} ⏎ {t("nominees.why_cat")} ⏎ {t("nominees.why_id")} ⏎ )</p>
    </details>
  );
}

export function nominees(build: Build, data: Slot<NomineesData>): JSX.Element {
  const { t } = build;
  const of = data.nominees;
  return frame(build, {
    title: t("nominees.title", { campaign: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    main: (
      <>
        <h1>{t("nominees.heading")}</h1>
        <form class="filter" method="get" role="search">
          <p class="field wide">
            <label for="q">{t("nominees.q")}</label>
            <input id="q" name="q" type="search" value={text(of.q)} maxLength={100} autocomplete="off" />
          </p>
          {select("direction", t("register.direction"), t("register.any"), of.directions)}
          {select("region", t("register.region"), t("register.any"), of.regions)}
          <p class="field wide">
            <button type="submit">{t("register.search")}</button>
            {when(of.filtered, <a href={url(of.all_url)}>{t("nominees.clear")}</a>)}
          </p>
        </form>
        <p><strong>{t("nominees.found", { count: number(of.count) })}</strong></p>
        {whyThisOrder(build)}
        {when(
          of.groups,
          each(of.groups, (group) => (
            <section>
              <h2 id={text(group.id)}><a href={url(group.url)}>{text(group.name)}</a></h2>
              {nomineeTable(build, text(group.name), group.items)}
            </section>
          )),
          <p>{t("nominees.none")}</p>,
        )}
      </>
    ),
  });
}
