// Many at once, the palette of the search, columns, duplicates, follow-ups by one key; by mouse and by keyboard alone.
import { expect, hydrated, signIn, test } from "./world.js";

const written = async (page, names) => {
  for (const name of names) {
    await page.goto("/orders/new/");
    await hydrated(page);
    await page.getByLabel("Business name").fill(name);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
};

test("rows are ticked with shift, looked over, moved with progress, and taken back as one", async ({ page }) => {
  await signIn(page, "neil");
  await written(page, ["Batch one", "Batch two", "Batch three"]);
  await page.goto("/orders/");
  await hydrated(page);
  await expect(page.locator("input[name=pick]").first()).toBeHidden();
  await page.getByLabel("Select", { exact: true }).check();
  const ticks = page.locator("input[name=pick]");
  await ticks.nth(0).check();
  await ticks.nth(2).click({ modifiers: ["Shift"] });
  await expect(page.locator("input[name=pick]:checked")).toHaveCount(3);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("3 orders");
  await page.locator("summary", { hasText: "Change status" }).click();
  await page.getByRole("region", { name: "Choose an action" }).getByLabel("Status").selectOption("HD");
  await page.getByRole("button", { name: "Preview" }).first().click();
  await expect(page.locator(".bulk-sentence")).toHaveText("3 orders will change");
  await page.getByRole("button", { name: "Apply: change status to Held" }).click();
  await expect(page.locator(".bulk-sentence")).toHaveText("3 orders changed");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".bulk-sentence")).toHaveText("Change undone for 3 orders");
  await page.getByRole("link", { name: "← Orders" }).click();
  await expect(page.locator("tbody tr").nth(0).locator(".status-badge")).toHaveText("New");
});

test("keyboard alone: J, X, X, on, and what is refused is named", async ({ page }) => {
  await signIn(page, "hannah");
  await written(page, ["Keyed Ltd"]);
  await page.goto("/orders/");
  await hydrated(page);
  for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
  await expect(page.locator("input[name=pick]:checked")).toHaveCount(2);
  await page.getByRole("button", { name: "Continue" }).press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("2 orders");
  await page.locator("summary", { hasText: "Set follow-up" }).press("Enter");
  await page.locator("#follow-up-follow_up_on").fill("2031-02-03");
  await page.locator("#follow-up-follow_up_note").press("Enter");
  await expect(page.locator(".bulk-sentence")).toHaveText("1 order will change");
  await expect(page.locator(".bulk-group")).toContainText("Only the owner or a manager");
  await page.getByRole("button", { name: /^Apply: / }).press("Enter");
  await expect(page.locator(".bulk-sentence")).toHaveText("1 order changed");
});

test("all that match go on together", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/?status=IS&network=EE");
  await hydrated(page);
  const count = (await page.locator(".order-list-foot p").textContent()).match(/of (\S+)/)[1];
  await page.getByLabel("Select", { exact: true }).check();
  await page.getByLabel(`Select the whole list (${count})`).check();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(new RegExp(`^${count} orders?$`));
});

test("the palette knows what this person may do, narrows while typing, and remembers searches until sign-out", async ({ page }) => {
  await signIn(page, "priya");
  await hydrated(page);
  const options = page.locator("#palette").getByRole("option");
  await page.keyboard.press("Control+k");
  await expect(options.first()).toHaveText(/New order/);
  await page.keyboard.type("dark");
  await expect(options).toHaveText([/Dark theme/]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto("/orders/");
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await expect(options.first()).toHaveText(/New order/);
  await page.keyboard.type("xav");
  await expect(options).toHaveText([/Orders owned by Xavier Taylor/]);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/owner=/);
  await page.keyboard.press("Control+k");
  await page.locator("#search").fill("duplicates");
  await expect(options).toHaveCount(0);
  await page.locator("#search").fill("moor");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Search: moor");
  await page.goto("/orders/");
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await expect(options.first()).toHaveText(/moor.*Recent search/);
  await page.keyboard.press("Escape");
  await expect(options).toHaveCount(0);
  await page.locator(".menu summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/login/);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
});

test("an action that is chosen before a search went wins over the search", async ({ page }) => {
  await signIn(page, "priya");
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await expect(page.locator("#palette").getByRole("option").first()).toHaveText(/New order/);
  await page.evaluate(async () => {
    const search = document.querySelector("#search");
    const press = (key) => search.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    search.value = "xav";
    search.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((go) => setTimeout(go));
    press("ArrowDown");
    press("Enter");
  });
  await expect(page).toHaveURL(/owner=/);
  await page.waitForTimeout(300);
  expect(page.url()).toContain("owner=");
});

test("columns are chosen and stay chosen", async ({ page }) => {
  await signIn(page, "gus");
  await page.goto("/orders/?per_page=25");
  await hydrated(page);
  await page.locator("summary", { hasText: "Columns" }).click();
  const form = page.locator(".order-list-columns form");
  await form.getByLabel("Network").uncheck();
  await form.getByLabel("Postcode").check();
  await form.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/per_page=25/);
  await expect(page.getByRole("columnheader", { name: "Postcode" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Network" })).toHaveCount(0);
  await page.locator("summary", { hasText: "Columns" }).click();
  await form.getByRole("button", { name: "Reset to default" }).click();
  await expect(page.getByRole("columnheader", { name: "Network" })).toBeVisible();
});

test("duplicates become one company, and are themselves again", async ({ page }) => {
  await signIn(page);
  for (const name of ["Twice Found", "Twice Found Ltd"]) {
    await page.goto("/orders/new/");
    await hydrated(page);
    await page.getByLabel("Business name").fill(name);
    await page.getByLabel("Mobile").fill("07700 900777");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
  await page.goto("/duplicates/");
  await hydrated(page);
  const group = page.locator(".duplicates-group", { has: page.getByRole("heading", { name: "07700 900777" }) });
  await group.getByLabel("Company name").fill("Twice Found Ltd");
  await group.getByRole("button", { name: "Merge companies" }).click();
  await expect(page.locator("h1 + .muted")).toHaveText("Set company: Twice Found Ltd");
  await page.getByRole("button", { name: /^Apply: / }).click();
  await expect(page.locator(".bulk-sentence")).toHaveText("2 orders changed");
  await page.goto("/duplicates/");
  await hydrated(page);
  await expect(group).toHaveCount(0);
  await page.goBack();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".bulk-sentence")).toHaveText("Change undone for 2 orders");
  await page.goto("/duplicates/");
  await expect(group).toHaveCount(1);
});

test("one key sets a follow-up, one says it is done", async ({ page }) => {
  await signIn(page, "dawn");
  await written(page, ["One key Ltd"]);
  await page.reload();
  await hydrated(page);
  await page.keyboard.press("f");
  await expect(page.locator("#fu-follow_up_on")).toBeFocused();
  await page.locator("#fu-follow_up_on").fill("2031-02-03");
  await page.locator("#fu-follow_up_note").fill("ask for Jo");
  await page.locator("#fu-follow_up_note").press("Enter");
  await expect(page.locator(".order-follow-up")).toContainText("Call back, 3 Feb 2031: ask for Jo");
  await hydrated(page);
  await page.keyboard.press("d");
  await expect(page.locator(".order-follow-up")).toHaveCount(0);
});
