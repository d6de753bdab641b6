/** Makes the page at hand one that opens without a network: the service worker answers for it. */
import { scriptUrl } from "./trust.ts";

/** The cache that src/workers/sw.ts keeps. */
const CACHE = "dauys";

/** Called once the page works. Where it can't be done (no service workers, storage blocked) the page
 * only needs the network to be opened again. */
export async function keepOffline(): Promise<void> {
  try {
    await navigator.serviceWorker.register(scriptUrl("/sw.js"));
    await navigator.serviceWorker.ready;
    // The page and its scripts came before the worker could see them.
    const scripts = [...document.scripts].map((script) => new URL(script.src).pathname);
    await (await caches.open(CACHE)).addAll([location.pathname, ...scripts]);
  } catch {
    // As said above.
  }
}
