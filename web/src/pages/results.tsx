import type { JSX } from "preact";
import { datetime, each, type Int, iso, number, type Slot, text, type Unix, type Url, url, when } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";
import { type ListedRow, tally, type TallyData } from "./tally.tsx";

/** Data of `/{lang}/{campaign}/results`. */
export interface ResultsData extends FrameData {
  campaign: CampaignFrame;
  results: {
    shown: boolean;
    /** Every ballot is counted. */
    final: boolean;
    /** Before: when they will be shown; null while nobody has set that. */
    visible_from: Unix | null;
    groups: { id: string; name: string; url: Url; csv_url: Url; tally: TallyData & { rows: ListedRow[] } }[];
    /** Ballots set aside, of all directions. */
    voids: Int;
    shortlist: { top: Int; least_voters: Int; floor: Int };
    csv_url: Url;
    json_url: Url;
    ledger_url: Url;
    rules_url: Url;
    checkpoint_url: Url;
    verify_url: Url;
    verify_command: string;
  };
}

function published(build: Build, of: Slot<ResultsData["results"]>): JSX.Element {
  const { t } = build;
  return (
    <>
      {when(of.final, <p>{t("results.final")}</p>, <p>{t("results.not_final")}</p>)}
      <p>{t("results.shortlist_rule", { top: number(of.shortlist.top) })}</p>
      {when(of.shortlist.least_voters, <p>{t("results.shortlist_least", { voters: number(of.shortlist.least_voters), floor: number(of.shortlist.floor) })}</p>)}
      <p>{t("results.council_next")}</p>
      {each(of.groups, (group) => (
        <section>
          <h2 id={text(group.id)}><a href={url(group.url)}>{text(group.name)}</a></h2>
          {tally(build, text(group.name), group.tally as unknown as Slot<TallyData>, (row) => when(row.listed, <span class="now">{t("results.listed")}</span>))}
          <p><a href={url(group.csv_url)}>{t("results.csv_one")}</a></p>
        </section>
      ))}
      <h2>{t("results.voids")}</h2>
      <p>{t("results.voids_count", { count: number(of.voids) })}</p>
      <p class="quiet">{t("results.voids_note")}</p>
    </>
  );
}

function hidden({ t }: Build, of: Slot<ResultsData["results"]>): JSX.Element {
  return (
    <>
      <p>{t("results.hidden")}</p>
      {when(
        of.visible_from,
        <p>
          <strong><time dateTime={iso(of.visible_from)}>{t("results.visible_from", { time: datetime(of.visible_from) })}</time></strong>
        </p>,
        <p>{t("results.no_date")}</p>,
      )}
      <p>{t("results.hidden_why")}</p>
    </>
  );
}

export function results(build: Build, data: Slot<ResultsData>): JSX.Element {
  const { t } = build;
  const of = data.results;
  return frame(build, {
    title: t("results.title", { campaign: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    main: (
      <>
        <h1>{t("results.heading")}</h1>
        {when(of.shown, published(build, of), hidden(build, of))}
        <h2>{t("results.recount")}</h2>
        <p>{t("results.recount_text")}</p>
        <pre class="code" role="region" aria-label={t("campaign.verify_command")} tabIndex={0}>{text(of.verify_command)}</pre>
        <ul class="links">
          {when(of.shown, <li><a href={url(of.csv_url)}>{t("results.csv")}</a></li>)}
          {when(of.shown, <li><a href={url(of.json_url)}>{t("results.json")}</a></li>)}
          <li><a href={url(of.rules_url)}>{t("campaign.link_rules")}</a></li>
          <li><a href={url(of.checkpoint_url)}>{t("campaign.link_checkpoint")}</a></li>
          <li><a href={url(of.ledger_url)}>{t("results.ledger")}</a></li>
          <li><a href={url(of.verify_url)}>{t("frame.verify")}</a></li>
        </ul>
      </>
    ),
  });
}
