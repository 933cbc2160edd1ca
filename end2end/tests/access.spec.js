// axe finds nothing on any page in either theme; at 390 pixels nothing sticks out and targets are large enough. Leaves pictures.
import AxeBuilder from "@axe-core/playwright";
import { ask, expect, hydrated, keptOffline, signIn, test, write } from "./world.js";

const pages = [
  ["list", "/orders/"],
  ["narrowed", "/orders/?status=HD"],
  ["empty", "/orders/mine/?status=IS"],
  ["order", "/orders/1000300/"],
  ["ugly", "/orders/1000399/"],
  ["new", "/orders/new/"],
  ["edit", "/orders/1000300/update/"],
  ["search", "/orders/search/?query=moor"],
  ["due", "/orders/due/"],
  ["trash", "/orders/trash/"],
  ["board", "/orders/board/"],
  ["profile", "/profile/"],
  ["duplicates", "/duplicates/"],
  ["missing", "/nothing/here/"],
  ["dashboard", "/"],
  ["dashboard-year", "/dashboard/?period=year&team=1"],
  ["report", "/reports/?measure=connected&rows=campaign&period=year"],
  ["campaigns", "/campaigns/"],
  ["campaign", "/campaigns/3/"],
  ["campaign-form", "/campaigns/3/edit/"],
  ["companies", "/companies/"],
  ["company", "/companies/1/"],
  ["commission", "/commission/"],
  ["statement", "/commission/4/"],
  ["targets", "/targets/"],
  ["activity", "/activity/"],
  ["people", "/admin/users/"],
  ["person", "/admin/users/4/edit/"],
  ["teams", "/admin/teams/"],
  ["settings", "/admin/settings/"],
  ["rules", "/admin/settings/rules/"],
  ["permissions", "/permissions/"],
  ["guide", "/help/"],
  ["chapter", "/help/agents/"],
  ["password", "/profile/password/"],
];

/** What axe finds, what sticks out, what is too small for a finger; and a picture. */
async function checked(page, name, width, scheme) {
  // A page has no frames of other origins: nothing needs the blank page that is opened for those otherwise.
  const found = await new AxeBuilder({ page }).setLegacyMode().withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  const violations = found.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | ")}`);
  expect.soft(violations, `${name}: axe`).toEqual([]);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(wider, `${name}: sticks out`).toBeLessThanOrEqual(0);
  if (width < 400) {
    const small = await page.evaluate(() =>
      [...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
        .filter((it) => it.offsetParent !== null && !it.matches(".orders-link, .frame-skip, .notice a, .timeline-entry-text a, [type=checkbox], [type=radio], .order-details dd a[href^=mailto]"))
        .filter((it) => it.getBoundingClientRect().height < 43.5)
        .map((it) => it.outerHTML.slice(0, 80)),
    );
    expect.soft(small, `${name}: targets under 44 pixels`).toEqual([]);
  }
  // What is out of sight is drawn when it comes into sight: in a picture it is.
  await page.evaluate(() => { for (const it of document.querySelectorAll(".orders tr")) it.style.contentVisibility = "visible"; });
  await page.screenshot({ path: `pictures/${name}-${width}-${scheme}.png`, fullPage: true });
}

for (const scheme of ["light", "dark"]) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    test(`${scheme} at ${width}: axe, overflow, targets`, async ({ page }) => {
      test.setTimeout(240_000);
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: scheme });
      await page.goto("/login/");
      const check = (name) => checked(page, name, width, scheme);
      await check("login");
      await signIn(page, "ada");
      for (const [name, path] of pages) {
        await page.goto(path);
        await check(name);
      }
      // What opens on a page is a page of its own.
      await page.goto("/orders/?per_page=25");
      await hydrated(page);
      await page.getByLabel("Select", { exact: true }).check();
      await page.locator("input[name=pick]").first().check();
      await check("selecting");
      await page.getByRole("button", { name: "Continue" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("1 order");
      await page.locator("summary", { hasText: "Change status" }).click();
      await check("bulk");
      await page.goto("/orders/");
      await hydrated(page);
      await page.locator("#search").focus();
      await expect(page.locator("#palette").getByRole("option").first()).toBeVisible();
      await check("palette");
    });
  }
}

for (const scheme of ["light", "dark"]) {
  test(`${scheme} on a phone with no signal: strip, lists, outbox, conflict, lock`, async ({ page, context, browser }) => {
    test.setTimeout(120_000);
    page.allowed = /ERR_|Failed to load resource/;
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: scheme });
    const check = (name) => checked(page, `device-${name}`, 390, scheme);
    await signIn(page, "xavier");
    await hydrated(page);
    await keptOffline(page);
    const number = await write(page, "Two Hands Bakery", { mobile: "07700 900812" });
    await page.goto(`/orders/${number}/update/`);
    await hydrated(page);
    await context.setOffline(true);
    await page.getByLabel("Tariff", { exact: true }).fill("Mine");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Two Hands Bakery" })).toBeVisible();
    await check("order");
    await page.goto("/orders/new/");
    await hydrated(page);
    await page.getByLabel("Business name").fill("Van Vegetables");
    await page.getByLabel("Mobile").fill("07700 900813");
    await check("form");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Van Vegetables" })).toBeVisible();
    await page.goto("/orders/");
    await hydrated(page);
    await expect(page.locator("tbody tr").first().locator(".orders-customer")).toContainText("Not sent");
    await expect(page.locator("tbody tr").first().locator(".link-phone")).toHaveText(/^Call /);
    await check("list");
    await page.goto("/orders/search/?query=moor");
    await hydrated(page);
    await expect(page.locator("tbody tr").first()).toBeVisible();
    await check("search");
    await page.locator(".status-strip").getByRole("button", { name: "View" }).click();
    await expect(page.getByRole("dialog", { name: "Unsent changes" }).locator("li")).toHaveCount(2);
    await check("outbox");
    await page.keyboard.press("Escape");
    const office = await (await browser.newContext()).newPage();
    await signIn(office);
    await hydrated(office);
    const { draft, version } = await ask(office, "orders/form", { of: number });
    await ask(office, "orders/edit", { number, version, draft: { ...draft, tariff: "Theirs" } });
    await office.context().close();
    await context.setOffline(false);
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expect(page.locator(".status-strip")).toContainText("1 change needs your attention", { timeout: 30_000 });
    await page.locator(".status-strip").getByRole("button", { name: "View" }).click();
    await expect(page.getByRole("dialog", { name: "Unsent changes" })).toContainText("Layla");
    await check("conflict");
    await page.keyboard.press("Escape");
    await page.goto("/profile/");
    await hydrated(page);
    await page.getByLabel("New PIN").fill("724913");
    await check("here");
    await page.getByRole("button", { name: "Set PIN" }).click();
    await page.getByRole("button", { name: "Lock now" }).click({ timeout: 20_000 });
    await page.locator(".status-strip").getByRole("button", { name: "Unlock" }).click();
    await expect(page.getByRole("dialog", { name: "Unlock this device" })).toBeVisible();
    await check("locked");
  });
}
