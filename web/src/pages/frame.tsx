import type { ComponentChildren, JSX } from "preact";
import { type Lang, LANGS } from "../lib/fmt.ts";
import type { Translate } from "../lib/i18n.ts";
import { datetime, each, type Int, iso, number, type Slot, text, type Unix, type Url, url, when } from "../lib/slots.ts";

/** What every page is given by the build. */
export interface Build {
  lang: Lang;
  t: Translate;
  /** Style sheets by name; "page" goes into every page. */
  sheets: Record<string, string>;
  /** Addresses of scripts and icons, by the name of their source: "copy.ts" → "/assets/copy-….js". */
  assets: Record<string, string>;
  /** Addresses of what a script imports, so that it is asked for with it and not after it. */
  parts: Record<string, string[]>;
  /** What the page said of itself: the class whose budget it keeps, and the scripts it loads. */
  declared: { budget: PageClass; loads: string[] };
}

/** Classes of pages with a budget of their own in build.mjs. */
export type PageClass = "public" | "nominate" | "evaluate" | "verify" | "work";

/** Part of the data of every page. */
export interface FrameData {
  home_url: Url;
  /** In the same place on every page. */
  help_url: Url;
  /** This page in each language. */
  languages: Record<Lang, Url>;
}

/** Part of the data of every page of a campaign. */
export interface CampaignFrame {
  name: string;
  url: Url;
  /** Every person in it is invented. */
  demo: boolean;
  /** How the current phase stands, from messages_phase(); notes: what was decided about it. */
  phase: { sentence: string; notes: { text: string }[] };
  /** In the order of the rules. Both instants are null while the phase is not scheduled. */
  phases: { name: string; current: boolean; opens: Unix | null; closes: Unix | null }[];
  nav: { nominees: Url; register: Url; results: Url; verify: Url; me: Url; staff: Url };
  /** url: where a person reads about it, the campaign's page at #ledger. */
  ledger: { size: Int; url: Url };
}

const NAMES: Record<Lang, string> = { kk: "Қазақша", ru: "Русский", en: "English" };

/** Names of languages are in their own language, so they carry it for screen readers. */
function languageSwitch({ lang, t }: Build, data: Slot<FrameData>): JSX.Element {
  return (
    <nav class="languages" aria-label={t("frame.languages")}>
      <ul>
        {LANGS.map((other) => (
          <li>
            <a
              href={url(data.languages[other])}
              hreflang={other}
              lang={other}
              aria-current={other === lang ? "true" : undefined}
            >
              {NAMES[other]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function schedule({ t }: Build, campaign: Slot<CampaignFrame>): JSX.Element {
  return (
    <ol class="phases">
      {each(campaign.phases, (phase) => (
        <li>
          <strong>{text(phase.name)}</strong>
          {when(phase.current, <span class="now">{t("frame.phase_now")}</span>)}
          {when(
            phase.opens,
            <span class="dates">
              <time dateTime={iso(phase.opens)}>{datetime(phase.opens)}</time>
              {" – "}
              <time dateTime={iso(phase.closes)}>{datetime(phase.closes)}</time>
            </span>,
            <span class="dates">{t("frame.phase_unscheduled")}</span>,
          )}
        </li>
      ))}
    </ol>
  );
}

function campaignHead(build: Build, campaign: Slot<CampaignFrame>): ComponentChildren {
  const { t } = build;
  return [
    <nav class="places" aria-label={t("frame.places")}>
      <ul>
        <li><a href={url(campaign.nav.nominees)}>{t("frame.nominees")}</a></li>
        <li><a href={url(campaign.nav.register)}>{t("frame.register")}</a></li>
        <li><a href={url(campaign.nav.results)}>{t("frame.results")}</a></li>
        <li><a href={url(campaign.nav.verify)}>{t("frame.verify")}</a></li>
        <li><a href={url(campaign.nav.me)}>{t("frame.me")}</a></li>
      </ul>
    </nav>,
    when(
      campaign.demo,
      <p class="demo">
        <strong>{t("frame.demo_label")}</strong> {t("frame.demo")}
      </p>,
    ),
    <details class="phase">
      <summary>
        <strong>{t("frame.phase")}</strong> {text(campaign.phase.sentence)}
      </summary>
      {schedule(build, campaign)}
    </details>,
    each(campaign.phase.notes, (note) => <p class="demo">{text(note.text)}</p>),
  ];
}

export interface PageParts {
  title: string;
  data: Slot<FrameData>;
  campaign?: Slot<CampaignFrame>;
  /** Names of scripts to load: files of src/enhance ("copy.ts") and src/islands ("evaluate.tsx"). */
  scripts?: string[];
  /** Names of style sheets beside "page". */
  sheets?: string[];
  /** What the page may weigh; "public" if not given. */
  budget?: PageClass;
  main: ComponentChildren;
}

/** The whole document around a page's content, which brings the one h1. */
export function frame(build: Build, parts: PageParts): JSX.Element {
  const { title, data, campaign, scripts = [], sheets = [], budget = "public", main } = parts;
  const { lang, t, assets } = build;
  build.declared = { budget, loads: scripts };
  return (
    <html lang={lang}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        {["page", ...sheets].map((name) => (
          <style dangerouslySetInnerHTML={{ __html: build.sheets[name]! }} />
        ))}
        <link rel="icon" href={assets["favicon.svg"]} type="image/svg+xml" />
        {LANGS.map((other) => (
          <link rel="alternate" hreflang={other} href={url(data.languages[other])} />
        ))}
        {scripts.map((name) => (
          <script type="module" src={assets[name]} />
        ))}
        {scripts.flatMap((name) => build.parts[name]!.map((part) => <link rel="modulepreload" href={part} />))}
      </head>
      <body>
        <a class="skip" href="#main">
          {t("frame.skip")}
        </a>
        <header>
          <div class="bar">
            <a class="prize" href={campaign ? url(campaign.url) : url(data.home_url)}>
              {campaign ? text(campaign.name) : t("frame.site")}
            </a>
            {languageSwitch(build, data)}
          </div>
          {campaign && campaignHead(build, campaign)}
        </header>
        <main id="main" tabIndex={-1}>
          {main}
        </main>
        <footer>
          {campaign && (
            <p>
              {t("frame.ledger_size", { size: number(campaign.ledger.size) })}{" "}
              <a href={url(campaign.ledger.url)}>{t("frame.ledger")}</a>
            </p>
          )}
          <p class="actions">
            <a href={url(data.help_url)}>{t("frame.help")}</a>
            <a href={url(data.home_url)}>{t("frame.all_campaigns")}</a>
            {campaign && <a href={url(campaign.nav.staff)}>{t("frame.staff")}</a>}
          </p>
          <p class="quiet">{t("frame.astana_time")}</p>
        </footer>
      </body>
    </html>
  );
}
