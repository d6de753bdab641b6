/**
 * The service worker: pages of a flow and their scripts open without a network, so that what somebody
 * has filled in can be read and sent later. It answers for nothing else: the API and the ledger are
 * never cached, and other pages go by it. `service_worker = no` in dauys.conf puts sw-off.ts in its
 * place, which every phone takes at its next visit.
 */
declare const self: ServiceWorkerGlobalScope;

const CACHE = "dauys";
/** Scripts of some builds, and the few pages of a flow in three languages. */
const KEPT_MAX = 60;
const FLOW = /^\/(kk|ru|en)\/[a-z0-9-]+\/(evaluate|nominate|verify|me)$/;

/** Oldest out: the order of keys() is that of their coming. */
async function keep(request: Request, response: Response): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.delete(request, { ignoreSearch: true });
  await cache.put(request, response);
  for (const old of (await cache.keys()).slice(0, -KEPT_MAX)) await cache.delete(old);
}

/** A page: as it is now, or as it was when last seen. */
async function page(event: FetchEvent): Promise<Response> {
  try {
    const response = await fetch(event.request);
    if (response.ok && !response.redirected) event.waitUntil(keep(event.request, response.clone()));
    return response;
  } catch (error) {
    const kept = await caches.match(event.request, { ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
}

/** A file whose name changes with its content. */
async function asset(event: FetchEvent): Promise<Response> {
  const kept = await caches.match(event.request);
  if (kept) return kept;
  const response = await fetch(event.request);
  if (response.ok) event.waitUntil(keep(event.request, response.clone()));
  return response;
}

/** What a page had loaded before this worker was there (lib/offline.ts). */
async function take(paths: string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const there = await Promise.all(paths.map((path) => cache.match(path)));
  await cache.addAll(paths.filter((_, i) => !there[i]));
}

self.addEventListener("message", (event) => event.waitUntil(take(event.data as string[])));
self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== self.location.origin || event.request.method !== "GET") return;
  if (pathname.startsWith("/assets/")) event.respondWith(asset(event));
  else if (event.request.mode === "navigate" && FLOW.test(pathname)) event.respondWith(page(event));
});

export {};
