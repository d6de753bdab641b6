/**
 * Texts of the pages. The build checks that the three files agree in keys and parameters, that every
 * key is used, and that each use gives exactly the parameters of the text.
 */
import en from "../../i18n/en.json";
import kk from "../../i18n/kk.json";
import ru from "../../i18n/ru.json";
import type { Lang } from "./fmt.ts";

type Key = keyof typeof kk;
/** Keys of texts that pages use; those of the server's own sentences are not for pages. */
export type MessageKey = Exclude<Key, `server.${string}`>;

const texts: Record<Lang, Record<string, string>> = { kk, ru, en };

/** Keys that have been asked for since the build began. */
export const usedKeys = new Set<string>();

export type Translate = (key: MessageKey, params?: Record<string, string>) => string;

export function translator(lang: Lang): Translate {
  return (key, params = {}) => {
    usedKeys.add(key);
    const message = texts[lang][key]!;
    const wanted = new Set([...message.matchAll(/\{([a-z_]+)\}/g)].map((match) => match[1]!));
    for (const name of Object.keys(params)) {
      if (!wanted.has(name)) throw new Error(`${lang}.json: ${key} takes no {${name}}`);
    }
    return message.replace(/\{([a-z_]+)\}/g, (_, name: string) => {
      const value = params[name];
      if (value === undefined) throw new Error(`${lang}.json: ${key} wants {${name}}`);
      return value;
    });
  };
}
