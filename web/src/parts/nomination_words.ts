/** How a nomination stands, in words: by the states that the API tells. */
import { t } from "../lib/texts.ts";

const STATES: Record<string, string> = {
  received: t("nomination.state_received"),
  returned: t("nomination.state_returned"),
  admitted: t("nomination.state_admitted"),
  refused: t("nomination.state_refused"),
  merged: t("nomination.state_merged"),
  withdrawn: t("nomination.state_withdrawn"),
  appealed: t("nomination.state_appealed"),
  erased: t("nomination.state_erased"),
};

export const stateOf = (state: string): string => STATES[state] ?? state;
