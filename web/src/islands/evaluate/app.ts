/** What all screens of the page share. The page is drawn anew from it after every change. */
import { ApiError, ask } from "../../lib/api.ts";
import type { Store } from "../../lib/store.ts";
import { lang } from "../../lib/texts.ts";
import { type Campaign, evaluation, named, type Nominee, situation } from "./model.ts";
import type { Trouble, Voter } from "./voter.ts";

export interface App {
  id: string;
  vkey: string;
  store: Store;
  voter: Voter;
  campaign: Campaign;
  /** By category, in the published order. */
  nominees: Map<string, Nominee[]>;
  /** A request that the screen waits for. */
  busy: boolean;
  trouble: Trouble | null;
  draw: () => void;
}

export const app = { nominees: new Map(), busy: false, trouble: null } as unknown as App;

/** A screen's address on this page. */
export const at = (...parts: (string | number)[]): string => `#${parts.join("/")}`;
export const page = (rest: string): string => `/${lang}/${app.id}/${rest}`;

export function go(address: string): void {
  app.trouble = null;
  location.hash = address;
}

/** Runs a request of a button; what it throws is shown. */
export async function during(work: () => Promise<void>): Promise<void> {
  if (app.busy) return;
  app.busy = true;
  app.trouble = null;
  app.draw();
  try {
    await work();
  } catch (error) {
    app.trouble = error instanceof ApiError ? { code: error.code, detail: error.detail } : { code: troubleCode(error), detail: "" };
  }
  app.busy = false;
  app.draw();
}

/** LedgerError has a code; of anything else only its kind is told. */
const troubleCode = (error: unknown): string => (error instanceof Error ? ((error as { code?: string }).code ?? error.name) : "unknown");

/** Kept from the last time, so that the page opens without a network. */
export async function loadCampaign(): Promise<void> {
  const key = `evaluate/${app.id}/campaign`;
  try {
    app.campaign = (await ask<Campaign>(`/api/v1/campaigns/${app.id}`, { tries: app.campaign ? 1 : 2 })).json;
    await app.store.put(key, app.campaign);
  } catch (error) {
    const kept = app.campaign ?? (await app.store.get<Campaign>(key));
    if (!kept) throw error;
    app.campaign = kept;
  }
  app.voter.campaign = app.campaign;
}

export async function loadNominees(cat: string): Promise<void> {
  if (app.nominees.has(cat)) return;
  const key = `evaluate/${app.id}/nominees/${cat}`;
  let list: Nominee[] = [];
  try {
    for (let after: string | null = "0"; after !== null; ) {
      const from: string = `/api/v1/campaigns/${app.id}/nominees?cat=${cat}&after=${after}&limit=500`;
      const { json } = await ask<{ items: Nominee[]; next: string | null }>(from);
      list.push(...json.items);
      after = json.next;
    }
    const { inOrder } = await import("./proof.ts");
    list = await inOrder(app.campaign.origin, cat, list);
    await app.store.put(key, list);
  } catch (error) {
    const kept = await app.store.get<Nominee[]>(key);
    if (!kept) throw error;
    list = kept;
  }
  app.nominees.set(cat, list);
}

export const category = (cat: string) => app.campaign.categories.find(({ id }) => id === cat);
export const nameOf = ({ name, ngo }: Nominee): string => named(name) || ngo;
export const regionOf = ({ region }: Nominee): string => named(app.campaign.regions[region ?? ""]);
export const isOpen = (): boolean => situation(app.campaign) === "open";
export const closes = (): number | null => evaluation(app.campaign).closes;

/** Gives a file to the browser's downloads. */
export function download(name: string, type: string, content: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
