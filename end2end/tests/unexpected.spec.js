// Pages that meet what they are not made for: pieces that cannot be loaded, texts that are long, written from right to left, or markup.
import { expect, hydrated, live, signIn, test } from "./world.js";

const PIECES = /\/pkg\/(pieces_.*\.bin|[\w-]+\.[\w-]{6}\.wasm)$/;
const BROKEN = {
  "answered with 404": { status: 404, contentType: "text/plain", body: "not found" },
  "the page of a proxy": { status: 200, contentType: "text/html", body: "<!doctype html><title>Sign in to the network</title>" },
  "cut off": { status: 200, contentType: "application/wasm", body: Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1]) },
};

test.describe("pieces that cannot be loaded", () => {
  // A service worker would ask for them itself.
  test.use({ serviceWorkers: "block" });

  for (const [name, answer] of Object.entries(BROKEN)) {
    test(`where the pieces of pages are ${name}, links and forms work`, async ({ page }) => {
      page.allowed = /./;
      page.mayPanic = true;
      await signIn(page);
      await page.route(PIECES, (route) => route.fulfill(answer));
      const open = async (path) => {
        await page.goto(path);
        await page.waitForFunction(() => document.documentElement.dataset.panicked === "yes");
        await live(page);
      };
      await open("/orders/");
      await expect(page.locator("#piece")).toHaveCount(0);
      await page.getByRole("searchbox").first().fill("moor");
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(/query=moor/);
      await page.locator("table.orders tbody a").first().click();
      await expect(page).toHaveURL(/\/orders\/\d+\//);
      await page.getByRole("link", { name: "Board", exact: true }).first().click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("Board");
      await open("/orders/new/");
      await page.getByLabel("Business name").fill(`Broken ${name}`);
      await page.getByRole("button", { name: "Save" }).first().click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Broken ${name}`);
    });
  }

  test("a page whose pieces are not to be had says so, the page before it goes on, and it comes once they are", async ({ page }) => {
    page.allowed = /./;
    await signIn(page);
    const broken = Object.values(BROKEN).slice(0, 2);
    for (const answer of broken) {
      const list = new Set();
      await page.route(PIECES, async (route) => (list.has(route.request().url()) ? route.continue() : route.fulfill(answer)));
      await page.route(/\/pkg\/pieces_list\./, (route) => route.continue());
      await page.goto("/orders/");
      await hydrated(page);
      await live(page);
      await page.getByRole("link", { name: "Reports", exact: true }).first().click();
      await expect(page.locator("#piece")).toContainText("This page isn't available offline");
      await page.unrouteAll();
      await expect(page.getByRole("heading", { level: 1 })).toContainText("Revenue by", { timeout: 15_000 });
      await expect(page.locator("#piece")).toHaveCount(0);
    }
  });
});

/** Texts of up to `most` letters, by what they are. */
const TEXTS = {
  long: (most) => "Wide".repeat(2_500).slice(0, most),
  "right to left": (most) => "شركة البلوط المحدودة ".repeat(500).slice(0, most).trim(),
  markup: (most) => "</script></textarea><img src=x onerror=alert(1)><b title=\"'&amp;".repeat(160).slice(0, most),
};

/** The forms that people type texts into, and the button that sends each. */
const FORMS = [["/orders/new/", "Save"], ["/campaigns/new/", "Save"], ["/companies/new/", "Save"], ["/admin/users/new/", "Invite"], ["/admin/teams/", "Rename"], ["/targets/", "Save"]];

for (const [name, text] of Object.entries(TEXTS)) {
  test(`a text that is ${name} in every field is refused beside its field and kept, or stored and shown as it is`, async ({ page }) => {
    test.setTimeout(90_000);
    page.on("dialog", (dialog) => {
      if (dialog.type() === "beforeunload") return dialog.accept();
      throw new Error(`a dialog: ${dialog.message()}`);
    });
    /** The page is whole at both widths, and nothing of a text became an element. */
    const whole = async (where) => {
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 844 });
        await expect(page.getByRole("heading", { level: 1 }), where).toBeVisible();
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(wider, `${where} at ${width}: nothing sticks out`).toBe(0);
        await expect(page.locator("img[src=x], b[title]"), where).toHaveCount(0);
      }
    };
    /** What a field takes, by why it refused another text. */
    const accepted = (message) => {
      const most = /at most (\d+) characters/.exec(message)?.[1];
      if (/username/i.test(message)) return `wide-${name.replaceAll(" ", "-")}`;
      if (most === "254" || /e-mail/i.test(message)) return `${"wide".repeat(15)}@${"wide.".repeat(12)}example`;
      if (most) return text(Number(most));
      const other = Object.entries({ amount: "1,234,567.89", percentage: "7.5", "whole number": "123456", phone: "+44 7700 900123" });
      return other.find(([word]) => message.includes(word))?.[1] ?? "";
    };
    await signIn(page, "ada");
    for (const [path, button] of FORMS) {
      await page.goto(path);
      await hydrated(page);
      const form = page.locator("main form:has(input:not([type=hidden]))").filter({ has: page.getByRole("button", { name: button }) }).last();
      const fields = form.locator("input:is([type=text], [type=email], [type=tel], :not([type])):visible, textarea:visible");
      const names = await fields.evaluateAll((all) => all.map((it) => it.name).filter(Boolean));
      expect(names.length, path).toBeGreaterThan(0);
      const field = (name) => form.locator(`[name="${name}"]`).first();
      for (const name of names) await field(name).fill(text(10_000));
      await form.getByRole("button", { name: button }).first().click();
      const refused = page.locator("main [aria-invalid=true]:visible");
      await expect(refused.first(), `${path}: the first of them has the focus`).toBeFocused();
      await whole(`${path} refused`);
      for (const name of names) await expect(field(name), `${path}: ${name}`).toHaveValue(text(10_000));
      // The longest that is taken. Some fields have a second rule, of which they say nothing while the text is too long.
      for (let round = 0; round < 3 && (await refused.count()) > 0; round++) {
        const messages = await refused.evaluateAll((all) => all.map((it) => [it.name, document.getElementById(it.getAttribute("aria-describedby")).innerText]));
        for (const [name, message] of messages) await field(name).fill(accepted(message));
        await form.getByRole("button", { name: button }).first().click();
        await expect(page.locator("[aria-busy=true], [data-pressed]")).toHaveCount(0);
        await page.waitForTimeout(500);
      }
      await expect(refused, path).toHaveCount(0);
      await whole(`${path} stored`);
      if (["/orders/new/", "/campaigns/new/", "/companies/new/"].includes(path)) await expect(page.getByRole("heading", { level: 1 })).toContainText(text(100).slice(0, 20));
    }
    // Wherever they are shown: as the server draws it, and as the browser does.
    for (const path of ["/orders/", "/orders/board/", "/", "/campaigns/", "/companies/", "/reports/?by=campaign", "/activity/", "/duplicates/", "/admin/users/", "/admin/teams/", "/targets/"]) {
      await page.goto(path);
      await whole(`${path} as sent`);
      await hydrated(page);
      await page.evaluate(() => dispatchEvent(new CustomEvent("curlew:again")));
      await page.waitForTimeout(300);
      await whole(`${path} as drawn`);
    }
  });
}
