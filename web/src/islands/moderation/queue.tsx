/** What waits for a decision, in the order in which the server gives it: by due date. */
import type { JSX } from "preact";
import { fmtDate, fmtNumber } from "../../lib/fmt.ts";
import { lang, t } from "../../lib/texts.ts";
import { Heading } from "../../parts/form.tsx";
import { stateOf } from "../../parts/nomination_words.ts";
import { type Desk, named } from "./desk.ts";
import type { QueueItem } from "./model.ts";

interface Props {
  desk: Desk;
  items: QueueItem[];
  /** Only those whose refusal is appealed, or only the others. */
  appeals: boolean;
}

const soon = (due: number): boolean => due * 1000 < Date.now() + 86_400_000;

export function Queue({ desk, items, appeals }: Props): JSX.Element {
  const shown = items.filter((item) => item.appeal === appeals);
  return (
    <>
      <Heading>{appeals ? t("moderation.appeals") : t("moderation.queue")}</Heading>
      {shown.length === 0 && <p>{t("moderation.queue_none")}</p>}
      <ul class="cards">
        {shown.map((item) => (
          <li key={item.ref}>
            <a href={`#item/${item.ref}`}>{named(item.name, item.ngo)}</a>
            <p class="quiet">{desk.catName(item.cat)}</p>
            <p>
              {stateOf(item.state)}
              {item.supporters > 1 && ` · ${t("moderation.supporters", { count: fmtNumber(lang, item.supporters) })}`}
            </p>
            <p class={soon(item.due) ? "wrong" : "quiet"}>{t("moderation.due", { date: fmtDate(lang, item.due) })}</p>
            {item.wish && <p class="wrong">{t("moderation.wish")}</p>}
            {item.flagged && <p>{t("moderation.flagged")}</p>}
            {item.claimed_by && (
              <p class="quiet">
                {item.claimed_by === desk.person ? t("moderation.claimed_mine") : t("moderation.claimed_by", { person: item.claimed_by })}
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
