/** Makes the page at hand one that opens without a network: the service worker answers for it. */
import { scriptUrl } from "./trust.ts";

/** Called once the page works. Where it can't be done (no service workers, storage blocked) the page
 * only needs the network to be opened again. */
export async function keepOffline(): Promise<void> {
  try {
    await navigator.serviceWorker.register(scriptUrl("/sw.js"));
    const { active } = await navigator.serviceWorker.ready;
    // The page and its scripts came before the worker could see them.
    const files = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
    const scripts = files.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/assets/"));
    active?.postMessage([location.pathname, ...new Set(scripts.map(({ pathname }) => pathname))]);
  } catch {
    // As said above.
  }
}
