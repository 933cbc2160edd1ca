// The slice: sign in, create, edit, conflict, move to Connected, cancel with a reason, comment, page. Once hydrated nothing reloads.
import { readFileSync } from "node:fs";
import XLSX from "xlsx";
import { ask, drafts, expect, hydrated, live, PASSWORD, signIn, test, write } from "./world.js";

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
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.locator("strong[aria-current=page]")).toHaveText("2");
  await page.locator(".orders-link").nth(3).click();
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await page.goBack();
  await expect(page.locator("strong[aria-current=page]")).toHaveText("2");
  expect(await page.evaluate(() => window.stayed)).toBe(true);
});

test("filters stand in the address and survive a reload", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  await page.locator(".disclosure summary", { hasText: "Filters" }).click();
  await page.locator(".disclosure").getByLabel("Connected", { exact: true }).check();
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/status=CN/);
  await expect(page.locator("tbody .status-badge").first()).toHaveText("Connected");
  await page.locator(".order-list-size", { hasText: "25" }).click();
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
  await expect(page.locator("#box_value-error")).toHaveText("Enter at most two digits after the decimal point");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toHaveText("Check 1 field below");
  await expect(page.getByLabel("Box value")).toBeFocused();
  await expect(page.getByLabel("Business name")).toHaveValue("Browser Bakery");
  await page.getByLabel("Box value").fill("12.30");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Browser Bakery");
  await expect(page.locator(".order-worth strong")).toHaveText("£12.30");
  await expect(page.getByRole("status").first()).toContainText("created");
  await page.keyboard.press("e");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Edit");
  await page.getByLabel("Handset").fill("Pixel 9");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".timeline-changes")).toContainText("Pixel 9");
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
  await expect(page.locator(".order-head .status-badge")).toHaveText("To Process");
  await page.getByRole("button", { name: "Connected" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("Connected");
  await expect(page.locator(".order-head .muted")).toContainText("on ");
  await expect(page.locator(".timeline-change").first()).toContainText("changed the status");
});

test("an agent is not offered Connected", async ({ page }) => {
  await signIn(page, "xavier");
  await create(page, "Agent's order");
  await page.getByRole("button", { name: "To Process" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("To Process");
  await expect(page.getByRole("button", { name: "Connected" })).toHaveCount(0);
});

test("a loss needs its reason", async ({ page }) => {
  await signIn(page);
  await create(page, "Lost deal");
  await page.locator(".transitions-details summary", { hasText: "Cancelled" }).click();
  await page.getByRole("button", { name: "Change to Cancelled" }).click();
  await expect(page.locator("#cnl-loss_reason-error")).toHaveText("Choose a loss reason");
  await page.locator("#cnl-loss_reason").fill("Price");
  await page.getByRole("button", { name: "Change to Cancelled" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("Cancelled");
});

test("a comment and how far it is", async ({ page }) => {
  await signIn(page, "hannah");
  await page.goto("/orders/1000200/");
  await hydrated(page);
  await page.getByLabel("Comment", { exact: true }).fill("Call after four.\nAsk for Ann.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  const note = page.locator(".timeline-note").first();
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
  const held = page.locator(".order-form-conflict");
  await expect(held).toContainText("Neil Williams saved this order");
  await expect(held).toContainText("Nokia 3210");
  await expect(page.getByLabel("Tariff", { exact: true })).toHaveValue("Theirs alone");
  await expect(page.getByLabel("Handset")).toHaveValue("Pixel 9");
  await held.getByLabel("Nokia 3210").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();
  await expect(page.locator(".order-details")).toContainText("Nokia 3210");
  await expect(page.locator(".order-details")).toContainText("Theirs alone");
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
  await expect(page.locator(".orders-link").nth(1)).toBeFocused();
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

test("a letter right after a dialog closed, and on a tick, does what it stands for", async ({ page }) => {
  await signIn(page);
  await hydrated(page);
  // Whether the letter N did anything, with no frame drawn between what is done first and the letter.
  const letterAfter = (first) =>
    page.evaluate((first) => {
      if (first === "closing") document.querySelector("dialog[open]").close();
      else document.querySelector(first).focus();
      return !document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "n", bubbles: true, cancelable: true }));
    }, first);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await letterAfter("closing")).toBe(true);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New order");
  await page.goto("/orders/");
  await hydrated(page);
  await page.getByLabel("Select", { exact: true }).check();
  expect(await letterAfter("#search"), "a text field takes the letter").toBe(false);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Orders");
  expect(await letterAfter("input[name=pick]")).toBe(true);
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

test("Enter in a field of a new order saves and shows the order, and the page lives", async ({ page }) => {
  await signIn(page);
  for (const path of ["/orders/new/", "/orders/1000102/update/"]) {
    await page.goto(path);
    await hydrated(page);
    await page.getByLabel("Business name").fill("Oakley Entered");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Oakley Entered");
    // A link that the application takes over, not a page loaded anew.
    await page.evaluate(() => { window.sameDocument = true; });
    await page.getByRole("link", { name: "Orders", exact: true }).first().click();
    await expect(page.locator("table.orders")).toBeVisible();
    expect(await page.evaluate(() => window.sameDocument)).toBe(true);
    expect(await page.evaluate(() => document.documentElement.dataset.panicked)).toBeUndefined();
  }
});

test("after a panic the next press loads a page from the server, and a page that is not drawn is loaded at once", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/");
  await hydrated(page);
  const panic = () => page.evaluate(() => dispatchEvent(new ErrorEvent("error", { error: new WebAssembly.RuntimeError("unreachable") })));
  await page.evaluate(() => { window.sameDocument = true; });
  await panic();
  await page.getByRole("link", { name: "Board", exact: true }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Board");
  expect(await page.evaluate(() => window.sameDocument), "the board came from the server").toBeUndefined();
  await hydrated(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await panic();
  await page.getByLabel("Business name").fill("Plainly Posted Ltd");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Plainly Posted Ltd");
  await hydrated(page);
  await page.evaluate(() => {
    window.sameDocument = true;
    const skeleton = Object.assign(document.createElement("div"), { className: "skeleton" });
    document.getElementById("page").replaceChildren(skeleton);
  });
  await panic();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Plainly Posted Ltd");
  expect(await page.evaluate(() => window.sameDocument), "it was loaded anew").toBeUndefined();
});

test("what is typed and chosen before the application is there stays", async ({ page }) => {
  await signIn(page);
  let go;
  const held = new Promise((resolve) => { go = resolve; });
  await page.route(/\/pkg\/curlew\..*\.wasm/, async (route) => {
    await held;
    await route.continue();
  });
  for (const [path, summary, field, tick] of [
    ["/orders/", "Filters", "Created from", "Held"],
    ["/orders/new/", undefined, "Business name", "Deliver to the billing address"],
  ]) {
    const opened = page.goto(path, { waitUntil: "commit" });
    await opened;
    const form = page.locator(summary ? ".order-list-filters[action='/orders/']" : ".order-form");
    if (summary) await page.locator("summary", { hasText: summary }).click();
    const input = form.getByLabel(field, { exact: true }).first();
    await input.fill(field === "Created from" ? "2026-01-02" : "Typed early");
    const box = form.getByLabel(tick, { exact: true }).first();
    const before = await box.isChecked();
    await box.setChecked(!before);
    go();
    await hydrated(page);
    await expect(input).toHaveValue(field === "Created from" ? "2026-01-02" : "Typed early");
    expect(await box.isChecked()).toBe(!before);
  }
});

test("a tab of one person saves nothing as another one who signed in meanwhile", async ({ context, page }) => {
  await signIn(page, "layla");
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Laylas Order Ltd");
  const plain = await context.newPage();
  await plain.goto("/orders/new/");
  const other = await context.newPage();
  await other.goto("/orders/");
  await hydrated(other);
  await other.locator("header summary").last().click();
  await other.getByRole("button", { name: "Sign out" }).click();
  await other.waitForURL(/\/login\//);
  await signIn(other, "xavier");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator(".form-message").first()).toContainText("opened by Layla Reyes, but Xavier Taylor is now signed in");
  await expect(page.getByLabel("Business name")).toHaveValue("Laylas Order Ltd");
  // The same where the page is a plain form.
  await plain.evaluate(() => {
    const form = document.querySelector(".order-form");
    form.elements.business_name.value = "Laylas Plain Ltd";
    HTMLFormElement.prototype.submit.call(form);
  });
  await expect(plain.getByRole("heading", { level: 1 })).toHaveText("Someone else is signed in");
  await expect(plain.getByLabel("What you typed")).toHaveValue(/Laylas Plain Ltd/);
  await other.goto("/orders/search/?query=laylas");
  await expect(other.locator("table.orders tbody tr")).toHaveCount(0);
  await plain.getByRole("button", { name: "Send as Xavier Taylor" }).click();
  // The form is another person's with an owner that an agent may not choose: it comes back with its text, and that message.
  await expect(plain.getByLabel("Business name")).toHaveValue("Laylas Plain Ltd");
  await expect(plain.locator("#page")).toContainText("Only a manager can create an order for someone else");
});

test("what is sent after the session ended comes back: a form of a drawn page, and a button that was pressed, with its value", async ({ page, context }) => {
  const signInAgain = async () => {
    await expect(page.getByRole("status")).toContainText("What you typed is kept");
    await page.getByLabel("Username").fill("layla");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
  };
  await signIn(page);
  await page.goto("/campaigns/new/");
  await hydrated(page);
  await page.getByLabel("Name").fill("Kept <campaign>");
  await page.getByLabel("Target").fill("4,000");
  await context.clearCookies();
  await page.keyboard.press("Enter");
  await signInAgain();
  await expect(page).toHaveURL(/\/campaigns\/new\/$/);
  await expect(page.getByLabel("Name")).toHaveValue("Kept <campaign>");
  await expect(page.getByLabel("Target")).toHaveValue("4,000");
  await expect(page.locator("#page")).toContainText("You're signed in again and nothing is lost");
  await page.getByLabel("Name").press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Kept <campaign>");
  // A button of a comment says how far it is; it is one of three of one name.
  const number = await write(page, "Signed out Ltd");
  await ask(page, "comments/save", { number, id: null, text: "Ring them" });
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await context.clearCookies();
  await page.locator(".timeline-note-status").getByRole("button", { name: "Closed" }).click();
  await signInAgain();
  await expect(page).toHaveURL(/\/send-again\/$/);
  await expect(page.getByLabel("What you typed")).toHaveValue(/Status: Closed/);
  await page.getByRole("button", { name: "Send again" }).click();
  await expect(page).toHaveURL(new RegExp(`/orders/${number}/$`));
  await expect(page.locator(".timeline-note-status").getByRole("button", { name: "Closed" })).toHaveAttribute("aria-pressed", "true");
});

test("each download arrives whole in the browser", async ({ page }) => {
  await signIn(page);
  for (const [path, link, head] of [
    ["/orders/?status=HD", "CSV", "number,created_at"],
    ["/reports/?measure=revenue&rows=person&period=year", "CSV", "Owner,"],
    ["/commission/4/", "CSV", "Date,Order"],
  ]) {
    await page.goto(path);
    const found = page.getByRole("link", { name: link }).first();
    await expect(found, path).toBeVisible();
    const [download] = await Promise.all([page.waitForEvent("download"), found.click()]);
    expect(await download.failure(), path).toBeNull();
    const text = readFileSync(await download.path(), "utf8").replace(/^\uFEFF/, "");
    expect(text.startsWith(head), `${path}: ${text.slice(0, 80)}`).toBe(true);
    expect(text.split("\n").length, path).toBeGreaterThan(2);
    expect(text.endsWith("\n"), path).toBe(true);
  }
});

test("a spreadsheet adds up a statement with sums below zero as its page does", async ({ page }) => {
  await signIn(page, "xavier");
  const number = await write(page, "Clawback Ltd", { status: "TP", box_value: "428.60" });
  await page.context().clearCookies();
  await signIn(page);
  let version = 1;
  for (const to of ["CN", "IS"]) await ask(page, "orders/change_status", { number, version: version++, to, asked: {} });
  await page.goto("/commission/");
  await page.locator("tbody").getByRole("link", { name: "Xavier Taylor" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Xavier Taylor");
  const shown = await page.locator("tfoot td").last().textContent();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).click()]);
  const rows = XLSX.utils.sheet_to_json(Object.values(XLSX.read(readFileSync(await download.path())).Sheets)[0]);
  const commission = (it) => it["Commission in GBP"];
  expect(rows.filter((it) => String(it.Order) === number).map(commission)).toEqual([21.43, -21.43]);
  // Text has no part in a spreadsheet's total.
  const sum = rows.slice(0, -1).map(commission).filter((it) => typeof it === "number").reduce((a, b) => a + b, 0);
  expect(sum.toFixed(2)).toBe(shown.replace(/[£,]/g, ""));
  expect(commission(rows.at(-1)).toFixed(2)).toBe(sum.toFixed(2));
});

test("what is typed and not sent is there again: after a redraw, after leaving, after closing the tab; sent or discarded it is gone", async ({ page, context }) => {
  await signIn(page);
  const number = await write(page, "Drafted Ltd");
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  const comment = (of) => of.getByLabel("Comment", { exact: true });
  await comment(page).fill("Half a thought");
  await page.locator("summary", { hasText: "Set follow-up" }).click();
  await page.locator("#fu-follow_up_note").fill("Ring back");
  // Somebody else changes the order; the page is drawn anew.
  await ask(page, "comments/save", { number, id: null, text: "From elsewhere" }).catch(() => undefined);
  await page.evaluate(() => dispatchEvent(new CustomEvent("curlew:again")));
  await expect(comment(page)).toHaveValue("Half a thought");
  await expect(page.locator("#fu-follow_up_note")).toHaveValue("Ring back");
  // Elsewhere and back, and in another tab after this one is closed.
  await page.goto("/orders/");
  await page.close();
  const again = await context.newPage();
  await again.goto(`/orders/${number}/`);
  await expect(comment(again)).toHaveValue("Half a thought");
  await expect(again.locator(".timeline-write .draft-kept")).toContainText("hasn't been sent yet");
  await again.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(again.locator(".timeline-note").first()).toContainText("Half a thought");
  await expect(comment(again)).toHaveValue("");
  await again.locator(".order-follow-up-form").getByRole("button", { name: "Discard" }).click();
  await again.reload();
  await hydrated(again);
  await expect(comment(again)).toHaveValue("");
  await expect(again.locator("#fu-follow_up_note")).toHaveValue("");
  expect(await drafts(again)).toEqual([]);
});

test("a menu closes by Esc and by a press beside it; nothing selected is nothing to be done", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/board/");
  await hydrated(page);
  await live(page);
  const menu = page.getByRole("dialog", { name: /^Move order/ });
  const button = page.getByRole("button", { name: /^Move order/ }).first();
  await button.click();
  await expect(menu).toHaveAttribute("open", "");
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await expect(button).toBeFocused();
  await button.click();
  await expect(menu).toHaveAttribute("open", "");
  const { x, y } = await page.getByRole("heading", { level: 1, includeHidden: true }).boundingBox();
  await page.mouse.click(x + 2, y + 2);
  await expect(menu).toHaveCount(0);
  // The menu of a person is no dialog.
  const own = page.locator(".menu");
  await own.locator("summary").click();
  await expect(own).toHaveAttribute("open", "");
  await page.keyboard.press("Escape");
  await expect(own).not.toHaveAttribute("open", "");
  await own.locator("summary").click();
  await page.getByRole("heading", { level: 1 }).click();
  await expect(own).not.toHaveAttribute("open", "");
  await page.goto("/orders/");
  await hydrated(page);
  await live(page);
  await page.getByLabel("Select", { exact: true }).check();
  const go = page.getByRole("button", { name: "Continue" });
  await expect(go).toBeDisabled();
  await page.locator("input[name=pick]").first().check();
  await expect(go).toBeEnabled();
  await page.locator("input[name=pick]").first().uncheck();
  await expect(go).toBeDisabled();
});

test("a refused form lists its messages, and each leads into its field", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await live(page);
  await page.getByLabel("Mobile").fill("nonsense");
  await page.getByLabel("E-mail").fill("nobody");
  await expect(page.locator(".form-summary")).toHaveCount(0);
  await page.getByRole("button", { name: "Save" }).click();
  const links = page.locator(".form-summary").getByRole("link");
  await expect(links).toHaveCount(2);
  await links.filter({ hasText: /^E-mail:/ }).click();
  await expect(page.locator("#email")).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("nobody@example.com");
  await page.keyboard.press("Tab");
  await expect(links).toHaveCount(1);
});
