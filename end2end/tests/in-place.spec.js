// What stays, what changes and what goes while a page is drawn in place: answers to forms, ticks, dialogs, titles, the focus.
import { ask, drafts, expect, hydrated, live, signIn, test, write } from "./world.js";

/** Somebody else changed something: the page is read again, if it may be. */
const readAgain = async (page) => {
  await page.evaluate(() => dispatchEvent(new CustomEvent("curlew:again")));
  await page.waitForTimeout(800);
};

test("the answer to a form has the address of its page, and stays whatever others change", async ({ page }) => {
  await signIn(page, "ada");
  await page.goto("/admin/users/");
  await page.getByRole("link", { name: "Neil Williams" }).click();
  const edit = page.url();
  await page.getByRole("button", { name: "Create password reset link" }).click();
  const link = page.getByLabel("Link", { exact: true });
  await expect(link).toHaveValue(/^http/);
  await hydrated(page);
  await expect(page).toHaveURL(edit);
  await readAgain(page);
  await expect(link).toHaveValue(/^http/);
  // It is shown once.
  await page.reload();
  await hydrated(page);
  await expect(link).toHaveCount(0);
  // What was typed and why it was refused stay, until the form is saved.
  await page.goto("/targets/?month=2026-10");
  const row = page.locator("tr", { hasText: "Xavier Taylor" });
  await row.getByRole("textbox", { name: "Target" }).fill("lots");
  await row.getByRole("button", { name: "Save" }).click();
  await hydrated(page);
  await expect(page).toHaveURL(/\/targets\/\?month=2026-10/);
  await readAgain(page);
  await expect(row.getByRole("textbox", { name: "Target" })).toHaveValue("lots");
  await expect(row.locator(".field-message")).toHaveText(/Enter an amount/);
});

test("the page that asks for the password is a page of its own", async ({ page, context }) => {
  await signIn(page, "layla");
  // As after more than ten minutes: the session has forgotten when the password was typed.
  const form = (action) =>
    page.evaluate((action) => {
      const form = Object.assign(document.createElement("form"), { method: "post", action });
      for (const [name, value] of [["page_user", document.body.dataset.user], ["confirm-to", "/commission/close/"], ["month", "2025-01"], ["confirm-password", "wrong"]]) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
      document.body.append(form);
      form.submit();
    }, action);
  await form("/profile/confirm/");
  await expect(page.getByText("Wrong password")).toBeVisible();
  await hydrated(page);
  await expect(page).toHaveURL("/profile/confirm/");
  await readAgain(page);
  await expect(page.getByText("Wrong password")).toBeVisible();
  await page.reload();
  await expect(page).toHaveURL("/");
  expect(context.pages()).toHaveLength(1);
});

test("a button that is refused says why", async ({ page }) => {
  await signIn(page, "ada");
  await page.goto("/admin/users/new/");
  await page.getByLabel("First name").fill("Gone");
  await page.getByLabel("Last name").fill("Tomorrow");
  await page.getByLabel("Username").fill("gone.tomorrow");
  await page.getByLabel("E-mail").fill("gone@curlew.example");
  await page.locator(".page-form").getByRole("button").click();
  await page.goto("/admin/users/");
  await page.getByRole("link", { name: "Gone Tomorrow" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Gone Tomorrow");
  const at = new URL(page.url()).pathname.replace("/edit/", "");
  const user = await page.evaluate(() => document.body.dataset.user);
  const press = (what) => page.request.post(`${at}/${what}/`, { form: { page_user: user }, headers: { origin: new URL(page.url()).origin } });
  await press("deactivate");
  const refused = await press("reset");
  expect(refused.status()).toBe(422);
  expect(await refused.text()).toContain("Reactivate this person first");
});

test("N on the form of an order opens a new one, and a copy gives way to it", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Not to be changed");
  await page.goto(`/orders/${number}/update/`);
  await hydrated(page);
  await expect(page.getByLabel("Business name")).toHaveValue("Not to be changed");
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("n");
  await expect(page).toHaveURL("/orders/new/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New order");
  await expect(page).toHaveTitle(/^New order/);
  await expect(page.getByLabel("Business name")).toHaveValue("");
  await page.getByLabel("Business name").fill("Another one");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Another one");
  expect(page.url()).not.toContain(number);
  await page.goto(`/orders/new/?copy=${number}`);
  await hydrated(page);
  await expect(page.getByLabel("Business name")).toHaveValue("Not to be changed");
  await page.locator("a.topbar-new").click();
  await expect(page.getByLabel("Business name")).toHaveValue("");
});

test("of two forms that ask for the same the refused one alone says so, and has the focus", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Two dates");
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  for (const status of ["Future End Date", "Awaiting Stock"]) await page.locator(".transitions-details summary", { hasText: status }).click();
  await page.getByRole("button", { name: "Change to Awaiting Stock" }).click();
  await expect(page.locator("#aw-follow_up_on")).toBeFocused();
  await expect(page.locator("#aw-follow_up_on")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#fd-follow_up_on")).not.toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#fd-follow_up_on-error")).toHaveText(/^\s*$/);
});

test("a page is not read again while one of its forms is being sent: the answer shows what was written", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Slow answer");
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await live(page);
  let go;
  const held = new Promise((resolve) => { go = resolve; });
  await page.route("**/fn/comments/save*", async (route) => {
    const answer = await route.fetch();
    await held;
    await route.fulfill({ response: answer });
  });
  const comment = page.getByLabel("Comment", { exact: true });
  await comment.fill("Written slowly.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  // It is stored, and the line to the server says so.
  await page.waitForTimeout(1_500);
  await expect(page.locator(".timeline-note")).toHaveCount(0);
  await expect(comment).toHaveValue("Written slowly.");
  go();
  await expect(page.locator(".timeline-note")).toHaveCount(1);
  await expect(comment).toHaveValue("");
  expect(await drafts(page)).toEqual([]);
});

test("the dialog of the board keeps what was typed after a conflict, and the focus follows a moved card", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Typed in the dialog");
  await page.goto("/orders/board/");
  await hydrated(page);
  const move = page.getByRole("button", { name: `Move order ${number}` });
  await move.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: `Move order ${number}` }).getByRole("button", { name: "Cancelled" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Move to Cancelled" });
  await dialog.getByLabel("Loss reason").fill("Too slow");
  // Meanwhile the order is moved elsewhere.
  await ask(page, "orders/change_status", { number, version: 1, to: "HD", asked: {} });
  await dialog.getByRole("button", { name: "Move to Cancelled" }).click();
  await expect(dialog.locator(".form-message")).toContainText("Check the order");
  await expect(dialog.getByLabel("Loss reason")).toHaveValue("Too slow");
  await dialog.getByRole("button", { name: "Move to Cancelled" }).click();
  await expect(dialog).toHaveCount(0);
  const cancelled = page.getByRole("region", { name: "Cancelled" }).locator(".board-card", { hasText: number });
  await expect(cancelled).toBeVisible();
  await expect(cancelled.locator(":focus")).toHaveCount(1);
});

test("Esc closes the menu and stays on the page", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Stays here");
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await live(page);
  await page.locator("header .menu summary").click();
  await expect(page.locator("header .menu")).toHaveAttribute("open");
  await page.keyboard.press("Escape");
  await expect(page.locator("header .menu")).not.toHaveAttribute("open");
  await page.waitForTimeout(300);
  await expect(page).toHaveURL(`/orders/${number}/`);
});

test("a tick for a whole list never stands for another list", async ({ page }) => {
  await signIn(page, "ada");
  await page.goto("/orders/?status=HD");
  await hydrated(page);
  await page.locator("#selecting").check();
  await page.getByLabel(/^Select the whole list/).check();
  await page.getByLabel("Select all on this page").check();
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL("/orders/");
  await expect(page.locator(".chip-list [aria-current] b")).not.toHaveText("0");
  await expect(page.getByLabel(/^Select the whole list/)).not.toBeChecked();
  await expect(page.getByLabel("Select all on this page")).not.toBeChecked();
});

test("filters that are applied while another period or list is on its way keep it", async ({ page, context }) => {
  await signIn(page);
  for (const [address, link, field, url, data] of [
    ["/dashboard/", "Quarter", "Team", /^\?(?=.*period=quarter)(?=.*team=\d)/, "**/fn/dashboard**"],
    ["/orders/", "This month", "Network", /^\?network=EE$/, "**/fn/orders/list**"],
  ]) {
    await page.goto(address);
    await hydrated(page);
    await page.locator("summary", { hasText: "Filters" }).click();
    await page.locator(".disclosure form[method=get]").getByLabel(field, { exact: true }).selectOption(field === "Team" ? { index: 1 } : "EE");
    let pass;
    const late = new Promise((resolve) => { pass = resolve; });
    await context.route(data, async (route) => {
      await late;
      await route.continue();
    });
    await page.locator("#page").getByRole("link", { name: link }).first().click();
    await page.locator(".disclosure").getByRole("button", { name: "Apply" }).first().click();
    await page.waitForURL((it) => url.test(it.search));
    if (address === "/orders/") expect(new URL(page.url()).pathname).toBe("/orders/month/");
    pass();
    await context.unrouteAll({ behavior: "wait" });
    await expect(page.locator("#page [aria-current]", { hasText: link }).first()).toBeVisible();
  }
});

test("the chosen theme is pressed, and the bars of the browser have its color", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/");
  await hydrated(page);
  const colors = () => page.evaluate(() => [...document.querySelectorAll("meta[name=theme-color]")].map((it) => it.content).filter((it, nth, all) => all.indexOf(it) === nth));
  await page.locator("header .menu summary").click();
  const pressed = page.locator(".menu-theme [aria-pressed=true]");
  await expect(pressed).toHaveText("System");
  await page.getByRole("button", { name: "Dark", exact: true }).click();
  await expect(pressed).toHaveText("Dark");
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await colors()).toEqual([paper]);
  await page.reload();
  await expect(page.locator(".menu-theme [aria-pressed=true]")).toHaveText("Dark");
  expect(await colors()).toEqual(["#131514"]);
  expect(await ask(page, "frame", {})).toBeTruthy();
});
