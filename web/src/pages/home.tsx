import type { JSX } from "preact";
import { each, type Slot, text, type Url, url, when } from "../lib/slots.ts";
import { type Build, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/`: every campaign of this server, the newest first. */
export interface HomeData extends FrameData {
  campaigns: {
    name: string;
    url: Url;
    demo: boolean;
    /** From messages_phase(). */
    sentence: string;
  }[];
}

export function home(build: Build, data: Slot<HomeData>): JSX.Element {
  const { t } = build;
  return frame(build, {
    title: t("home.title"),
    data,
    main: (
      <>
        <h1>{t("home.heading")}</h1>
        <p>{t("home.lead")}</p>
        <h2 id="campaigns">{t("home.campaigns")}</h2>
        {when(
          data.campaigns,
          <ul class="cards" aria-labelledby="campaigns">
            {each(data.campaigns, (campaign) => (
              <li>
                <a href={url(campaign.url)}>{text(campaign.name)}</a>
                <p>{text(campaign.sentence)}</p>
                {when(campaign.demo, <p class="quiet">{t("frame.demo")}</p>)}
              </li>
            ))}
          </ul>,
          <p>{t("home.none")}</p>,
        )}
        <h2>{t("home.how")}</h2>
        <ol>
          <li>{t("home.how_nominate")}</li>
          <li>{t("home.how_evaluate")}</li>
          <li>{t("home.how_council")}</li>
          <li>{t("home.how_check")}</li>
        </ol>
      </>
    ),
  });
}
