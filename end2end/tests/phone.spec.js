// A hand on a phone: what it pastes, calls, swipes and pulls; and a browser that keeps nothing.
import { expect, hydrated, kept, live, signIn, test, write } from "./world.js";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

const paste = (page, name, text) =>
  page.locator(`[name=${name}]`).evaluate((field, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", text);
    field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);

const swipe = (page, target, [x, y]) =>
  target.evaluate((it, [x, y]) => {
    const box = it.getBoundingClientRect();
    const at = (dx, dy) => [new Touch({ identifier: 1, target: it, clientX: box.x + box.width / 2 + dx, clientY: box.y + box.height / 2 + dy })];
    it.dispatchEvent(new TouchEvent("touchstart", { touches: at(0, 0), changedTouches: at(0, 0), bubbles: true }));
    it.dispatchEvent(new TouchEvent("touchend", { touches: [], changedTouches: at(x, y), bubbles: true }));
  }, [x, y]);

test("paste understands a phone number in a sentence, and an address in lines", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await live(page);
  // What understands it comes when the form is entered.
  await page.getByLabel("Mobile").focus();
  await expect(async () => {
    await paste(page, "mobile", "Ring Ann: 07700 900 123, after two");
    await expect(page.getByLabel("Mobile")).toHaveValue("07700 900 123", { timeout: 200 });
  }).toPass();
  await paste(page, "billing_street", "12a Dock Road\nWhitby\nNorth Yorkshire YO21 1AA");
  for (const [name, value] of Object.entries({ house: "12a", street: "Dock Road", city: "Whitby", county: "North Yorkshire", postcode: "YO21 1AA" })) {
    await expect(page.locator(`[name=billing_${name}]`)).toHaveValue(value);
  }
});

test("a call has a message beside it; a swipe moves a card on, a pull reads again", async ({ page }) => {
  // The order is written before this device knows the status rules: they come with its first sync.
  await page.route("**/api/v1/offline*", async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 2_000); });
    await route.continue();
  });
  await signIn(page, "xavier");
  await hydrated(page);
  await live(page);
  const number = await write(page, "Swiped Sails", { mobile: "07700 900321" });
  await swipe(page, page.locator("main h1"), [0, 200]);
  const card = page.locator("tbody tr", { hasText: "Swiped Sails" });
  await expect(card.locator(".status-badge")).toHaveText("New");
  // The device must keep it before it knows what may come next.
  await expect.poll(async () => (await kept(page, "orders")).some((it) => it.number === number), { timeout: 20_000 }).toBe(true);
  await swipe(page, card, [-160, 0]);
  await expect(page.locator("tbody tr", { hasText: "Swiped Sails" }).locator(".status-badge")).toHaveText("To Process");
  await page.goto(`/orders/${number}/`);
  await expect(page.locator("a[href='sms:+447700900321']")).toHaveText("Message");
});

test("a browser that keeps nothing still works, and loses nothing that was typed", async ({ page, context }) => {
  page.allowed = /ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to load resource/;
  await page.addInitScript(() => Object.defineProperty(window, "indexedDB", { value: undefined }));
  await signIn(page, "xavier");
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Kept Nowhere");
  // Offline while the service worker is still being fetched, the browser itself would complain.
  await page.waitForFunction(() => navigator.serviceWorker.ready.then(() => true));
  await context.setOffline(true);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("alert")).toContainText("Your text is still here");
  await expect(page.getByLabel("Business name")).toHaveValue("Kept Nowhere");
  await context.setOffline(false);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Kept Nowhere" })).toBeVisible();
});

test("paste loses and overwrites nothing, goes in at the caret, and one Ctrl+Z takes it back", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await live(page);
  const field = (name) => page.locator(`[name=${name}]`);
  const put = async (name, text) => {
    await field(name).focus();
    await page.evaluate((text) => navigator.clipboard.writeText(text), text);
    await page.keyboard.press("Control+v");
  };
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  // What understands a paste comes when the form is entered.
  await expect(async () => {
    await field("mobile").fill("");
    await put("mobile", "Ring Ann: 07700 900 123, after two");
    await expect(field("mobile")).toHaveValue("07700 900 123", { timeout: 200 });
  }).toPass();
  // In a field that nothing was removed from: the browser takes a removal and what follows it back as one.
  await put("landline", "Ring Ann: 07700 900 123, after two");
  await expect(field("landline")).toHaveValue("07700 900 123");
  await page.keyboard.press("Control+z");
  await expect(field("landline")).toHaveValue("");
  for (const text of ["0113 496 0704 ext 45", "07700 900706 or 07700 900707", "12/11/2026 07700 900710"]) {
    await field("landline").fill("");
    await put("landline", text);
    await expect(field("landline")).toHaveValue(text);
  }
  // A field with something in it is written into, not over.
  await field("mobile").fill("Call:  soon");
  await field("mobile").focus();
  await page.keyboard.press("Home");
  for (let n = 0; n < 6; n += 1) await page.keyboard.press("ArrowRight");
  await page.evaluate(() => navigator.clipboard.writeText("07700 900123"));
  await page.keyboard.press("Control+v");
  await expect(field("mobile")).toHaveValue("Call: 07700 900123 soon");
  // Fields that hold something keep it.
  await field("billing_house").fill("12");
  await field("billing_street").fill("High Street");
  await put("billing_city", "Leeds, LS1 4AP");
  await expect(field("billing_street")).toHaveValue("High Street");
  await expect(field("billing_city")).toHaveValue("Leeds, LS1 4AP");
  // More pieces than fields: as it stands, every piece of it.
  await put("delivery_street", "Unit 4\n12 High Street\nHarehills\nLeeds\nWest Yorkshire\nLS1 4AP");
  await expect(field("delivery_street")).toHaveValue("Unit 4, 12 High Street, Harehills, Leeds, West Yorkshire, LS1 4AP");
  await expect(field("delivery_city")).toHaveValue("");
  await page.keyboard.press("Control+z");
  await expect(field("delivery_street")).toHaveValue("");
  await put("delivery_street", "12a Dock Road\nWhitby\nNorth Yorkshire YO21 1AA");
  await expect(field("delivery_city")).toHaveValue("Whitby");
  await page.keyboard.press("Control+z");
  for (const name of ["house", "street", "city", "county", "postcode"]) await expect(field(`delivery_${name}`)).toHaveValue("");
});
