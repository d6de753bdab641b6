import type { JSX } from "preact";
import { type Slot, text, url } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/{campaign}/evaluate`. The page is the same for everybody: who comes is asked by the
 * script, and what they choose stays on their device until it is sealed. */
export interface EvaluateData extends FrameData {
  campaign: CampaignFrame & {
    id: string;
    /** The log's verifier key, which the script pins. */
    key: string;
  };
}

/** Longest random wait before a ballot is sent, in seconds. */
const WAIT_S = "20";

export function evaluate(build: Build, data: Slot<EvaluateData>): JSX.Element {
  const { t } = build;
  const { id, key, name } = data.campaign;
  return frame(build, {
    title: t("evaluate.title", { campaign: text(name) }),
    data,
    campaign: data.campaign,
    scripts: ["evaluate.tsx"],
    sheets: ["form"],
    budget: "evaluate",
    main: (
      <>
        <p class="back">
          <a href={url(data.campaign.url)}>{t("evaluate.back")}</a>
        </p>
        <div id="app" data-campaign={text(id)} data-vkey={text(key)} data-wait={WAIT_S}>
          <h1>{t("evaluate.heading")}</h1>
          <p class="notice warn noscript">{t("evaluate.noscript")}</p>
          <p class="script">{t("evaluate.loading")}</p>
        </div>
      </>
    ),
  });
}
