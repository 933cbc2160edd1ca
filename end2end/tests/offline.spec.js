// In a van with no signal: what a device keeps, what is done on it, and that each of it arrives once, on the right day, under the right
// name.
import http from "node:http";
import { copiesOfEarlierRelease } from "./offline.js";
import { ask, expect, hydrated, kept, keptOffline, PASSWORD, signIn, test, preloaded, write } from "./world.js";

/** Signed in, with everything saved on the device. */
async function ready(page, name = "xavier") {
  await signIn(page, name);
  await hydrated(page);
  await keptOffline(page);
}

/** Writes an order with no signal, in the form that is open. */
async function written(page, business) {
  await page.getByLabel("Business name").fill(business);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: business })).toBeVisible();
}

const strip = (page) => page.locator(".status-strip");
const outbox = (page) => page.getByRole("dialog", { name: "Unsent changes" });

test.beforeEach(({ page }) => {
  // With no signal a browser says so in its console, for each thing that it could not load.
  page.allowed = /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_FAILED|Failed to load resource/;
});

test("with no signal: reload, find, open, write, edit, move, comment; close the browser; all is sent once", async ({ page, context }) => {
  test.setTimeout(90_000);
  await ready(page);
  await context.setOffline(true);
  await page.reload();
  await hydrated(page);
  await expect(page.locator("tbody tr").first()).toBeVisible();
  await expect(page.locator(".notice-ignored")).toContainText("You're offline. Showing orders saved on this device, last updated");
  await expect(strip(page)).toContainText("Offline");
  await expect(page.locator("[data-place][aria-current=page]").first()).toContainText("Orders");
  await expect(page.locator(".sidebar a[href='/'][aria-current]")).toHaveCount(0);

  // Its pages.
  await page.getByRole("link", { name: "50 per page" }).click();
  await expect(page.locator(".order-list-foot")).toContainText("1–50 of");
  await expect(page.getByRole("link", { name: "50 per page" })).toHaveAttribute("aria-current", /./);

  // Find and open.
  const customer = await page.locator(".orders-link").nth(4).textContent();
  await page.getByRole("searchbox", { name: "Search orders" }).fill(customer.slice(0, 6));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Search: ${customer.slice(0, 6).trim()}`);
  await page.locator(".orders-link", { hasText: customer }).first().click();
  await expect(page.getByRole("heading", { name: "Timeline" })).toBeVisible();

  // Write.
  await page.locator(".topbar-new").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New order");
  await page.getByLabel("Business name").fill("Van Vegetables");
  await page.getByLabel("Box value").fill("£250");
  await page.getByLabel("Mobile").fill("07700 900555");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Van Vegetables" })).toBeVisible();
  await expect(strip(page)).toContainText("1 change waiting");
  // Comment, move and edit it.
  await page.getByLabel("Comment", { exact: true }).fill("At the door.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.locator(".timeline-note")).toContainText("At the door.");
  await page.getByRole("button", { name: "To Process" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("To Process");
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Handset").fill("Pixel 9");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Van Vegetables" })).toBeVisible();
  await expect(strip(page)).toContainText("4 changes waiting");
  await page.locator(".sidebar").getByRole("link", { name: "Orders" }).click();
  await expect(page.locator("tbody tr").first()).toContainText("Van Vegetables");
  await expect(page.locator("tbody tr").first()).toContainText("Not sent");

  // Close the browser, open it: it is there still; the signal comes back.
  await page.close();
  const again = await context.newPage();
  await again.goto("/orders/");
  await expect(again.locator("tbody tr").first()).toContainText("Van Vegetables");
  await again.locator(".status-strip").getByRole("button", { name: "View" }).click();
  await expect(outbox(again).locator("li")).toHaveCount(4);
  await again.keyboard.press("Escape");
  await context.setOffline(false);
  await again.evaluate(() => dispatchEvent(new Event("online")));
  await expect(strip(again)).toBeEmpty({ timeout: 20_000 });
  await again.goto("/orders/");
  await hydrated(again);
  const row = again.locator("tbody tr", { hasText: "Van Vegetables" });
  await expect(row).toHaveCount(1);
  await expect(row.locator(".status-badge")).toHaveText("To Process");
  await row.locator(".orders-link").click();
  await expect(again).toHaveURL(/\/orders\/\d{7}\//);
  await expect(again.locator("main")).toContainText("Pixel 9");
  await expect(again.locator(".timeline-note")).toHaveCount(1);
  await expect(again.locator("main")).toContainText("Xavier Taylor");
});

test("what two changed is asked; the rest merges", async ({ page, context, browser }) => {
  test.setTimeout(90_000);
  await ready(page);
  const number = await write(page, "Disputed Dairy", { box_value: "100" });
  await page.goto(`/orders/${number}/update/`);
  await hydrated(page);
  await page.waitForTimeout(7_000);
  await context.setOffline(true);
  await page.getByLabel("Tariff", { exact: true }).fill("Mine");
  await page.getByLabel("Handset").fill("Pixel 9");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Disputed Dairy" })).toBeVisible();
  const office = await (await browser.newContext()).newPage();
  await signIn(office);
  await hydrated(office);
  const { draft } = await ask(office, "orders/form", { of: number });
  await ask(office, "orders/edit", { number, version: 1, draft: { ...draft, tariff: "Theirs", network: "EE" } });
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(strip(page)).toContainText("1 change needs your attention", { timeout: 20_000 });
  await strip(page).getByRole("button", { name: "View" }).click();
  await expect(outbox(page)).toContainText("Layla");
  await outbox(page).getByLabel("Yours: Mine").check();
  await outbox(page).getByRole("button", { name: "Use these" }).click();
  await expect(strip(page)).toBeEmpty({ timeout: 20_000 });
  await office.goto(`/orders/${number}/`);
  for (const it of ["Mine", "Pixel 9", "EE"]) await expect(office.locator("main")).toContainText(it);
  await office.context().close();
});

test("signing out asks about what is not sent, seals it, and the next person neither sees nor sends it", async ({ page, context }) => {
  test.setTimeout(90_000);
  await ready(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await context.setOffline(true);
  await written(page, "Sealed Seeds");
  // The signal is back, but Curlew cannot take it: nothing goes.
  await context.route("**/api/v1/sync", (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" }));
  await context.setOffline(false);
  await page.locator(".menu > summary").click();
  const asked = page.waitForEvent("dialog").then(async (dialog) => {
    expect(dialog.message()).toContain("You have 1 unsent change");
    await dialog.accept();
  });
  await page.getByRole("button", { name: "Sign out" }).click();
  await asked;
  await page.waitForURL(/\/login\//);
  await context.unroute("**/api/v1/sync");
  expect(await page.evaluate(async () => (await indexedDB.databases()).map((it) => it.name).filter((it) => it.startsWith("curlew-")))).toHaveLength(1);

  await signIn(page, "hannah");
  await hydrated(page);
  await keptOffline(page);
  await expect(strip(page)).toBeEmpty();
  await expect(page.locator("tbody")).not.toContainText("Sealed Seeds");
  await page.locator(".menu > summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/login\//);

  await signIn(page, "xavier");
  await hydrated(page);
  await expect(page.locator(".status-strip")).toBeEmpty({ timeout: 20_000 });
  await page.goto("/orders/");
  await hydrated(page);
  const row = page.locator("tbody tr", { hasText: "Sealed Seeds" });
  await expect(row).toHaveCount(1);
  await row.locator(".orders-link").click();
  await expect(page.locator("main")).toContainText("Xavier Taylor");
});

test("a session that ran out keeps the outbox, asks for the password and goes on", async ({ page, context }) => {
  test.setTimeout(90_000);
  await ready(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await context.setOffline(true);
  await written(page, "Expired Eggs");
  await context.clearCookies();
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(strip(page)).toContainText("Sign in to send 1 change", { timeout: 20_000 });
  await strip(page).getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Username").fill("xavier");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(strip(page)).toBeEmpty({ timeout: 20_000 });
  await page.goto("/orders/");
  await hydrated(page);
  await expect(page.locator("tbody tr", { hasText: "Expired Eggs" })).toHaveCount(1);
});

test("a server that fails on everything refuses nothing; one entry that it always fails on is told alone", async ({ page, context }) => {
  test.setTimeout(90_000);
  await ready(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await context.setOffline(true);
  await written(page, "Healthy Ham");
  await page.goto("/orders/new/");
  await hydrated(page);
  await written(page, "Poison Plums");
  const failed = { status: 500, contentType: "application/json", body: "{}" };
  await context.route("**/api/v1/**", (route) => route.fulfill(failed));
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.waitForTimeout(6_000);
  expect((await kept(page, "outbox")).map((it) => it.verdict)).toEqual([undefined, undefined]);
  // It comes back in the middle: both together and the first alone meet what is left of its trouble.
  let troubles = 2;
  await context.route("**/api/v1/sync", (route) => (troubles-- > 0 || route.request().postData().includes("Poison Plums") ? route.fulfill(failed) : route.continue()));
  await context.unroute("**/api/v1/**");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(strip(page)).toContainText("1 change needs your attention", { timeout: 30_000 });
  expect((await kept(page, "outbox")).map((it) => it.draft.business_name)).toEqual(["Poison Plums"]);
  await context.unroute("**/api/v1/sync");
  await strip(page).getByRole("button", { name: "View" }).click();
  await outbox(page).getByRole("button", { name: "Send again" }).click();
  await expect.poll(async () => (await kept(page, "outbox")).length, { timeout: 20_000 }).toBe(0);
});

test("a captive portal that answers 200 and a server that answers HTML are no answers", async ({ page, context }) => {
  test.setTimeout(90_000);
  await ready(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  const portal = (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<h1>Welcome to the station</h1>" });
  await context.route(/\/(fn|api)\//, portal);
  await written(page, "Portal Pastries");
  await context.unroute(/\/(fn|api)\//, portal);
  await context.route(/\/(fn|api)\//, (route) => route.fulfill({ status: 500, contentType: "text/html", body: "<h1>Oh no</h1>" }), { times: 3 });
  await expect(strip(page)).toBeEmpty({ timeout: 60_000 });
  await page.goto("/orders/");
  await hydrated(page);
  await expect(page.locator("tbody tr", { hasText: "Portal Pastries" })).toHaveCount(1);
});

for (const worker of ["is idle", "is busy"]) {
  test(`a new release waits in an open tab with an outbox, comes when it is asked, and nothing is lost: the worker before it ${worker}`, async ({ page, context, baseURL }) => {
    test.setTimeout(90_000);
    const business = `Released Radishes, ${worker}`;
    // Before the server stands one that brings the next release when it is time.
    let next = false;
    const server = http.createServer((request, answer) => {
      if (request.url === "/pkg/never.js") return;
      const on = http.request(`${baseURL}${request.url}`, { method: request.method, headers: { ...request.headers, "accept-encoding": "identity" } }, (came) => {
        const worker = request.url === "/sw.js";
        // The worker's length is not that of what is passed on.
        const { "content-length": length, ...headers } = came.headers;
        answer.writeHead(came.statusCode, worker || !length ? headers : { ...headers, "content-length": length });
        came.on("error", () => answer.destroy());
        if (!worker) return came.pipe(answer);
        came.on("data", (part) => answer.write(part)).on("end", () => answer.end(next ? "\n// the next release" : ""));
      });
      on.on("error", () => answer.destroy());
      answer.on("close", () => on.destroy());
      request.pipe(on);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const base = `http://127.0.0.1:${server.address().port}`;
    await page.goto(`${base}/login/?next=/orders/`);
    await page.getByLabel("Username").fill("xavier");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(/\/orders\//);
    await hydrated(page);
    await keptOffline(page);
    await page.goto(`${base}/orders/new/`);
    await hydrated(page);
    await context.setOffline(true);
    await written(page, business);
    await context.route("**/api/v1/sync", (route) => route.abort());
    await context.setOffline(false);
    next = true;
    await page.evaluate(async () => { await (await navigator.serviceWorker.getRegistration()).update(); });
    const bar = page.locator("#update");
    await expect(bar).toContainText("A new version of Curlew is ready", { timeout: 15_000 });
    // Until it is asked for, everything stays as it is.
    await expect(strip(page)).toContainText("1 change");
    expect(await kept(page, "outbox")).toHaveLength(1);
    // A browser lets a worker go once nothing is asked of it.
    if (worker === "is busy") await page.evaluate(() => { fetch("/pkg/never.js").catch(() => undefined); });
    const reloaded = page.waitForEvent("load");
    await bar.getByRole("button", { name: "Update" }).click();
    await reloaded;
    await hydrated(page);
    expect(await kept(page, "outbox")).toHaveLength(1);
    await context.unroute("**/api/v1/sync");
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await expect.poll(async () => (await kept(page, "outbox")).length, { timeout: 20_000 }).toBe(0);
    await page.goto(`${base}/orders/`);
    await hydrated(page);
    await expect(page.locator("tbody tr", { hasText: business })).toHaveCount(1);
    await context.setOffline(true);
    server.closeAllConnections();
    server.close();
  });
}

test("a device that is full says so, keeps what was typed, and goes on when there is room", async ({ page, context }) => {
  test.setTimeout(60_000);
  await ready(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  // Chromium checks a small quota too late to be relied on here: what it throws then is thrown at once.
  await page.evaluate(() => {
    const { add } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.add = () => { throw new DOMException("There is no room.", "QuotaExceededError"); };
    window.makeRoom = () => { IDBObjectStore.prototype.add = add; };
  });
  await context.setOffline(true);
  await page.getByLabel("Business name").fill("Full Figs");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toContainText("this device is full");
  await expect(page.getByLabel("Business name")).toHaveValue("Full Figs");
  await page.evaluate(() => window.makeRoom());
  await written(page, "Full Figs");
  await expect(strip(page)).toContainText("1 change waiting");
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(strip(page)).toBeEmpty({ timeout: 20_000 });
});

test("what waits goes before what is done next: a comment that is not sent is closed, in its order", async ({ page, context }) => {
  test.setTimeout(60_000);
  await ready(page);
  const number = await write(page, "Ordered Oats");
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await context.setOffline(true);
  await page.getByLabel("Comment", { exact: true }).fill("Ring the bell.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  const note = page.locator(".timeline-note", { hasText: "Ring the bell." });
  await note.getByRole("button", { name: "Closed" }).click();
  await expect(note.getByRole("button", { name: "Closed" })).toHaveAttribute("aria-pressed", "true");
  await expect(strip(page)).toContainText("2 changes waiting");
  // The signal is back, the outbox cannot be sent yet: what is done now stands behind it.
  await context.route("**/api/v1/sync", (route) => route.fulfill({ status: 503, contentType: "application/json", body: "{}" }));
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(() => ask(page, "frame", {}).then(Boolean, () => false)).toBe(true);
  await page.getByLabel("Comment", { exact: true }).fill("Nobody there.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.locator(".timeline-note", { hasText: "Nobody there." })).toHaveCount(1);
  expect((await kept(page, "outbox")).map((it) => it.kind)).toEqual(["comment", "comment_status", "comment"]);
  await context.unroute("**/api/v1/sync");
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(async () => (await kept(page, "outbox")).length, { timeout: 20_000 }).toBe(0);
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await expect(page.locator(".timeline-note .timeline-entry-text")).toHaveText(["Nobody there.", "Ring the bell."]);
  await expect(note.getByRole("button", { name: "Closed" })).toHaveAttribute("aria-pressed", "true");
});

test("who only reads is offered nothing to write, and a page that is not kept says so", async ({ page, context }) => {
  await ready(page, "ruth");
  await context.setOffline(true);
  await page.goto("/orders/");
  await hydrated(page);
  await expect(page.locator("tbody tr").first()).toBeVisible();
  await expect(page.locator(".topbar-new")).toBeHidden();
  await page.goto("/campaigns/");
  await hydrated(page);
  await expect(page.locator("#page")).toContainText("This page isn't available offline.");
});

test("a PIN locks what this device keeps: wrong ones open nothing, the right one and the server's word do, and the outbox is whole", async ({ page, context }) => {
  test.setTimeout(90_000);
  page.allowed = /ERR_|Failed to load resource/;
  await ready(page);
  await page.goto("/profile/");
  await hydrated(page);
  const device = page.locator("#here-device");
  await expect(device).toContainText("All changes are sent.");
  await device.getByLabel("New PIN").fill("1111");
  await device.getByRole("button", { name: "Set PIN" }).click();
  await expect(device.getByRole("alert")).toHaveText("Use at least 6 characters");
  await device.getByLabel("New PIN").fill("724913");
  await device.getByRole("button", { name: "Set PIN" }).click();
  await expect(device.getByRole("button", { name: "Lock now" })).toBeVisible({ timeout: 15_000 });

  // Open, it works with no signal as ever; what is kept is not to be read from the disk.
  await page.goto("/orders/new/");
  await hydrated(page);
  await context.setOffline(true);
  await written(page, "Sealed Sardines");
  const text = async () => JSON.stringify([await kept(page, "orders"), await kept(page, "outbox"), await kept(page, "answers")].map((all) => all.map(({ box, ...clear }) => clear)));
  expect(await text()).not.toContain("Sardines");
  expect(await text()).not.toContain("customer");
  expect((await kept(page, "outbox"))[0].box.length).toBeGreaterThan(100);

  // Closed and opened again with no signal: nothing is shown before the PIN.
  await page.close();
  const again = await context.newPage();
  await again.goto("/orders/");
  await hydrated(again);
  await expect(strip(again)).toContainText("This device is locked");
  await expect(again.locator("body")).not.toContainText("Sardines");
  await strip(again).getByRole("button", { name: "Unlock" }).click();
  const asked = again.getByRole("dialog", { name: "Unlock this device" });
  await asked.getByLabel("PIN").fill("000000");
  await asked.getByRole("button", { name: "Unlock" }).click();
  await expect(asked.getByRole("alert")).toHaveText("Wrong PIN. 9 attempts left.", { timeout: 15_000 });
  await asked.getByLabel("PIN").fill("724913");
  await asked.getByRole("button", { name: "Unlock" }).click();
  await expect(asked).toBeHidden({ timeout: 15_000 });
  await expect(again.locator("tbody tr").first()).toContainText("Sealed Sardines");
  await expect(strip(again)).toContainText("1 change waiting");
  // Another tab of the same browser is not asked.
  const other = await context.newPage();
  await other.goto("/orders/");
  await hydrated(other);
  await expect(other.locator("tbody tr").first()).toContainText("Sealed Sardines");
  await other.close();

  // Forgotten: the signal is back, and whoever is signed in takes the lock off. Nothing is lost.
  await context.route("**/api/v1/sync", (route) => route.abort());
  await context.setOffline(false);
  await again.goto("/profile/");
  await hydrated(again);
  await again.locator("#here-device").getByRole("button", { name: "Lock now" }).click();
  await expect(again.locator("#here-device")).toContainText("This device is locked");
  await again.locator("#here-device").getByRole("button", { name: "Unlock" }).click();
  await asked.getByRole("button", { name: "Forgot PIN" }).click();
  await expect(again.locator("#here-device")).toContainText("1 unsent change.", { timeout: 15_000 });
  await expect(again.locator("#here-device").getByLabel("New PIN")).toBeVisible();
  await context.unroute("**/api/v1/sync");
  await again.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(async () => (await kept(again, "outbox")).length, { timeout: 20_000 }).toBe(0);
  await again.goto("/orders/");
  await hydrated(again);
  await expect(again.locator("tbody tr", { hasText: "Sealed Sardines" })).toHaveCount(1);
});

test("two tabs with no signal show what either of them did", async ({ page, context }) => {
  await ready(page);
  const other = await context.newPage();
  await other.goto("/orders/");
  await hydrated(other);
  await context.setOffline(true);
  // Both have read what is kept.
  for (const it of [page, other]) {
    await it.locator(".sidebar a[href='/orders/mine/']").click();
    await expect(it.locator(".notice-ignored")).toContainText("You're offline");
  }
  await page.locator(".topbar-new").click();
  await written(page, "Both Bakers");
  await other.locator(".sidebar a[href='/orders/']").click();
  await other.locator("tbody tr", { hasText: "Both Bakers" }).locator(".orders-link").click();
  await other.getByRole("button", { name: "To Process" }).click();
  await expect(other.locator(".order-head .status-badge")).toHaveText("To Process");
  await page.locator(".sidebar a[href='/orders/']").click();
  await expect(page.locator("tbody tr", { hasText: "Both Bakers" }).locator(".status-badge")).toHaveText("To Process");
  await expect(strip(page)).toContainText("2 changes waiting");
  await context.setOffline(false);
  for (const it of [page, other]) await it.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(async () => (await kept(page, "outbox")).length, { timeout: 20_000 }).toBe(0);
});

test("a passkey opens the lock too, with no signal; one that is gone opens nothing, and the PIN stays", async ({ page, context, baseURL }) => {
  test.setTimeout(60_000);
  page.allowed = /ERR_|Failed to load resource/;
  // A passkey belongs to a name: an address of numbers has none.
  const home = baseURL.replace("127.0.0.1", "localhost");
  const cdp = await context.newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const authenticator = async (hasPrf) => {
    const options = { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasUserVerification: true, hasResidentKey: true, hasPrf, isUserVerified: true, automaticPresenceSimulation: true };
    return (await cdp.send("WebAuthn.addVirtualAuthenticator", { options })).authenticatorId;
  };
  const plain = await authenticator(false);
  await page.goto(`${home}/login/?next=/profile/`);
  await page.getByLabel("Username").fill("xavier");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await keptOffline(page);
  const device = page.locator("#here-device");
  await device.getByLabel("New PIN").fill("724913");
  await device.getByRole("button", { name: "Set PIN" }).click();
  await device.getByRole("button", { name: "Add passkey" }).click();
  await expect(device.getByRole("alert")).toHaveText("This device couldn't create a passkey. Your PIN still works.");
  await cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: plain });
  const authenticatorId = await authenticator(true);
  await device.getByRole("button", { name: "Add passkey" }).click();
  await expect(device).toContainText("You can also use your passkey.");

  await context.setOffline(true);
  await page.goto(`${home}/orders/`);
  await hydrated(page);
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await hydrated(page);
  await expect(strip(page)).toContainText("This device is locked");
  await strip(page).getByRole("button", { name: "Unlock" }).click();
  const asked = page.getByRole("dialog", { name: "Unlock this device" });
  await expect(page.locator("tbody tr")).toHaveCount(0);
  await asked.getByRole("button", { name: "Use passkey" }).click();
  await expect(asked).toBeHidden();
  await expect(page.locator("tbody tr").first()).toBeVisible();

  await context.setOffline(false);
  await page.goto(`${home}/profile/`);
  await device.getByRole("button", { name: "Lock now" }).click();
  await cdp.send("WebAuthn.clearCredentials", { authenticatorId });
  await device.getByRole("button", { name: "Unlock" }).click();
  await asked.getByRole("button", { name: "Use passkey" }).click();
  await expect(asked.getByRole("alert")).toHaveText("The passkey didn't work. Use your PIN.");
  await asked.getByLabel("PIN").fill("724913");
  await asked.getByRole("button", { name: "Unlock" }).click();
  await expect(asked).toBeHidden({ timeout: 15_000 });
  await device.getByRole("button", { name: "Remove passkey" }).click();
  await expect(device.getByRole("button", { name: "Add passkey" })).toBeVisible();
  await device.getByRole("button", { name: "Remove PIN" }).click();
  await expect(device.getByLabel("New PIN")).toBeVisible();
});

test("without a service worker, and with a database that is wiped while it is in use, nothing that is written is lost", async ({ page, context }) => {
  test.setTimeout(60_000);
  page.allowed = /ERR_|Failed to load resource|bad HTTP response code|ServiceWorker/;
  await context.route("**/sw.js", (route) => route.fulfill({ status: 404, contentType: "text/plain", body: "not found" }));
  await signIn(page, "xavier");
  await hydrated(page);
  await expect.poll(async () => (await kept(page, "orders")).length, { timeout: 25_000 }).toBeGreaterThan(100);
  await page.goto("/orders/new/");
  await preloaded(page);
  await page.evaluate(() => new Promise((resolve) => {
    const { user } = JSON.parse(localStorage.getItem("curlew-who"));
    const asked = indexedDB.deleteDatabase(`curlew-${user}`);
    asked.onsuccess = asked.onerror = resolve;
  }));
  await context.setOffline(true);
  await written(page, "Wiped Walnuts");
  await expect(strip(page)).toContainText("1 change waiting");
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(strip(page)).toBeEmpty({ timeout: 20_000 });
  // The copies are read anew, all of them.
  await expect.poll(async () => (await kept(page, "orders")).length, { timeout: 20_000 }).toBeGreaterThan(100);
  await page.goto("/orders/");
  await hydrated(page);
  await expect(page.locator("tbody tr", { hasText: "Wiped Walnuts" })).toHaveCount(1);
});

test("what is done long after the signal went is sent soon after it is back, though the browser says nothing of it", async ({ page, context }) => {
  test.setTimeout(60_000);
  page.allowed = /ERR_|Failed to load resource/;
  await ready(page);
  await page.goto("/orders/new/");
  await preloaded(page);
  // The line is dead, and the browser believes that it is online. Each try doubles how long the next one is waited for.
  const dead = /\/(api|fn|live)\b/;
  await context.route(dead, (route) => route.abort());
  for (let n = 0; n < 7; n++) {
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await page.waitForTimeout(1_200);
  }
  await expect(strip(page)).toContainText("Offline");
  await written(page, "Late Lentils");
  await context.unroute(dead);
  await expect.poll(async () => (await kept(page, "outbox")).length, { timeout: 12_000 }).toBe(0);
});

test("a clock that is ten years off dates nothing wrong: an age is what counts", async ({ page, context, browser }) => {
  test.setTimeout(60_000);
  await page.addInitScript((years) => {
    const now = Date.now;
    Date.now = () => now() + years;
  }, 10 * 365.25 * 86_400_000);
  await ready(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await context.setOffline(true);
  await written(page, "Future Figs");
  await page.getByLabel("Comment", { exact: true }).fill("From 2036.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(strip(page)).toContainText("2 changes waiting");
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect.poll(async () => (await kept(page, "outbox")).length, { timeout: 20_000 }).toBe(0);
  // Somebody whose clock is right finds both, of today.
  const office = await (await browser.newContext()).newPage();
  await signIn(office, "layla");
  await office.goto("/orders/today/");
  await hydrated(office);
  await office.locator(".orders-link", { hasText: "Future Figs" }).click();
  await expect(office.locator(".timeline-note", { hasText: "From 2036." })).toBeVisible();
  for (const at of await office.locator(".timeline-entry time").all()) await expect(at).toHaveAttribute("title", new RegExp(String(new Date().getFullYear())));
  await office.context().close();
});

test("a page that was never opened here, and cannot come, waits for the signal; nothing breaks, and nothing typed is lost", async ({ page, context }) => {
  page.allowed = /ERR_|Failed to load resource|bad HTTP response code|ServiceWorker/;
  await context.route("**/sw.js", (route) => route.fulfill({ status: 404, contentType: "text/plain", body: "not found" }));
  // The pages do not come, once by no answer, once by that of a captive portal; nor does what only some hands need.
  let portal = false;
  const came = [];
  const hold = (route) => {
    came.push(route.request().url());
    return portal ? route.fulfill({ status: 200, contentType: "text/html", body: "<h1>Sign in to the network</h1>" }) : route.abort();
  };
  await signIn(page, "xavier");
  await context.route(/\/pkg\/((show|list)_route\..*\.wasm$|(outbox|paste|suggest)\.)/, hold);
  await page.goto("/orders/new/");
  await expect(page.locator("#piece")).toContainText("This page isn't available offline", { timeout: 15_000 });
  portal = true;
  const before = came.length;
  await expect.poll(() => came.length, { timeout: 15_000 }).toBeGreaterThan(before);
  await expect(page.locator("#piece")).toBeVisible();
  await context.unrouteAll();
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await preloaded(page);
  await expect(page.locator("#piece")).toHaveCount(0);
  await page.getByLabel("Business name").fill("Patient Pears");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Patient Pears" })).toBeVisible();
  // What did not come once is asked for again, or says how it comes.
  await context.route("**/api/v1/sync", (route) => route.abort());
  await context.setOffline(true);
  await page.getByLabel("Comment", { exact: true }).fill("Waits.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await context.setOffline(false);
  await strip(page).getByRole("button", { name: "View" }).click();
  const again = page.getByRole("button", { name: "Try again" });
  await expect(outbox(page).or(again)).toBeVisible();
  if (await again.isVisible()) {
    await again.click();
    await strip(page).getByRole("button", { name: "View" }).click();
  }
  await expect(outbox(page)).toContainText("Waits.");
});

test("with no signal a changed number is the one that is called, without its extension, and a cleared field is empty", async ({ page, context }) => {
  await signIn(page, "xavier");
  const number = await write(page, "Called Ltd", { mobile: "07700 900561", landline: "0113 496 0561", email: "old@called.example" });
  await hydrated(page);
  await keptOffline(page);
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await context.setOffline(true);
  expect(await page.evaluate(copiesOfEarlierRelease), "copies that an earlier release saved").toBeGreaterThan(100);
  await page.reload();
  await hydrated(page);
  await expect(page.getByRole("link", { name: "07700 900561" })).toHaveAttribute("href", "tel:+447700900561");
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Mobile").fill("07700 900562");
  await page.getByLabel("Landline").fill("0113 496 0562 ext 45");
  await page.getByLabel("E-mail").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: "07700 900562" })).toHaveAttribute("href", "tel:07700900562");
  await expect(page.getByRole("link", { name: "0113 496 0562 ext 45" })).toHaveAttribute("href", "tel:01134960562");
  await expect(page.locator("#page a[href^='mailto:']")).toHaveCount(0);
  await expect(page.locator("#page a:is([href^='tel:'], [href^='sms:'])[href*='900561']")).toHaveCount(0);
});

test("with no signal: the next moves, what is due and every search are right; an order without a number is called so, its entries in order", async ({ page, context }) => {
  test.setTimeout(90_000);
  await ready(page);
  const more = { mobile: "07700 900621", billing_postcode: "SW1A 1AA", follow_up_on: "2020-01-02", follow_up_kind: "call_back" };
  const number = await write(page, "O'Brien Łódź", more);
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await expect.poll(async () => (await kept(page, "orders")).some((it) => it.number === number), { timeout: 15_000 }).toBe(true);
  // What the server offers from Held.
  const held = await page.evaluate(async () => (await (await fetch("/api/v1/offline?rest=0")).json()).place.moves.HD.map((it) => it.split(" ")[0]));
  await context.setOffline(true);
  await page.locator(".transitions").getByRole("button", { name: "Held" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("Held");
  const offered = () => page.locator(".transitions [name=to]").evaluateAll((all) => all.map((it) => it.value));
  await expect.poll(offered).toEqual(held);
  // Due, until it is done.
  const row = page.locator(".orders-link", { hasText: "O'Brien" });
  const dates = page.locator("th.orders-created");
  await page.goto("/orders/due/");
  await expect(row).toBeVisible();
  // Each list is sorted by what its head says.
  await expect(dates).toHaveText("Follow-up ↑");
  await expect(page.locator("table.orders tbody tr").first()).toContainText("O'Brien Łódź");
  await expect(page.locator("td.orders-created time").first()).toHaveText("2 Jan 2020");
  for (const path of ["/orders/connected/month/", "/orders/?connected_from=2020-01-01"]) {
    await page.goto(path);
    await expect(dates).toHaveText("Connected ↓");
    const days = await page.locator("td.orders-created time").evaluateAll((all) => all.map((it) => Date.parse(it.textContent)));
    expect(days.length).toBeGreaterThan(1);
    expect(days).toEqual(days.toSorted((a, b) => b - a));
  }
  await page.goto("/orders/");
  await expect(dates).toHaveText("Created ↓");
  await page.goto(`/orders/${number}/`);
  await expect(page.locator(".order-follow-up-due")).toContainText("Call back, 2 Jan 2020");
  await page.locator(".order-follow-up").getByRole("button", { name: "Done" }).click();
  await expect(page.locator(".order-follow-up")).toHaveCount(0);
  await page.goto("/orders/due/");
  await expect(page.locator(".chip[aria-current=page]")).toContainText("Due");
  await expect(row).toHaveCount(0);
  for (const typed of ["O'Brien", "obrien", "lodz", "+44 7700 900621", "07700 90062", "0044 7700 900621", "SW1A1AA", "sw1a 1aa", number]) {
    await page.goto(`/orders/search/?query=${encodeURIComponent(typed)}`);
    await expect(row, typed).toHaveCount(1);
  }
  await page.goto("/orders/search/?query=07700900629");
  await expect(page.locator("h1")).toContainText("07700900629");
  await expect(row).toHaveCount(0);
  // One that exists here alone.
  await page.goto("/orders/new/");
  await hydrated(page);
  await written(page, "Without a number");
  await expect(page.locator(".flash")).toContainText("is saved on this device");
  await expect(page.locator(".order-head .numeric").first()).toHaveText("Not sent");
  await expect(page).toHaveTitle("Without a number · Not sent · Curlew");
  await page.getByLabel("Comment", { exact: true }).fill("After it was written.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  const entries = () => page.locator(".timeline-entry-head").evaluateAll((all) => all.map((it) => (/commented/.test(it.textContent) ? "comment" : /created the order/.test(it.textContent) ? "order" : it.textContent)));
  await expect.poll(entries).toEqual(["comment", "order"]);
  await context.setOffline(false);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await expect(strip(page)).toBeEmpty({ timeout: 20_000 });
  await page.goto("/orders/mine/");
  await hydrated(page);
  await page.locator(".orders-link", { hasText: "Without a number" }).click();
  await expect(page).toHaveURL(/\/orders\/\d{7}\//);
  await expect.poll(entries).toEqual(["comment", "order"]);
});
