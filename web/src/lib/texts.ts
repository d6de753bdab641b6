/** Texts of islands. The build puts a text where its key stood (texts-plugin.mjs) and the bundle's
 * language for __LANG__; pages have a translator of their own (i18n.ts). */
import type { Lang } from "./fmt.ts";
import type { MessageKey } from "./i18n.ts";

declare const __LANG__: Lang;

export const lang: Lang = __LANG__;

/** A text with its parameters in place; what they are is checked by the build. */
export function t(key: MessageKey, params?: Record<string, string>): string {
  return params ? key.replace(/\{([a-z_]+)\}/g, (_, name: string) => params[name]!) : key;
}
