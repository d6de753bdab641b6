/** Nominating: signing in at once, and the questions (nominate/questions.tsx) that come meanwhile. */
import { render } from "preact";
import { ask } from "../lib/api.ts";
import { Citizen } from "../lib/citizen.ts";
import { directions } from "../lib/directions.ts";
import { keepOffline } from "../lib/offline.ts";
import { openStore, type Store } from "../lib/store.ts";
import type { Draft, Ngo } from "../lib/nomination.ts";
import type { Given } from "./nominate/questions.tsx";
import { SignIn } from "../parts/sign_in.tsx";

/** The questions; asked for again when the network is back. */
async function questions(): Promise<typeof import("./nominate/questions.tsx")> {
  for (;;) {
    try {
      return await import("./nominate/questions.tsx");
    } catch {
      await new Promise((resolve) => addEventListener("online", resolve, { once: true }));
    }
  }
}

/** From the register's page of an organisation: `?ngo=…`. */
async function ngoGiven(campaign: string): Promise<Ngo | null> {
  const asked = new URLSearchParams(location.search).get("ngo");
  if (!asked) return null;
  try {
    const { json } = await ask<Ngo>(`/api/v1/campaigns/${campaign}/register/${encodeURIComponent(asked)}`, { tries: 2, deadline_ms: 5000 });
    const { id, name, bin, region, status } = json;
    return { id, name, bin, region, status };
  } catch {
    return null; // it can be found by name
  }
}

async function askAll(place: HTMLElement, given: Given, store: Store, citizen: Citizen): Promise<void> {
  const [{ Nominate, EMPTY }, ngo] = await Promise.all([questions(), ngoGiven(given.campaign)]);
  const kept = { ...EMPTY, ...(await store.get<Draft>(`nominate/${given.campaign}`)) };
  const taken = kept.done && ngo ? EMPTY : kept;
  const draft = ngo && !kept.sending ? { ...taken, ngo, at: EMPTY.at } : taken;
  render(<Nominate given={given} cats={directions()} store={store} citizen={citizen} draft={draft} />, place);
  keepOffline();
}

async function start(place: HTMLElement): Promise<void> {
  const given = { ...place.dataset } as unknown as Given;
  const store = await openStore();
  const citizen = new Citizen(given.campaign, store);
  await citizen.resume();
  const all = (): Promise<void> => askAll(place, given, store, citizen);
  place.textContent = "";
  if (citizen.signedIn || given.window !== "open") return all();
  questions(); // while the code is typed
  render(<SignIn citizen={citizen} onDone={all} />, place);
}

start(document.getElementById("nominate")!);
