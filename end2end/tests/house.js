// What every browser test shares: a page that fails on any console error, page error or CSP report, and how people sign in.
import { test as plain, expect } from "@playwright/test";

export { expect };
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
    page.on("pageerror", (error) => heard.push(`page error: ${error.message}`));
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
