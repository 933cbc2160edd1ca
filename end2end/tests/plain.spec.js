// The same slice without JavaScript: plain forms, nothing lost.
import { expect, signIn, test } from "./world.js";

test("sign in, create, correct, edit, move, cancel, comment, page", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await page.getByLabel("Business name").fill("Plain Bakery");
  await page.getByLabel("Box value").fill("-5");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#box_value-error")).toHaveText("Enter an amount of 0 or more");
  await expect(page.getByLabel("Business name")).toHaveValue("Plain Bakery");
  await page.getByLabel("Box value").fill("£1,234.50");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Plain Bakery");
  await expect(page.getByRole("status").first()).toContainText("created");
  const number = page.url().match(/orders\/(\d+)/)[1];
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Handset").fill("Pixel 9");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".timeline-changes")).toContainText("Pixel 9");
  await page.getByRole("button", { name: "To Process" }).click();
  await page.getByRole("button", { name: "Connected" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("Connected");
  await page.locator(".transitions-details summary", { hasText: "Cancelled" }).click();
  await page.getByRole("button", { name: "Change to Cancelled" }).click();
  await expect(page.locator("#cnl-loss_reason-error")).toHaveText("Choose a loss reason");
  await page.locator("#cnl-loss_reason").fill("Price");
  await page.getByRole("button", { name: "Change to Cancelled" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("Cancelled");
  await page.getByLabel("Comment", { exact: true }).fill("By hand.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.locator(".timeline-note")).toContainText("By hand.");
  await page.locator(".timeline-note").getByRole("button", { name: "In Progress" }).click();
  await expect(page.locator(".timeline-note").getByRole("button", { name: "In Progress" })).toHaveAttribute("aria-pressed", "true");
  await page.goto("/orders/");
  await expect(page.locator(".orders-link").first()).toHaveText("Plain Bakery");
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page.locator("strong[aria-current=page]")).toHaveText("2");
  await page.goto(`/orders/${number}/`);
});

test("two people edit one order", async ({ page, browser }) => {
  await signIn(page, "layla");
  await page.goto("/orders/new/");
  await page.getByLabel("Business name").fill("Plain shared");
  await page.getByRole("button", { name: "Save" }).click();
  const number = page.url().match(/orders\/(\d+)/)[1];
  await page.goto(`/orders/${number}/update/`);
  const other = await browser.newPage({ javaScriptEnabled: false });
  await signIn(other, "neil");
  await other.goto(`/orders/${number}/update/`);
  await other.getByLabel("Handset").fill("Nokia 3210");
  await other.getByRole("button", { name: "Save" }).click();
  await other.close();
  await page.getByLabel("Handset").fill("Pixel 9");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".order-form-conflict")).toContainText("Neil Williams");
  await page.locator(".order-form-conflict").getByLabel("Nokia 3210").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".order-details")).toContainText("Nokia 3210");
});

test("the theme is a plain form too", async ({ page }) => {
  await signIn(page);
  await page.locator(".menu summary").click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("markup in a text area stays text", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/1000399/update/");
  await expect(page.getByLabel("Additional details")).toHaveValue("</textarea></script><script>alert(2)</script> &amp;\nsecond line");
});

test("search and filters work by plain forms", async ({ page }) => {
  await signIn(page);
  await page.getByRole("searchbox", { name: "Search orders" }).fill("moor");
  await page.getByRole("searchbox", { name: "Search orders" }).press("Enter");
  await expect(page).toHaveURL(/orders\/search\/\?query=moor/);
  await expect(page.locator("tbody mark").first()).toHaveText(/moor/i);
  await expect(page.getByRole("searchbox", { name: "Search orders" })).toHaveValue("moor");
  await page.locator(".disclosure summary", { hasText: "Filters" }).click();
  await page.locator(".disclosure").getByLabel("Connected", { exact: true }).check();
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/query=moor/);
  await expect(page.locator(".chip-on")).toHaveText(["Connected×"]);
});

test("without a script orders are ticked, looked over, moved and taken back", async ({ page }) => {
  await signIn(page);
  for (const name of ["Plain one", "Plain two"]) {
    await page.goto("/orders/new/");
    await page.getByLabel("Business name").fill(name);
    await page.getByRole("button", { name: "Save" }).click();
  }
  await page.goto("/orders/");
  await page.getByLabel("Select", { exact: true }).check();
  for (const nth of [0, 1]) await page.locator("input[name=pick]").nth(nth).check();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.locator("summary", { hasText: "Change status" }).click();
  await page.locator("#move-status").selectOption("PK");
  await page.getByRole("button", { name: "Preview" }).first().click();
  await page.getByRole("button", { name: /^Apply: / }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.locator(".bulk-sentence")).toHaveText("2 orders changed", { timeout: 500 });
  }).toPass();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(async () => {
    await page.reload();
    await expect(page.locator(".bulk-sentence")).toHaveText("Change undone for 2 orders", { timeout: 500 });
  }).toPass();
});

test("without a script the dashboard is whole: figures, chart, table, filters, and a campaign is written", async ({ page }) => {
  await page.goto("/login/");
  await page.getByLabel("Username").fill("layla");
  await page.getByLabel("Password").fill("every call counts");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/:\d+\/$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Layla");
  await expect(page.locator(".kpi-value")).toHaveCount(4);
  await expect(page.getByRole("img", { name: /Revenue by day: revenue £/ })).toBeVisible();
  await page.getByRole("link", { name: "Year", exact: true }).click();
  await expect(page).toHaveURL(/period=year/);
  await page.locator("summary", { hasText: "View as table" }).click();
  await expect(page.locator(".chart-table tbody tr").first()).toContainText("£");
  await page.locator("summary", { hasText: "Filters" }).click();
  await page.getByLabel("Campaign", { exact: true }).selectOption({ index: 3 });
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/campaign=\d+/);
  await expect(page).toHaveURL(/period=year/);
  const sum = await page.locator(".kpi-value").nth(2).textContent();
  await page.locator(".kpi").nth(2).click();
  await expect(page.locator(".order-list-foot")).toContainText(sum);
  await page.goto("/campaigns/new/");
  await page.getByLabel("Name", { exact: true }).fill("Autumn");
  await page.getByLabel("Target").fill("lots");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".field-error .field-message")).toHaveText(/Enter an amount/);
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Autumn");
  await page.getByLabel("Target").fill("12,000");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Autumn");
});

test("without a script a refused form names its messages above, each a link to its field", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await page.getByLabel("Mobile").fill("nonsense");
  await page.getByLabel("E-mail").fill("nobody");
  await page.getByRole("button", { name: "Save" }).click();
  const summary = page.locator(".form-summary");
  await expect(summary.getByRole("link")).toHaveCount(2);
  await expect(page.getByLabel("Mobile")).toBeFocused();
  await summary.getByRole("link", { name: /^E-mail:/ }).click();
  await expect(page).toHaveURL(/#email$/);
  await expect(page.locator("#email:target")).toBeVisible();
});
