/** The kill switch: served as /sw.js when the operator says so, it removes the service worker and all
 * that it kept. What people have filled in is in IndexedDB and stays. */
declare const self: ServiceWorkerGlobalScope;

async function remove(): Promise<void> {
  await caches.delete("dauys");
  await self.registration.unregister();
}

self.addEventListener("install", () => void self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(remove()));

export {};
