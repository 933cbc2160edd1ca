// Finding: the search of the bar, highlights, filters, sorts and chips, by mouse and by keyboard alone.
import { expect, hydrated, live, signIn, test, write } from "./world.js";

test("results come while typing, reload nothing, and are marked", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.evaluate(() => (window.stayed = true));
  await page.locator("#search").pressSequentially("moor", { delay: 30 });
  await expect(page).toHaveURL(/orders\/search\/\?query=moor$/);
  await expect(page.locator("tbody mark").first()).toHaveText(/moor/i);
  await expect(page.locator("#search")).toBeFocused();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orders");
  expect(await page.evaluate(() => window.stayed)).toBe(true);
});

test("keyboard alone: Ctrl K, a number, Enter, the first row", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("1000123");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Search: 1000123");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/orders\/1000123\//);
});

test("a phone is found in any spelling", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/");
  const typed = (await page.locator("td .link-phone").first().textContent()).replace("Call ", "");
  const digits = typed.replace(/\D/g, "").replace(/^44/, "0");
  for (const spelling of [`+44 ${digits.slice(1)}`, digits, `${digits.slice(0, 5)}-${digits.slice(5)}`]) {
    await page.goto(`/orders/search/?query=${encodeURIComponent(spelling)}`);
    await expect(page.locator("td .link-phone").first()).toContainText(typed);
  }
});

test("filters combine, stand in the address, and chips take them away", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.locator(".disclosure summary", { hasText: "Filters" }).click();
  await page.locator(".disclosure:not(.order-list-columns)").getByLabel("Connected", { exact: true }).check();
  await page.locator(".disclosure:not(.order-list-columns)").getByLabel("Held").check();
  await page.locator(".disclosure:not(.order-list-columns)").getByLabel("Network").selectOption("EE");
  await page.locator(".disclosure:not(.order-list-columns)").getByLabel("Box value from").fill("£10");
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect(page).toHaveURL(/status=HD.*status=CN|status=CN.*status=HD/);
  await expect(page.locator(".chip-on")).toHaveText(["Held×", "Connected×", "EE×", "Box value from £10.00×"]);
  for (const status of await page.locator("tbody .status-badge").allTextContents()) expect(["Held", "Connected"]).toContain(status);
  await page.locator(".chip-on", { hasText: "Held" }).click();
  await expect(page.locator(".chip-on")).toHaveText(["Connected×", "EE×", "Box value from £10.00×"]);
  await page.locator(".disclosure summary", { hasText: "Filters" }).click();
  await expect(page.locator(".disclosure:not(.order-list-columns)").getByLabel("Held")).not.toBeChecked();
  await page.reload();
  await expect(page.locator(".chip-on")).toHaveText(["Connected×", "EE×", "Box value from £10.00×"]);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page.locator(".chip-on")).toHaveCount(0);
});

test("a head sorts, and sorts the other way round", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.getByRole("link", { name: "Box value" }).click();
  await expect(page).toHaveURL(/sort=value/);
  await expect(page.locator("th[aria-sort=descending]")).toContainText("Box value");
  await expect(page.locator("tbody .orders-value").first()).toHaveText("£9,999,999.99");
  await page.getByRole("link", { name: "Customer" }).click();
  await expect(page.locator("th[aria-sort=ascending]")).toContainText("Customer");
});

test("nothing found says what to do, and a text without letters says so", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/search/?query=xyzzyqq");
  await expect(page.locator(".empty-state")).toContainText("No orders found");
  await page.goto("/orders/search/?query=!!!");
  await expect(page.locator(".notice-ignored")).toContainText("Enter letters or digits");
});

test("a view is saved, stands on the rail with its count, and goes again", async ({ page }) => {
  await signIn(page, "hannah");
  await page.goto("/orders/?status=HD&network=EE");
  await hydrated(page);
  await page.locator("summary", { hasText: "Save view" }).click();
  await page.getByLabel("Name").fill("EE on hold");
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("EE on hold");
  const range = await page.locator(".order-list-foot p").textContent();
  await expect(page.locator(".sidebar a", { hasText: "EE on hold" }).locator(".sidebar-count")).toHaveText(range.match(/of (\S+)/)[1]);
  await page.getByRole("button", { name: "Remove saved view" }).click();
  await expect(page.locator(".sidebar a", { hasText: "EE on hold" })).toHaveCount(0);
});

test("a move and the trash are taken back from the toast, an old value from the timeline", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Regretted Ltd");
  await page.getByLabel("Handset").fill("Nokia 3210");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Regretted Ltd" })).toBeVisible();
  await page.getByRole("button", { name: "To Process" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("To Process");
  await page.locator(".flash").getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("New");
  await expect(page.locator(".timeline-entries")).toContainText("undid the last change");
  await hydrated(page);
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Handset").fill("Pixel 9");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Restore the previous value of Handset in the form" }).first().click();
  await expect(page.getByLabel("Handset")).toHaveValue("Nokia 3210");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".order-details")).toContainText("Nokia 3210");
  await page.getByRole("button", { name: "Move to trash" }).click();
  await expect(page.locator(".flash")).toContainText("moved to trash");
  await page.goto("/orders/trash/");
  await expect(page.locator("tbody")).toContainText("Regretted Ltd");
  await page.getByRole("button", { name: /Restore order/ }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Regretted Ltd");
});

test("a follow-up that is due is on the rail, and one press puts it off", async ({ page }) => {
  await signIn(page, "freya");
  await page.goto("/orders/new/");
  await hydrated(page);
  const today = await page.evaluate(() => new Date().toISOString().slice(0, 10));
  await page.getByLabel("Business name").fill("Call me back Ltd");
  await page.getByLabel("Follow-up date").fill(today);
  await page.getByLabel("Follow-up type", { exact: true }).selectOption("call_back");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".order-follow-up-due")).toContainText("Call back");
  await page.goto("/orders/due/");
  await expect(page.locator("tbody")).toContainText("Call me back Ltd");
  await page.getByRole("link", { name: /Call me back Ltd/ }).click();
  await page.getByRole("button", { name: "In a week" }).click();
  await expect(page.locator(".order-follow-up")).toBeVisible();
  await expect(page.locator(".order-follow-up-due")).toHaveCount(0);
});

test("a card that is carried stays under the hand while others write", async ({ page, browser }) => {
  await signIn(page);
  const office = await (await browser.newContext()).newPage();
  await signIn(office, "neil");
  await write(page, "Carried Carpets");
  await page.goto("/orders/board/");
  await hydrated(page);
  await live(page);
  const column = (name) => page.getByRole("region", { name, exact: true });
  const card = (name) => column(name).locator(".board-card", { hasText: "Carried Carpets" });
  const [from, to] = [await card("New").boundingBox(), await column("Held").boundingBox()];
  await page.mouse.move(from.x + 20, from.y + 60);
  await page.mouse.down();
  // Pressed, and not moved yet.
  await write(office, "Before Bricks");
  await page.waitForTimeout(1_000);
  await page.mouse.move(from.x + 60, from.y + 60, { steps: 4 });
  await write(office, "Meanwhile Mats");
  await page.waitForTimeout(1_500);
  await expect(page.locator(".board-card", { hasText: "Meanwhile Mats" })).toHaveCount(0);
  await page.mouse.move(to.x + 60, to.y + 20, { steps: 4 });
  await page.mouse.up();
  await expect(card("Held")).toBeVisible();
  for (const other of ["Before Bricks", "Meanwhile Mats"]) await expect(page.locator(".board-card", { hasText: other })).toBeVisible();
  await office.context().close();
});

test("on the board a card is moved by its menu and by dragging, and what a status asks for is asked", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Boarded Ltd");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\/orders\/\d+\/$/);
  await page.goto("/orders/board/");
  await hydrated(page);
  const column = (name) => page.getByRole("region", { name, exact: true });
  const card = (name) => column(name).locator(".board-card", { hasText: "Boarded Ltd" });
  const menu = page.getByRole("dialog", { name: /^Move order/ });
  await card("New").getByRole("button", { name: /^Move order/ }).focus();
  await page.keyboard.press("Enter");
  await menu.getByRole("button", { name: "Held" }).press("Enter");
  await expect(card("Held")).toBeVisible();
  // The message pushes the board down when it appears.
  await expect(page.locator(".flash")).toContainText("moved to Held");
  // As a hand does it: what is pressed is not drawn anew until it is released, and where to drop it is looked for then. By the top of
  // both: a target in the middle of a tall column would scroll the page under the pointer.
  await card("Held").hover({ position: { x: 20, y: 60 } });
  await page.mouse.down();
  const to = await column("To Process").boundingBox();
  await page.mouse.move(to.x + 60, to.y + 20, { steps: 12 });
  await page.mouse.up();
  await expect(card("To Process")).toBeVisible();
  await expect(page.locator(".flash")).toContainText("moved to To Process");
  // The board is read again while the server answers: what it asks for is asked all the same, and stays.
  const reads = [];
  await page.route("**/fn/orders/board*", async (route) => {
    await new Promise((resolve) => { reads.push(resolve); });
    await route.continue();
  });
  const answered = page.waitForResponse("**/fn/orders/change_status");
  await page.route("**/fn/orders/change_status", async (route) => {
    await page.evaluate(() => dispatchEvent(new CustomEvent("curlew:again")));
    await expect.poll(() => reads.length).toBeGreaterThan(0);
    const read = page.waitForResponse("**/fn/orders/board*");
    reads.splice(0).forEach((pass) => pass());
    await (await read).finished();
    await page.waitForTimeout(300);
    await route.continue();
  });
  await card("To Process").getByRole("button", { name: /^Move order/ }).click();
  await menu.getByRole("button", { name: "Cancelled" }).click();
  await answered;
  const dialog = page.getByRole("dialog", { name: "Move to Cancelled" });
  await expect(dialog).toContainText("Choose a loss reason");
  await page.evaluate(() => dispatchEvent(new CustomEvent("curlew:again")));
  await expect.poll(() => reads.length).toBeGreaterThan(0);
  reads.splice(0).forEach((pass) => pass());
  await page.waitForTimeout(500);
  await expect(dialog).toContainText("Choose a loss reason");
});
