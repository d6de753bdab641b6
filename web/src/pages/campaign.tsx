import type { ComponentChildren, JSX } from "preact";
import { each, type Int, number, type Slot, text, type Url, url, when } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/{campaign}/`. */
export interface CampaignData extends FrameData {
  campaign: CampaignFrame & {
    id: string;
    /** What a citizen can do now; exactly one of the three is true. Null when there is nothing. */
    action: { evaluate: boolean; nominate: boolean; results: boolean; url: Url } | null;
    categories: { id: string; name: string; url: Url; nominees: Int; issued: Int; cast: Int }[];
    total: { nominees: Int; issued: Int; cast: Int };
    ledger: {
      origin: string;
      /** Base64, as in the checkpoint. */
      root: string;
      /** The signed note as published. */
      checkpoint: string;
      checkpoint_url: Url;
      /** The log's verifier key (vkey). */
      key: string;
    };
    api_url: Url;
    rules_url: Url;
    /** The command line with which anybody checks this ledger. */
    verify_command: string;
  };
}

function categories({ t }: Build, campaign: Slot<CampaignData["campaign"]>): ComponentChildren {
  return (
    <div class="scroll" role="region" aria-labelledby="categories" tabIndex={0}>
      <table class="stack" role="table">
        <caption class="hidden">{t("campaign.categories")}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">{t("campaign.category")}</th>
            <th role="columnheader" scope="col">{t("campaign.nominees")}</th>
            <th role="columnheader" scope="col">{t("campaign.issued")}</th>
            <th role="columnheader" scope="col">{t("campaign.cast")}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {each(campaign.categories, (category) => (
            <tr role="row">
              <th role="rowheader" scope="row">
                <a href={url(category.url)}>{text(category.name)}</a>
              </th>
              <td role="cell" data-label={t("campaign.nominees")}>{number(category.nominees)}</td>
              <td role="cell" data-label={t("campaign.issued")}>{number(category.issued)}</td>
              <td role="cell" data-label={t("campaign.cast")}>{number(category.cast)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot role="rowgroup">
          <tr role="row">
            <th role="rowheader" scope="row">{t("campaign.total")}</th>
            <td role="cell" data-label={t("campaign.nominees")}>{number(campaign.total.nominees)}</td>
            <td role="cell" data-label={t("campaign.issued")}>{number(campaign.total.issued)}</td>
            <td role="cell" data-label={t("campaign.cast")}>{number(campaign.total.cast)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function ledger({ t }: Build, campaign: Slot<CampaignData["campaign"]>): ComponentChildren {
  const of = campaign.ledger;
  return (
    <>
      <h2 id="ledger">{t("campaign.ledger")}</h2>
      <p>{t("campaign.ledger_lead")}</p>
      <dl>
        <dt>{t("campaign.ledger_origin")}</dt>
        <dd class="code">{text(of.origin)}</dd>
        <dt>{t("campaign.ledger_size")}</dt>
        <dd>{number(of.size)}</dd>
        <dt>{t("campaign.ledger_root")}</dt>
        <dd class="code">{text(of.root)}</dd>
        <dt>{t("campaign.ledger_key")}</dt>
        <dd class="code">{text(of.key)}</dd>
      </dl>
      <h3 id="checkpoint">{t("campaign.checkpoint")}</h3>
      <pre class="code" role="region" aria-labelledby="checkpoint" tabIndex={0} data-copy={t("campaign.copy")} data-copied={t("campaign.copied")}>
        {text(of.checkpoint)}
      </pre>
      <h2>{t("campaign.verify")}</h2>
      <ul class="links">
        <li>
          <a href="verify">{t("campaign.receipt")}</a>
        </li>
        <li>
          <a href="audit">{t("verify.audit")}</a>
        </li>
      </ul>
      <p>{t("campaign.verify_lead")}</p>
      <pre class="code" role="region" aria-label={t("campaign.verify_command")} tabIndex={0} data-copy={t("campaign.copy")} data-copied={t("campaign.copied")}>
        {text(campaign.verify_command)}
      </pre>
      <p>{t("campaign.verify_own")}</p>
      <ul class="links">
        <li>
          <a href={url(of.checkpoint_url)}>{t("campaign.link_checkpoint")}</a>
        </li>
        <li>
          <a href={url(campaign.rules_url)}>{t("campaign.link_rules")}</a>
        </li>
        <li>
          <a href={url(campaign.api_url)}>{t("campaign.link_api")}</a>
        </li>
      </ul>
    </>
  );
}

type Action = NonNullable<CampaignData["campaign"]["action"]>;

function action({ t }: Build, of: Slot<Action>): JSX.Element {
  return (
    <p>
      <a class="button main" href={url(of.url)}>
        {when(of.evaluate, t("campaign.do_evaluate"))}
        {when(of.nominate, t("campaign.do_nominate"))}
        {when(of.results, t("campaign.do_results"))}
      </a>
    </p>
  );
}

export function campaign(build: Build, data: Slot<CampaignData>): JSX.Element {
  const { t } = build;
  const of = data.campaign;
  return frame(build, {
    title: t("campaign.title", { name: text(of.name) }),
    data,
    campaign: of,
    scripts: ["copy.ts"],
    main: (
      <>
        <h1>{text(of.name)}</h1>
        {when(of.action, action(build, of.action as Slot<Action>))}
        <h2>{t("home.how")}</h2>
        <ol>
          <li>{t("home.how_nominate")}</li>
          <li>{t("home.how_evaluate")}</li>
          <li>{t("home.how_council")}</li>
          <li>{t("home.how_check")}</li>
        </ol>
        <h2>{t("campaign.turnout")}</h2>
        <dl>
          <dt>{t("campaign.issued")}</dt>
          <dd>{number(of.total.issued)}</dd>
          <dt>{t("campaign.cast")}</dt>
          <dd>{number(of.total.cast)}</dd>
        </dl>
        <p>{t("campaign.turnout_note")}</p>
        <p class="actions">
          <a class="button" href={url(of.nav.verify)}>{t("campaign.check_receipt")}</a>
          <a class="button" href={url(of.nav.nominees)}>{t("campaign.see_nominees")}</a>
          <a class="button" href={url(of.nav.register)}>{t("campaign.see_register")}</a>
        </p>
        <h2 id="categories">{t("campaign.categories")}</h2>
        {categories(build, of)}
        {ledger(build, of)}
      </>
    ),
  });
}
