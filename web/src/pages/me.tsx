import type { JSX } from "preact";
import { type Slot, text } from "../lib/slots.ts";
import { type CategoryName, categoryNames } from "./category_names.tsx";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/{campaign}/me`. What it shows of a person comes by the API, to that person. */
export interface MeData extends FrameData {
  campaign: CampaignFrame;
  me: {
    /** The campaign's id. */
    id: string;
    categories: CategoryName[];
  };
}

export function me(build: Build, data: Slot<MeData>): JSX.Element {
  const { t } = build;
  const of = data.me;
  return frame(build, {
    title: t("me.title", { name: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    scripts: ["me.tsx"],
    sheets: ["form", "write"],
    budget: "nominate",
    main: (
      <>
        <h1>{t("me.heading")}</h1>
        <div id="me" data-campaign={text(of.id)}>
          <p class="notice">{t("me.script")}</p>
        </div>
        {categoryNames(of.categories)}
      </>
    ),
  });
}
