import type { JSX } from "preact";
import { datetime, iso, type Slot, text, type Unix, type Url, url, when } from "../lib/slots.ts";
import { type CategoryName, categoryNames } from "./category_names.tsx";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

/** Data of `/{lang}/{campaign}/nominate`. */
export interface NominateData extends FrameData {
  campaign: CampaignFrame;
  nominate: {
    /** The campaign's id. */
    id: string;
    /** open, paused, scheduled, unscheduled, closed. */
    window: string;
    /** Exactly one is true. */
    is_open: boolean;
    is_soon: boolean;
    is_paused: boolean;
    is_closed: boolean;
    opens: Unix | null;
    /** Number of the decision by which it was extended. */
    extended: string | null;
    /** Hash of the frozen rule file. */
    rules: string;
    me_url: Url;
    categories: CategoryName[];
  };
}

function shut({ t }: Build, data: Slot<NominateData>): JSX.Element {
  const of = data.nominate;
  return (
    <div class="notice">
      {when(
        of.is_soon,
        <>
          <p>{t("nominate.window_soon")}</p>
          {when(
            of.opens,
            <p>
              <time dateTime={iso(of.opens)}>{t("nominate.opens", { time: datetime(of.opens) })}</time>
            </p>,
          )}
          <p>{t("nominate.window_soon_next")}</p>
        </>,
      )}
      {when(of.is_paused, <p>{t("nominate.window_paused")}</p>)}
      {when(of.is_closed, <p>{t("nominate.window_closed")}</p>)}
    </div>
  );
}

export function nominate(build: Build, data: Slot<NominateData>): JSX.Element {
  const { t } = build;
  const of = data.nominate;
  return frame(build, {
    title: t("nominate.title", { name: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    scripts: ["nominate.tsx"],
    sheets: ["form", "write"],
    budget: "nominate",
    main: (
      <>
        <h1>{t("nominate.heading")}</h1>
        {when(of.extended, <p>{t("nominate.extended", { number: text(of.extended) })}</p>)}
        {when(of.is_open, "", shut(build, data))}
        <div id="nominate" data-campaign={text(of.id)} data-window={text(of.window)} data-rules={text(of.rules)}>
          {when(of.is_open, <p class="notice">{t("nominate.script")}</p>)}
        </div>
        <p>
          <a href={url(of.me_url)}>{t("citizen.my_page")}</a>
        </p>
        {categoryNames(of.categories)}
      </>
    ),
  });
}
