// What every browser test shares: a page that fails on any console error, page error or CSP report, and how people sign in.
import { test as plain, expect } from "@playwright/test";
import { keptHere, startsHere, uuid7 } from "./offline.js";

export { expect, uuid7 };
export const PASSWORD = "every call counts";

export const test = plain.extend({
  page: async ({ page }, use) => {
    const heard = [];
    page.on("console", (message) => {
      // A refused form answers 4xx on purpose; the browser reports the status of the request itself.
      // Without JavaScript nothing uses what was preloaded for it.
      const expected = /status of (401|404|409|422|503)|was preloaded using link preload/.test(message.text()) || page.allowed?.test(message.text());
      if (["error", "warning"].includes(message.type()) && !expected) heard.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => page.mayPanic || heard.push(`page error: ${error.message}`));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
    });
    await use(page);
    expect(heard, "nothing may complain in the console").toEqual([]);
  },
});

export async function signIn(page, name = "layla") {
  await page.goto("/login/?next=/orders/");
  await page.getByLabel("Username").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/orders\//);
}

// The page is taken over when a click no longer reloads it.
export async function hydrated(page) {
  await page.waitForFunction(() => document.documentElement.dataset.hydrated === "yes");
}

/** Waits until the module of every page is loaded. */
export const preloaded = (page) => page.waitForFunction(() => document.documentElement.dataset.preloaded === "yes");

/** Waits until `live.js` is loaded and handles the page. */
export const live = (page) => page.waitForFunction(() => document.documentElement.dataset.live === "yes");

/** Asks a server function from within a page, as the page does; answers its value. */
export const ask = (page, name, given) =>
  page.evaluate(async ([name, given]) => {
    const body = JSON.stringify(given);
    const answer = await fetch(new Request(`/fn/${name}`, { method: "POST", headers: { "content-type": "application/json" }, body }));
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }, [name, given]);

/** Writes an order in the name of whoever is signed in; answers its number. */
export const write = (page, business, more = {}) => ask(page, "orders/create", { uuid: uuid7(), draft: { status: "NW", business_name: business, ...more } });

/** The names of the drafts that this browser stores; one that was sent is deleted once the drafts module is loaded. */
export const drafts = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("draft ")));

/** What this device keeps in one store of its database; nothing where it keeps nothing. */
export const kept = (page, store) => page.evaluate(keptHere, store);

/** Until this device keeps everything that it needs to start with no signal. */
export async function keptOffline(page) {
  const keeps = async () => {
    const orders = (await kept(page, "orders")).length;
    const shell = await page.evaluate(startsHere);
    return orders > 100 && (await kept(page, "meta")).length > 3 && shell ? "everything" : `${orders} orders, ${shell ? "a" : "no"} shell`;
  };
  await expect.poll(keeps, { timeout: 25_000 }).toBe("everything");
}
