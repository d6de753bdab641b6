import type { ComponentChildren, JSX } from "preact";
import { each, type Int, number, type Permille, percent, plain, type Slot, text, when } from "../lib/slots.ts";
import type { Build } from "./frame.tsx";

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
  rows: TallyRow[];
}

export interface TallyRow {
  /** Places are shared: 1, 2, 2, 4. */
  place: Int;
  name: string;
  /** Written out, such as "1 234" or "4,25". */
  value: string;
  /** Of the counted ballots, or of the highest possible mean. */
  share: Permille;
  /** Length of the bar, 0 … 1000. */
  bar: Int;
}

/** A row on the page of results, which says who goes to the council. */
export type ListedRow = TallyRow & { listed: boolean };

/** The bar only repeats the figure beside it, so it is hidden from screen readers. */
function bar(width: string): JSX.Element {
  return (
    <svg class="bar-chart" viewBox="0 0 1000 60" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="track" width="1000" height="60" />
      <rect class="value" width={width} height="60" />
    </svg>
  );
}

/** The table with its bars, under a label that no other table of the page has, then what became of the ballots. mark: what to say of a row, by the page. */
export function tally({ t }: Build, label: string, of: Slot<TallyData>, mark?: (row: Slot<ListedRow>) => ComponentChildren): JSX.Element {
  const measure = (
    <>
      {when(of.is_votes, t("category.votes"))}
      {when(of.is_points, t("category.points"))}
      {when(of.is_mean, t("category.mean"))}
    </>
  );
  return (
    <>
      <div class="scroll" role="region" aria-label={label} tabIndex={0}>
        <table class="tally">
          <caption class="hidden">{label}</caption>
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
                  {mark?.(row as unknown as Slot<ListedRow>)}
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
    </>
  );
}
