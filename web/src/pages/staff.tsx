import type { JSX } from "preact";
import { type Slot, text } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/{campaign}/staff`. */
export interface StaffData extends FrameData {
  campaign: CampaignFrame & { id: string };
}

export function staff(build: Build, data: Slot<StaffData>): JSX.Element {
  const { t } = build;
  return frame(build, {
    title: t("staff.page_title", { name: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    scripts: ["staff.tsx"],
    sheets: ["form", "write"],
    budget: "work",
    main: (
      <>
        <h1>{t("staff.page_heading")}</h1>
        <p class="quiet">{t("staff.page_lead")}</p>
        <div id="app" data-campaign={text(data.campaign.id)}>
          <p class="notice">{t("staff.page_script")}</p>
        </div>
      </>
    ),
  });
}
