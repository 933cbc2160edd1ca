// The dashboard and the pages that tell: figures lead to their orders, periods and filters stand in the address, forms keep what was typed.
import { drafts, expect, hydrated, signIn, test } from "./world.js";

const loads = (page) => page.evaluate(() => performance.getEntriesByType("navigation").length && (window.stayed = true));

test("home is the dashboard, and every figure is the list behind it", async ({ page }) => {
  await signIn(page);
  await page.goto("/");
  await hydrated(page);
  await loads(page);
  for (let nth = 0; nth < 4; nth += 1) {
    const figure = page.locator(".kpi").nth(nth);
    const sum = await figure.locator(".kpi-value").textContent();
    const orders = (await figure.locator(".kpi-orders").textContent()).match(/[\d,]+/)[0];
    await figure.click();
    await expect(page).toHaveURL(/\/orders\/\?/);
    await expect(page.locator(".order-list-foot")).toContainText(`of ${orders} · ${sum}`);
    await page.goBack();
    await expect(page.locator(".kpi")).toHaveCount(4);
  }
  expect(await page.evaluate(() => window.stayed), "nothing was reloaded").toBe(true);
});

test("period and filters stand in the address, and survive a reload and the way back", async ({ page }) => {
  await signIn(page);
  await page.goto("/dashboard/");
  await hydrated(page);
  await page.getByRole("link", { name: "Quarter" }).click();
  await expect(page).toHaveURL(/period=quarter/);
  await page.locator("summary", { hasText: "Filters" }).click();
  await page.getByLabel("Team", { exact: true }).selectOption({ index: 1 });
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/team=\d+/);
  await expect(page).toHaveURL(/period=quarter/);
  await page.reload();
  await expect(page.getByLabel("Team", { exact: true })).not.toHaveValue("");
  await page.goBack();
  await expect(page).not.toHaveURL(/team=/);
});

test("what is opened while a page is on its way stays open, and a form that is sent closes it", async ({ page, context }) => {
  await signIn(page);
  const pages = [
    ["/dashboard/", "Quarter", /period=quarter/, "**/fn/dashboard**"],
    ["/orders/", "This month", /\/orders\/month\//, "**/fn/orders/list**"],
  ];
  for (const [address, link, url, data] of pages) {
    await page.goto(address);
    await hydrated(page);
    const filters = page.locator("details.disclosure:not(.order-list-columns)", { hasText: "Filters" });
    let coming = 0;
    await context.route(data, async (route) => {
      coming += 1;
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue();
    });
    await page.locator("#page").getByRole("link", { name: link }).first().click();
    await expect(page).toHaveURL(url);
    await filters.locator("summary").click();
    await expect(page.locator("#page [aria-current]", { hasText: link })).toBeVisible();
    expect(coming, "the page was on its way").toBeGreaterThan(0);
    await expect(filters).toHaveAttribute("open");
    await context.unrouteAll({ behavior: "wait" });
    // Closed by hand, it stays closed when the page comes again.
    await filters.locator("summary").click();
    await page.evaluate(() => dispatchEvent(new CustomEvent("curlew:again")));
    await page.waitForTimeout(1000);
    await expect(filters).not.toHaveAttribute("open");
  }
  // Sent, it is not opened by the page that answers.
  await page.locator("details.disclosure:not(.order-list-columns) summary", { hasText: "Filters" }).click();
  await page.locator(".disclosure:not(.order-list-columns)").getByLabel("Held").check();
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(page).toHaveURL(/\/orders\/month\/\?status=HD/);
  await expect(page.locator(".chip-on")).toHaveText("Held×");
  await expect(page.locator("details.disclosure:not(.order-list-columns)", { hasText: "Filters" })).not.toHaveAttribute("open");
});

test("a new order moves the figures, an undone one moves them back", async ({ page }) => {
  await signIn(page, "xavier");
  await page.goto("/");
  const today = async () => Number((await page.locator(".kpi-value").first().textContent()).replace(/[^\d]/g, ""));
  const before = await today();
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Counted Once Ltd");
  await page.getByLabel("Mobile").fill("07700 900555");
  await page.getByLabel("Box value").fill("123.45");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/orders\/\d+\/$/);
  await page.goto("/");
  expect(await today()).toBe(before + 12345);
});

test("a report is chosen, leads to its orders, and is taken as CSV", async ({ page }) => {
  await signIn(page);
  await page.goto("/reports/");
  await hydrated(page);
  await page.getByLabel("Measure", { exact: true }).selectOption("connected");
  await page.getByLabel("Group by").selectOption("campaign");
  await page.getByLabel("Period", { exact: true }).selectOption("year");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Connected revenue by campaign");
  const row = page.locator("tbody tr").first();
  const sum = await row.locator(".numeric").first().textContent();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
  const text = await (await import("node:fs/promises")).readFile(await file.path(), "utf8");
  // A number that a spreadsheet can add up: the currency stands in the heading.
  expect(text).toContain(sum.replace(/[£,]/g, ""));
  expect(text.split("\r\n")[0].split("\n")[0]).toBe("\uFEFFCampaign,Connected revenue in GBP,Orders");
  await row.getByRole("link").click();
  await expect(page.locator(".order-list-foot")).toContainText(sum);
});

test("a report is kept as a view of the rail", async ({ page }) => {
  await signIn(page, "neil");
  await page.goto("/reports/?measure=lost&rows=person&period=year");
  await hydrated(page);
  await page.locator("summary", { hasText: "Save report" }).click();
  await page.getByLabel("Name").fill("Why we lose");
  await page.getByRole("button", { name: "Save view" }).click();
  const link = page.locator(".sidebar").getByRole("link", { name: "Why we lose" });
  await expect(link).toBeVisible();
  await page.goto("/orders/");
  await page.locator(".sidebar").getByRole("link", { name: "Why we lose" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Why we lose");
});

test("a target is set and shown, a statement names every order, a month is closed once", async ({ page }) => {
  await signIn(page);
  await page.goto("/targets/");
  const row = page.locator("tr", { hasText: "Xavier Taylor" });
  await row.getByRole("textbox", { name: "Target" }).fill("lots");
  await row.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("tr", { hasText: "Xavier Taylor" }).locator(".field-message")).toHaveText(/Enter an amount/);
  await page.locator("tr", { hasText: "Xavier Taylor" }).getByRole("textbox", { name: "Target" }).fill("8,000");
  await page.locator("tr", { hasText: "Xavier Taylor" }).getByRole("button", { name: "Save" }).click();
  await expect(page.locator("tr", { hasText: "Xavier Taylor" }).getByRole("textbox", { name: "Target" })).toHaveValue("8000.00");
  await page.goto("/commission/");
  await page.getByRole("link", { name: /^←/ }).click();
  await expect(page.locator("summary", { hasText: /^Close / })).toBeVisible();
  await page.locator("tbody a").first().click();
  await expect(page.locator("tbody tr").first().getByRole("link")).toHaveText(/^\d{7}$/);
  await page.locator(".link-back").click();
  // It asks before it does what cannot be undone.
  await page.locator("summary", { hasText: /^Close / }).click();
  await expect(page.locator("details", { has: page.getByRole("button", { name: "Close month" }) })).toContainText("is final");
  await page.getByRole("button", { name: "Close month" }).click();
  await expect(page.locator(".muted").first()).toHaveText(/^Closed/);
  await expect(page.getByRole("button", { name: "Close month" })).toHaveCount(0);
});

test("the log is filtered and goes on without an end", async ({ page }) => {
  await signIn(page);
  await page.goto("/activity/");
  await hydrated(page);
  await page.getByLabel("Type").selectOption("moved");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/kind=moved/);
  // What was there stays until the answer comes.
  await expect(page.locator(".activity-entry p", { hasNotText: "changed the status of order" })).toHaveCount(0);
  expect(await page.locator(".activity-entry").count()).toBeGreaterThan(10);
  const first = await page.locator(".activity-entry").first().textContent();
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/before=/);
  await expect(page.locator(".activity-entry").first()).not.toHaveText(first);
});

test("a person is invited, signs in by the link, is renamed, leaves", async ({ page, browser }) => {
  await signIn(page, "ada");
  await page.goto("/admin/users/new/");
  await hydrated(page);
  await page.getByLabel("Username").fill("wren");
  await page.getByLabel("First name").fill("Wren");
  await page.getByRole("button", { name: "Invite" }).click();
  const link = await page.getByLabel("Link").inputValue();
  // The next one starts empty.
  await page.goto("/admin/users/new/");
  await hydrated(page);
  await expect(page.getByLabel("Username")).toHaveValue("");
  await expect.poll(() => drafts(page)).toEqual([]);
  const other = await browser.newContext();
  const theirs = await other.newPage();
  await theirs.goto(link);
  await theirs.getByLabel("Password", { exact: true }).fill("a wren sings loudly");
  await theirs.getByLabel("Confirm password").fill("a wren sings loudly");
  await theirs.getByRole("button", { name: "Save password" }).click();
  await theirs.waitForURL(/\/login\//);
  await theirs.goto("/login/?next=/orders/");
  await theirs.getByLabel("Username").fill("wren");
  await theirs.getByLabel("Password").fill("a wren sings loudly");
  await theirs.getByRole("button", { name: "Sign in" }).click();
  await theirs.waitForURL(/\/orders\//);
  await page.goto("/admin/users/?query=wren");
  await page.getByRole("link", { name: "Wren", exact: true }).click();
  await page.getByRole("button", { name: "Deactivate" }).click();
  await expect(page.locator(".page-head")).toContainText("deactivated");
  await theirs.goto("/orders/");
  await expect(theirs).toHaveURL(/login/);
  await other.close();
});

test("the palette leads to the pages that tell", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await expect(page.locator("#palette").getByRole("option").first()).toBeVisible();
  await page.keyboard.type("reports");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/reports\//);
});
