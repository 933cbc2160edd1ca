// The service worker: caches the files of a release and the offline shell. Pages come from the network; when it does not respond
// within three seconds, the shell opens instead. It caches no user data, and handles only GET.
import { PrecacheController } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

const { id, files } = self.RELEASE;
/** The timeout of a page, in milliseconds. */
const PATIENCE = 3_000;
/** Paths that are not application pages. */
const ELSEWHERE = [/^\/(login|logout|setup|invite|theme|pkg|icons|api|live|shell|fn)(\/|$)/, /^\/orders\/export/, /\/csv\/?$/];

const kept = new PrecacheController({ cacheName: "curlew" });
kept.addToCacheList([...files.map((url) => ({ url, revision: null })), { url: "/shell", revision: id }]);
self.addEventListener("install", (event) => kept.install(event));
self.addEventListener("activate", (event) => {
  kept.activate(event);
  event.waitUntil(self.clients.claim());
});
// A new release waits until the user updates, or for the next start.
self.addEventListener("message", (event) => { if (event.data === "update") self.skipWaiting(); });

/** Whether a response is from Curlew: a captive portal sends 200 and something else. */
const isOurs = (it) => it.type === "opaqueredirect" || (it.headers.get("content-security-policy") ?? "").startsWith("default-src 'none'");

registerRoute(new NavigationRoute(async ({ request }) => {
  const shell = () => kept.matchPrecache("/shell");
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); }).then(shell);
  const page = fetch(request).then(async (it) => (isOurs(it) && ![502, 504].includes(it.status) ? it : (await shell()) ?? it));
  return Promise.race([page.catch(shell), late.then((it) => it ?? page)]).then((it) => it ?? Response.error());
}, { denylist: ELSEWHERE }));

registerRoute(({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith("/pkg/"), async ({ request, url }) =>
  (await kept.matchPrecache(url.pathname)) ?? fetch(request));
