import type { JSX } from "preact";
import { type Int, number, type Slot, text, url, when } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";
import { type NomineeItem, nomineeTable, whyThisOrder } from "./nominees.tsx";
import { tally, type TallyData } from "./tally.tsx";

/** Data of `/{lang}/{campaign}/categories/{category}`. */
export interface CategoryData extends FrameData {
  campaign: CampaignFrame;
  category: {
    id: string;
    name: string;
    issued: Int;
    cast: Int;
    /** In the order of the published seed. */
    nominees: NomineeItem[];
    tally: TallyData | null;
  };
}

export function category(build: Build, data: Slot<CategoryData>): JSX.Element {
  const { t } = build;
  const of = data.category;
  return frame(build, {
    title: t("category.title", { name: text(of.name), campaign: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    main: (
      <>
        <p class="back">
          <a href={url(data.campaign.url)}>{t("category.back")}</a>
        </p>
        <h1>{text(of.name)}</h1>
        <dl>
          <dt>{t("campaign.issued")}</dt>
          <dd>{number(of.issued)}</dd>
          <dt>{t("campaign.cast")}</dt>
          <dd>{number(of.cast)}</dd>
        </dl>
        <h2 id="tally">{t("category.tally")}</h2>
        {when(of.tally, tally(build, t("category.tally"), of.tally as Slot<TallyData>), <p>{t("category.tally_hidden")}</p>)}
        <h2 id="nominees">{t("category.nominees")}</h2>
        {when(of.nominees, nomineeTable(build, t("category.nominees"), of.nominees), <p>{t("category.none")}</p>)}
        {whyThisOrder(build)}
      </>
    ),
  });
}
