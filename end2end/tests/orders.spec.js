// The slice: sign in, create, edit, conflict, move to Connected, cancel with a reason, comment, page. Once hydrated nothing reloads.
import { expect, hydrated, signIn, test } from "./house.js";

async function create(page, business) {
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill(business);
  await page.getByLabel("Box value").fill("£1,234.50");
  await page.getByLabel("Mobile").fill("07700 900999");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: business })).toBeVisible();
  return page.url().match(/orders\/(\d+)/)[1];
}

test("going from list to list and to an order reloads nothing", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.evaluate(() => (window.stayed = true));
  await page.getByRole("link", { name: "This month" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This month");
  await page.getByRole("link", { name: "Orders" }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orders");
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.locator("strong[aria-current=page]")).toHaveText("2");
  await page.locator(".row-link").nth(3).click();
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await page.goBack();
  await expect(page.locator("strong[aria-current=page]")).toHaveText("2");
  expect(await page.evaluate(() => window.stayed)).toBe(true);
});

test("filters stand in the address and survive a reload", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.locator(".filters summary", { hasText: "Filters" }).click();
  await page.locator(".filters").getByLabel("Connected", { exact: true }).check();
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/status=CN/);
  await expect(page.locator("tbody .status").first()).toHaveText("Connected");
  await page.locator(".size", { hasText: "25" }).click();
  await expect(page).toHaveURL(/status=CN.*per_page=25|per_page=25.*status=CN/);
  await page.reload();
  await expect(page.locator("tbody tr")).toHaveCount(25);
});

test("an order is written, corrected beside its fields, edited", async ({ page }) => {
  await signIn(page, "xavier");
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Browser Bakery");
  await page.getByLabel("Box value").fill("12.345");
  await page.getByLabel("Deal source").click();
  await expect(page.locator("#box_value-error")).toHaveText("At most two digits after the point.");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toHaveText("One field needs another look.");
  await expect(page.getByLabel("Box value")).toBeFocused();
  await expect(page.getByLabel("Business name")).toHaveValue("Browser Bakery");
  await page.getByLabel("Box value").fill("12.30");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Browser Bakery");
  await expect(page.locator(".order-worth strong")).toHaveText("£12.30");
  await expect(page.getByRole("status").first()).toContainText("is written");
  await page.keyboard.press("e");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Edit");
  await page.getByLabel("Handset").fill("Pixel 9");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".changes")).toContainText("Pixel 9");
});

test("the same phone is a warning, not a wall", async ({ page }) => {
  await signIn(page);
  const first = await create(page, "First with this phone");
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Second with this phone");
  await page.getByLabel("Mobile").fill("+44 7700 900999");
  await page.getByLabel("Landline").click();
  await expect(page.locator(".notice")).toContainText(first);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Second with this phone");
});

test("to Connected by the rules, with the day on the page", async ({ page }) => {
  await signIn(page);
  await create(page, "Road to Connected");
  await page.getByRole("button", { name: "To Process" }).click();
  await expect(page.locator(".order-head .status")).toHaveText("To Process");
  await page.getByRole("button", { name: "Connected" }).click();
  await expect(page.locator(".order-head .status")).toHaveText("Connected");
  await expect(page.locator(".order-head .under")).toContainText("on ");
  await expect(page.locator(".entry-change").first()).toContainText("moved it");
});

test("an agent is not offered Connected", async ({ page }) => {
  await signIn(page, "xavier");
  await create(page, "Agent's order");
  await page.getByRole("button", { name: "To Process" }).click();
  await expect(page.locator(".order-head .status")).toHaveText("To Process");
  await expect(page.getByRole("button", { name: "Connected" })).toHaveCount(0);
});

test("a loss needs its reason", async ({ page }) => {
  await signIn(page);
  await create(page, "Lost deal");
  await page.locator(".move-ask summary", { hasText: "Cancelled" }).click();
  await page.getByRole("button", { name: "Move to Cancelled" }).click();
  await expect(page.locator("#cnl-loss_reason-error")).toHaveText("Give the reason the order was lost.");
  await page.locator("#cnl-loss_reason").fill("Price");
  await page.getByRole("button", { name: "Move to Cancelled" }).click();
  await expect(page.locator(".order-head .status")).toHaveText("Cancelled");
});

test("a comment and how far it is", async ({ page }) => {
  await signIn(page, "hannah");
  await page.goto("/orders/1000200/");
  await hydrated(page);
  await page.getByLabel("Comment", { exact: true }).fill("Call after four.\nAsk for Ann.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  const note = page.locator(".entry-note").first();
  await expect(note).toContainText("Hannah Wright");
  await expect(note).toContainText("Ask for Ann.");
  await note.getByRole("button", { name: "Closed" }).click();
  await expect(note.getByRole("button", { name: "Closed" })).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByLabel("Comment", { exact: true })).toHaveValue("");
});

test("two people edit one order: the second chooses field by field", async ({ page, browser }) => {
  await signIn(page, "layla");
  const number = await create(page, "Shared order");
  await page.goto(`/orders/${number}/update/`);
  await hydrated(page);
  const other = await browser.newPage();
  await signIn(other, "neil");
  await other.goto(`/orders/${number}/update/`);
  await hydrated(other);
  await other.getByLabel("Handset").fill("Nokia 3210");
  await other.getByLabel("Tariff", { exact: true }).fill("Theirs alone");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(other.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await other.close();
  await page.getByLabel("Handset").fill("Pixel 9");
  await page.getByRole("button", { name: "Save" }).click();
  const held = page.locator(".conflict");
  await expect(held).toContainText("Neil Williams saved this order");
  await expect(held).toContainText("Nokia 3210");
  await expect(page.getByLabel("Tariff", { exact: true })).toHaveValue("Theirs alone");
  await expect(page.getByLabel("Handset")).toHaveValue("Pixel 9");
  await held.getByLabel("Nokia 3210").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await expect(page.locator(".facts")).toContainText("Nokia 3210");
  await expect(page.locator(".facts")).toContainText("Theirs alone");
});

test("an expired session loses nothing that was typed", async ({ page, context }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Typed before the session ran out");
  await context.clearCookies({ name: "curlew" });
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("What you typed is kept")).toBeVisible();
  await page.getByLabel("Username").fill("layla");
  await page.getByLabel("Password").fill("every call counts");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByLabel("Business name")).toHaveValue("Typed before the session ran out");
  await hydrated(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Typed before the session ran out");
});

test("the second line of a deal is a copy", async ({ page }) => {
  await signIn(page);
  await create(page, "Two lines");
  await page.getByRole("link", { name: "Copy order" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New order");
  await expect(page.getByLabel("Business name")).toHaveValue("Two lines");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Two lines");
});

test("leaving unsaved text asks first", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Not saved yet");
  let asked = "";
  page.once("dialog", (dialog) => { asked = dialog.message(); dialog.dismiss(); });
  await page.getByRole("link", { name: "Today" }).first().click();
  expect(asked).toContain("Leave without saving");
  await expect(page.getByLabel("Business name")).toHaveValue("Not saved yet");
});

test("the keyboard alone: along the list, open, back, new", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect(page.locator(".row-link").nth(1)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orders");
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New order");
});

test("sign-out leads to the door", async ({ page }) => {
  await signIn(page);
  await page.locator(".menu summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await page.goto("/orders/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
});

test("the theme is there before the first paint of the next load", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.locator(".menu summary").click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const answer = await page.request.get("/orders/");
  expect(await answer.text()).toContain('data-theme="dark"');
});

test("markup in a text area stays text", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/1000399/update/");
  await expect(page.getByLabel("Additional details")).toHaveValue("</textarea></script><script>alert(2)</script> &amp;\nsecond line");
});
