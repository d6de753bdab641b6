import type { ComponentChildren, JSX } from "preact";
import { each, type Int, number, type Slot, text, type Url, url, when } from "../lib/slots.ts";
import { type Build, type CampaignFrame, frame, type FrameData } from "./frame.tsx";

export interface Option {
  value: string;
  name: string;
  selected: boolean;
}

/** Data of `/{lang}/{campaign}/register`. */
export interface RegisterData extends FrameData {
  campaign: CampaignFrame;
  register: {
    form: { q: string; filed: string; laureates: Option[]; regions: Option[]; directions: Option[]; statuses: Option[] };
    /** How many the filter finds, on all its pages. */
    count: Int;
    filtered: boolean;
    items: {
      name: string;
      id: string;
      /** Null for an id that cannot stand in an address. */
      url: Url | null;
      bin: string;
      region: string;
      status: string;
      laureate: boolean;
    }[];
    /** Without any filter. */
    all_url: Url;
    /** Null on the first page, and on the last. */
    first_url: Url | null;
    next_url: Url | null;
    csv_url: Url;
    json_url: Url;
  };
}

type Register = Slot<RegisterData["register"]>;

/** A chosen option is another element, because a template cannot make an attribute come and go. */
export function select(name: string, label: string, any: string, options: Slot<Option[]>): JSX.Element {
  return (
    <p class="field">
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        <option value="">{any}</option>
        {each(options, (option) =>
          when(
            option.selected,
            <option value={text(option.value)} selected>
              {text(option.name)}
            </option>,
            <option value={text(option.value)}>{text(option.name)}</option>,
          ),
        )}
      </select>
    </p>
  );
}

function form({ t }: Build, of: Register): JSX.Element {
  return (
    <form class="filter" method="get" role="search">
      <p class="field wide">
        <label for="q">{t("register.q")}</label>
        <input id="q" name="q" type="search" value={text(of.form.q)} maxLength={100} autocomplete="off" />
      </p>
      {select("region", t("register.region"), t("register.any"), of.form.regions)}
      {select("status", t("register.status"), t("register.any"), of.form.statuses)}
      {select("direction", t("register.direction"), t("register.any"), of.form.directions)}
      <p class="field">
        <label for="filed">{t("register.filed")}</label>
        <input id="filed" name="filed" inputMode="numeric" pattern="[0-9]{4}" maxLength={4} value={text(of.form.filed)} />
      </p>
      {select("laureate", t("register.laureate"), t("register.any"), of.form.laureates)}
      <p class="field wide">
        <button type="submit">{t("register.search")}</button>
        {when(of.filtered, <a href={url(of.all_url)}>{t("register.clear")}</a>)}
      </p>
    </form>
  );
}

function found({ t }: Build, of: Register): ComponentChildren {
  return when(
    of.items,
    <table class="stack" role="table">
      <caption class="hidden">{t("register.heading")}</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">{t("register.name")}</th>
          <th role="columnheader" scope="col">{t("register.region")}</th>
          <th role="columnheader" scope="col">{t("register.bin")}</th>
          <th role="columnheader" scope="col">{t("register.status")}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {each(of.items, (ngo) => (
          <tr role="row">
            <th role="rowheader" scope="row">
              {when(ngo.url, <a href={url(ngo.url as Slot<Url>)}>{text(ngo.name)}</a>, <span>{text(ngo.name)}</span>)}
              {when(ngo.laureate, <span class="now">{t("register.is_laureate")}</span>)}
            </th>
            <td role="cell" data-label={t("register.region")}>{text(ngo.region)}</td>
            <td role="cell" data-label={t("register.bin")}>{when(ngo.bin, <span>{text(ngo.bin)}</span>, <span>{t("register.no_bin")}</span>)}</td>
            <td role="cell" data-label={t("register.status")}>{text(ngo.status)}</td>
          </tr>
        ))}
      </tbody>
    </table>,
    <p>{t("register.none")}</p>,
  );
}

export function register(build: Build, data: Slot<RegisterData>): JSX.Element {
  const { t } = build;
  const of = data.register;
  return frame(build, {
    title: t("register.title", { campaign: text(data.campaign.name) }),
    data,
    campaign: data.campaign,
    main: (
      <>
        <h1>{t("register.heading")}</h1>
        <p>{t("register.lead")}</p>
        {form(build, of)}
        <h2 id="found">{t("register.found", { count: number(of.count) })}</h2>
        {found(build, of)}
        <nav class="links" aria-label={t("register.pages")}>
          <ul>
            {when(of.first_url, <li><a href={url(of.first_url as Slot<Url>)}>{t("register.first")}</a></li>)}
            {when(of.next_url, <li><a class="button" href={url(of.next_url as Slot<Url>)}>{t("register.next")}</a></li>)}
          </ul>
        </nav>
        <h2>{t("register.data")}</h2>
        <ul class="links">
          <li><a href={url(of.csv_url)}>{t("register.csv")}</a></li>
          <li><a href={url(of.json_url)}>{t("register.json")}</a></li>
        </ul>
      </>
    ),
  });
}
