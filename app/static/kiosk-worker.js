// Looks after the tablet's page while the network is away: the page and its files come from the server
// when it answers, else from what was kept. Answers are none of its business: kiosk-queue.js keeps them.
const KEPT = "longdan-kiosk";
const PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (address.pathname.startsWith("/static/v/")) event.respondWith(file(event.request));
});

async function page(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) await kept.put(request, answer.clone());
    // A refusal is the server's word; only when it cannot answer at all the kept page stands in.
    if (answer.status < 500) return answer;
    return (await kept.match(request)) || answer;
  } catch {
    return (await kept.match(request)) || Response.error();
  }
}

async function file(request) {
  const kept = await caches.open(KEPT);
  const found = await kept.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request, answer.clone());
  return answer;
}
