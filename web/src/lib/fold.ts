/**
 * A text as it is compared in searching; the same rules as server/register/search_text.c, both held
 * to i18n/fold-vectors.json.
 */
const SAME: Record<string, string> = { ә: "а", ғ: "г", қ: "к", ң: "н", ө: "о", ұ: "у", ү: "у", һ: "х", і: "и" };

export const fold = (text: string): string =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[әғқңөұүһі]/g, (letter) => SAME[letter]!);
