// Two people at once: what one does moves on the other's screen, and nothing is taken from under a hand.
import { ask, expect, hydrated, live, PASSWORD, signIn, test, write } from "./world.js";

/** Somebody else, in a browser of their own. */
async function somebody(browser, name) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await signIn(page, name);
  await hydrated(page);
  return page;
}

/** Moves an order. */
const move = (page, number, version, to) => ask(page, "orders/change_status", { number, version, to, asked: {} });
const listening = (page) => page.waitForFunction(() => navigator.locks.query().then((locks) => locks.held.some((it) => it.name === "curlew-live")));

test("new orders wait at the top of a list, a row that changed glows, and the counts move", async ({ page, browser }) => {
  const other = await somebody(browser, "xavier");
  const number = await write(other, "Glowing Garden", { box_value: "100" });
  await signIn(page);
  await hydrated(page);
  await listening(page);
  const row = page.locator("tbody tr", { hasText: "Glowing Garden" });
  await expect(row.locator(".status-badge")).toHaveText("New");
  await page.waitForTimeout(500);
  await row.evaluate((it) => (it.dataset.mine = "yes"));
  await move(other, number, 1, "TP");
  await expect(row.locator(".status-badge")).toHaveText("To Process");
  await expect(row).toHaveClass("orders-changed");
  await expect(row, "the row itself stays").toHaveAttribute("data-mine", "yes");
  const before = Number(await page.locator('[data-count="/orders/today/"]').textContent());
  await write(other, "Waiting Windows", { box_value: "100" });
  await expect(page.locator(".live-notice")).toContainText("1 new order");
  await expect(page.locator("tbody")).not.toContainText("Waiting Windows");
  await expect(page.locator('[data-count="/orders/today/"]')).toHaveText(String(before + 1));
  await write(other, "Waiting Walls", { box_value: "100" });
  await expect(page.locator(".live-notice")).toContainText("2 new orders");
  await page.getByRole("button", { name: "Refresh" }).click();
  await expect(page.locator(".orders-link").first()).toHaveText("Waiting Walls");
  await expect(page.locator(".live-notice")).toHaveCount(0);
  await other.context().close();
});

test("the page of an order moves; what somebody types, has opened and has focused stays", async ({ page, browser }) => {
  const other = await somebody(browser, "xavier");
  const number = await write(other, "Moving Mill", { box_value: "100" });
  await signIn(page);
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await listening(page);
  await page.waitForTimeout(500);
  await move(other, number, 1, "TP");
  await expect(page.locator(".order-head .status-badge")).toHaveText("To Process");
  await page.locator(".order-follow-up-form summary").click();
  const comment = page.getByLabel("Comment", { exact: true });
  await comment.fill("Half a sent");
  await ask(other, "comments/save", { number, id: null, text: "Something new" });
  await expect(page.locator(".timeline-note")).toContainText("Something new");
  await expect(comment).toHaveValue("Half a sent");
  await expect(comment).toBeFocused();
  await expect(page.locator(".order-follow-up-form")).toHaveAttribute("open", "");
  await page.keyboard.type("ence");
  await expect(comment).toHaveValue("Half a sentence");
  await other.context().close();
});

test("an open form says who saved meanwhile, and merges", async ({ page, browser }) => {
  const other = await somebody(browser, "xavier");
  const number = await write(other, "Merging Mill", { box_value: "100" });
  await signIn(page);
  await page.goto(`/orders/${number}/update/`);
  await hydrated(page);
  await listening(page);
  await page.waitForTimeout(500);
  await page.getByLabel("Handset").fill("Pixel 9");
  await ask(other, "orders/edit", { number, version: 1, draft: { status: "NW", business_name: "Merging Mill Ltd", box_value: "100" } });
  await expect(page.locator(".live-notice")).toContainText("Xavier Taylor saved this order");
  await expect(page.getByLabel("Handset")).toHaveValue("Pixel 9");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByLabel("Business name")).toHaveValue("Merging Mill Ltd");
  await expect(page.getByLabel("Handset")).toHaveValue("Pixel 9");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Merging Mill Ltd" })).toBeVisible();
  await expect(page.locator(".timeline-changes").first()).toContainText("Pixel 9");
  await other.context().close();
});

test("the dashboard moves", async ({ page, browser }) => {
  const other = await somebody(browser, "xavier");
  await signIn(page);
  await page.goto("/");
  await hydrated(page);
  await listening(page);
  await page.waitForTimeout(500);
  const today = page.locator(".kpi").first();
  const before = await today.textContent();
  await write(other, "Counted Cafe", { box_value: "100" });
  await expect(today).not.toHaveText(before);
  await other.context().close();
});

test("the tabs of a browser share one line, and the next one takes it over", async ({ page, context }) => {
  const lines = [];
  context.on("request", (request) => request.url().includes("/live") && !request.url().endsWith(".js") && lines.push(request.frame().page()));
  await signIn(page);
  await hydrated(page);
  await listening(page);
  const second = await context.newPage();
  await second.goto("/orders/");
  await hydrated(second);
  await second.waitForTimeout(700);
  expect(new Set(lines)).toEqual(new Set([page]));
  const third = await context.newPage();
  await third.goto("/orders/");
  await hydrated(third);
  await page.close();
  await expect.poll(() => lines.at(-1) === second || lines.at(-1) === third).toBe(true);
  await second.waitForTimeout(700);
  await write(third, "Heard by both", { box_value: "100" });
  for (const it of [second, third]) await expect(it.locator(".live-notice")).toContainText("1 new order");
});

test("suggestions come while a company is typed, and what is none of them is refused", async ({ page }) => {
  await signIn(page);
  await page.goto("/companies/");
  const name = await page.locator("main a[href^='/companies/']").filter({ hasText: /^[A-Z][a-z]+ [A-Z]/ }).first().textContent();
  await page.goto("/orders/new/");
  await hydrated(page);
  // Until then the field is a select.
  await live(page);
  await page.getByLabel("Business name").fill("Suggested Sails");
  const company = page.getByRole("combobox", { name: "Company" });
  await company.pressSequentially(name.trim().slice(0, 5));
  await expect(page.locator("#company-list option").first()).toBeAttached();
  await company.fill("Nobody knows them");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#company-error")).toHaveText("Choose from the list");
  await expect(company).toBeFocused();
  await company.fill(name.trim());
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Suggested Sails" })).toBeVisible();
  await expect(page.locator("main")).toContainText(name.trim());
});

test("what is typed before the suggestions have come is suggested to, and sent, like what is typed after", async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  let pass;
  const late = new Promise((resolve) => { pass = resolve; });
  await page.route("**/pkg/suggest.*.js", async (route) => { await late; await route.continue(); });
  await signIn(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  // Until then the field is a select.
  await live(page);
  await page.getByLabel("Business name").fill("Late Lanterns");
  const company = page.getByRole("combobox", { name: "Company" });
  await company.fill("Nobody knows them");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#company-error")).toHaveText("Choose from the list");
  await company.fill("a");
  await expect(page.locator("#company-list option")).toHaveCount(0);
  pass();
  await expect(page.locator("#company-list option").first()).toBeAttached();
  const name = await page.locator("#company-list option").first().getAttribute("value");
  await company.fill(name);
  // What is kept of the form is the company, not only its name.
  await expect(page.locator("[name=company]")).toHaveValue(/^\d+$/);
  page.on("dialog", (dialog) => dialog.accept());
  await page.reload();
  await expect(page.locator(".draft-kept")).toBeVisible();
  await expect(company).toHaveValue(name);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Late Lanterns" })).toBeVisible();
  await expect(page.locator("main")).toContainText(name);
  await context.close();
});

test("what may follow what is set by the business", async ({ page, browser }) => {
  await signIn(page, "ada");
  await page.goto("/admin/settings/rules/");
  const held = page.locator(".settings-rule").filter({ has: page.locator("h2", { hasText: /^Held$/ }) });
  await held.getByRole("group", { name: "Can change to" }).getByLabel("Parked").uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  if (await page.locator("#fprofile-confirm-confirm-password, [name=confirm-password]").count()) {
    await page.locator("[name=confirm-password]").fill(PASSWORD);
    await page.getByRole("button").filter({ hasText: /Go on|Continue|Confirm/ }).click();
  }
  await expect(held.getByRole("group", { name: "Can change to" }).getByLabel("Parked")).not.toBeChecked();
  const other = await somebody(browser, "layla");
  const number = await write(other, "Held Hall", { box_value: "100" });
  await move(other, number, 1, "HD");
  await other.goto(`/orders/${number}/`);
  await expect(other.locator(".transitions-row")).toContainText("To Process");
  await expect(other.locator(".transitions-row")).not.toContainText("Parked");
  await other.context().close();
  await held.getByRole("group", { name: "Can change to" }).getByLabel("Parked").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(held.getByRole("group", { name: "Can change to" }).getByLabel("Parked")).toBeChecked();
});
