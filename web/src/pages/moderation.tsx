import type { JSX } from "preact";
import { type Slot, text } from "../lib/slots.ts";
import { type CategoryName, categoryNames } from "./category_names.tsx";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/{campaign}/moderation`. What moderators see comes by the API, to them alone. */
export interface ModerationData extends FrameData {
  campaign: CampaignFrame;
  moderation: {
    /** The campaign's id. */
    id: string;
    categories: CategoryName[];
  };
}

export function moderation(build: Build, data: Slot<ModerationData>): JSX.Element {
  const { t } = build;
  const of = data.moderation;
  return frame(build, {
    title: t("moderation.title", { name: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    scripts: ["moderation.tsx"],
    sheets: ["form", "write", "moderation"],
    budget: "work",
    main: (
      <>
        <h1>{t("moderation.heading")}</h1>
        <div id="moderation" data-campaign={text(of.id)}>
          <p class="notice">{t("moderation.script")}</p>
        </div>
        {categoryNames(of.categories)}
      </>
    ),
  });
}
