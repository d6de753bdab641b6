/** What build.mjs runs to render the pages: everything it needs of src in one module. */
import type { JSX } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Lang } from "./lib/fmt.ts";
import { translator, usedKeys } from "./lib/i18n.ts";
import { withData } from "./lib/slots.ts";
import { audit } from "./pages/audit.tsx";
import { campaign } from "./pages/campaign.tsx";
import { category } from "./pages/category.tsx";
import { evaluate } from "./pages/evaluate.tsx";
import type { Build } from "./pages/frame.tsx";
import { help } from "./pages/help.tsx";
import { home } from "./pages/home.tsx";
import { ngo } from "./pages/ngo.tsx";
import { me } from "./pages/me.tsx";
import { moderation } from "./pages/moderation.tsx";
import { nominate } from "./pages/nominate.tsx";
import { nominee } from "./pages/nominee.tsx";
import { nominees } from "./pages/nominees.tsx";
import { problem } from "./pages/problem.tsx";
import { verify } from "./pages/verify.tsx";
import { register } from "./pages/register.tsx";
import { results } from "./pages/results.tsx";
import { staff } from "./pages/staff.tsx";

const pages: Record<string, (build: Build) => JSX.Element> = {
  home: withData(home),
  help: withData(help),
  campaign: withData(campaign),
  category: withData(category),
  evaluate: withData(evaluate),
  me: withData(me),
  moderation: withData(moderation),
  nominate: withData(nominate),
  problem: withData(problem),
  verify: withData(verify),
  audit: withData(audit),
  ngo: withData(ngo),
  register: withData(register),
  nominee: withData(nominee),
  nominees: withData(nominees),
  results: withData(results),
  staff: withData(staff),
};

export const pageNames = Object.keys(pages);
export { usedKeys };
export { LANGS } from "./lib/fmt.ts";

/** The template of a page in a language, with the class and the scripts that it declares. */
export function render(page: string, lang: Lang, built: Pick<Build, "sheets" | "assets" | "parts">) {
  const build: Build = { lang, t: translator(lang), ...built, declared: { budget: "public", loads: [] } };
  const html = `<!doctype html>${renderToString(pages[page]!(build))}\n`;
  return { html, ...build.declared };
}
