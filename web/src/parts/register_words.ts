/** What the register's codes say. */
import { t } from "../lib/texts.ts";

export function statusOf(status: string): string {
  const texts: Record<string, string> = {
    ACTIVE: t("citizen.register_active"),
    NO_BIN: t("citizen.register_no_bin"),
    INACTIVE: t("citizen.register_inactive"),
    LIQUIDATING: t("citizen.register_liquidating"),
    SUSPENDED: t("citizen.register_suspended"),
  };
  return texts[status] ?? status;
}
