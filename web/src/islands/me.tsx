/** A citizen's own page: signing in at once, and what is shown then (me/page.tsx), which comes meanwhile. */
import { render } from "preact";
import { Citizen } from "../lib/citizen.ts";
import { directions } from "../lib/directions.ts";
import { openStore } from "../lib/store.ts";
import { SignIn } from "../parts/sign_in.tsx";

async function start(place: HTMLElement): Promise<void> {
  const campaign = place.dataset.campaign!;
  const store = await openStore();
  const citizen = new Citizen(campaign, store);
  await citizen.resume();
  const known = async (): Promise<void> => {
    const { MyPage } = await import("./me/page.tsx");
    render(<MyPage citizen={citizen} cats={directions()} onGone={unknown} />, place);
  };
  const unknown = (): void => render(<SignIn citizen={citizen} onDone={known} />, place);
  place.textContent = "";
  if (citizen.signedIn) await known();
  else unknown();
}

start(document.getElementById("me")!);
