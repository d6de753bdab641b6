/** Words for what the API says in codes. */
import { t } from "../../lib/texts.ts";
import type { DecisionName } from "./model.ts";

export const DECISIONS: Record<DecisionName, string> = {
  admit: t("moderation.d_admit"),
  return: t("moderation.d_return"),
  refuse: t("moderation.d_refuse"),
  merge: t("moderation.d_merge"),
  withdraw: t("moderation.d_withdraw"),
  reopen: t("moderation.d_reopen"),
};

export const RULES: Record<string, string> = {
  status: t("moderation.rule_status"),
  bin: t("moderation.rule_bin"),
  filed_year: t("moderation.rule_filed_year"),
  filed_by: t("moderation.rule_filed_by"),
  cooling_off: t("moderation.rule_cooling_off"),
  duplicate: t("moderation.rule_duplicate"),
};

export const RELATIONS: Record<string, string> = {
  none: t("moderation.relation_none"),
  staff: t("moderation.relation_staff"),
  head: t("moderation.relation_head"),
};

export const NOMINATORS: Record<string, string> = {
  citizen: t("moderation.as_citizen"),
  ngo: t("moderation.as_ngo"),
  state_body: t("moderation.as_state_body"),
  council: t("moderation.as_council"),
};

/** Names of languages are in their own language. */
export const LANGUAGE_NAMES = { kk: "Қазақша", ru: "Русский", en: "English" };

export const decisionWord = (d: string): string => DECISIONS[d as DecisionName] ?? d;
