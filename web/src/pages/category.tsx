import type { ComponentChildren, JSX } from "preact";
import { each, type Int, number, type Permille, percent, plain, type Slot, text, url, when } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

/** The tally of a category, once the rules let everybody see it. */
export interface TallyData {
  /** What `value` is, by the method: votes (choose, approve), points (points, rank) or a mean (score).
   * Exactly one is true. */
  is_votes: boolean;
  is_points: boolean;
  is_mean: boolean;
  /** Ballots: counted + superseded + spoiled + void = cast. */
  counted: Int;
  superseded: Int;
  spoiled: Int;
  void: Int;
  /** Best first. */
  rows: {
    /** Places are shared: 1, 2, 2, 4. */
    place: Int;
    name: string;
    /** Written out, such as "1 234" or "4,25". */
    value: string;
    /** Of the counted ballots, or of the highest possible mean. */
    share: Permille;
    /** Length of the bar, 0 … 1000. */
    bar: Int;
  }[];
}

/** Data of `/{lang}/{campaign}/categories/{category}`. */
export interface CategoryData extends FrameData {
  campaign: CampaignFrame;
  category: {
    id: string;
    name: string;
    issued: Int;
    cast: Int;
    /** In the order of the published seed. */
    nominees: { id: string; name: string; region: string; ngo: string }[];
    tally: TallyData | null;
  };
}

type Category = Slot<CategoryData["category"]>;

function nominees({ t }: Build, category: Category): ComponentChildren {
  return when(
    category.nominees,
    <div class="scroll" role="region" aria-labelledby="nominees" tabIndex={0}>
      <table class="stack" role="table">
        <caption class="hidden">{t("category.nominees")}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">{t("category.name")}</th>
            <th role="columnheader" scope="col">{t("category.region")}</th>
            <th role="columnheader" scope="col">{t("category.ngo")}</th>
            <th role="columnheader" scope="col">{t("category.nominee_id")}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {each(category.nominees, (nominee) => (
            <tr role="row" id={`n${text(nominee.id)}`}>
              <th role="rowheader" scope="row">{text(nominee.name)}</th>
              <td role="cell" data-label={t("category.region")}>{text(nominee.region)}</td>
              <td role="cell" data-label={t("category.ngo")}>{text(nominee.ngo)}</td>
              <td role="cell" data-label={t("category.nominee_id")}>{text(nominee.id)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>,
    <p>{t("category.none")}</p>,
  );
}

/** The bar only repeats the figure beside it, so it is hidden from screen readers. */
function bar(width: string): JSX.Element {
  return (
    <svg class="bar-chart" viewBox="0 0 1000 60" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="track" width="1000" height="60" />
      <rect class="value" width={width} height="60" />
    </svg>
  );
}

function tally({ t }: Build, category: Category): ComponentChildren {
  const of = category.tally as Slot<TallyData>;
  const measure = (
    <>
      {when(of.is_votes, t("category.votes"))}
      {when(of.is_points, t("category.points"))}
      {when(of.is_mean, t("category.mean"))}
    </>
  );
  return when(
    category.tally,
    <>
      <div class="scroll" role="region" aria-labelledby="tally" tabIndex={0}>
        <table class="tally">
          <caption class="hidden">{t("category.tally")}</caption>
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col">{t("category.place")}</th>
              <th role="columnheader" scope="col">{t("category.name")}</th>
              <th role="columnheader" scope="col">{measure}</th>
              <th role="columnheader" scope="col">{t("category.share")}</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {each(of.rows, (row) => (
              <tr role="row">
                <td>{number(row.place)}</td>
                <th role="rowheader" scope="row">
                  {text(row.name)}
                  {bar(plain(row.bar))}
                </th>
                <td>{text(row.value)}</td>
                <td>{percent(row.share)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <dl>
        <dt>{t("category.counted")}</dt>
        <dd>{number(of.counted)}</dd>
        <dt>{t("category.superseded")}</dt>
        <dd>{number(of.superseded)}</dd>
        <dt>{t("category.spoiled")}</dt>
        <dd>{number(of.spoiled)}</dd>
        <dt>{t("category.void")}</dt>
        <dd>{number(of.void)}</dd>
      </dl>
    </>,
    <p>{t("category.tally_hidden")}</p>,
  );
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
        {tally(build, of)}
        <h2 id="nominees">{t("category.nominees")}</h2>
        {nominees(build, of)}
      </>
    ),
  });
}
