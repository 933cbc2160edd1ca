// A list is found as it was left, a notice goes with its page, what is typed is kept, and one press is one press.
import { drafts, expect, hydrated, live, preloaded, signIn, test, write } from "./world.js";

/** A list of many rows, scrolled down to a row that is opened by a click. */
async function openedFar(page, address) {
  await page.goto(address);
  await hydrated(page);
  await page.evaluate(() => scrollTo(0, 700));
  const row = page.locator("a[data-row]").nth(20);
  const href = await row.getAttribute("href");
  await page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)); }));
  const top = await page.evaluate(() => scrollY);
  expect(top).toBeGreaterThan(500);
  await row.click();
  await page.locator(".order-head").waitFor();
  return { href, top };
}

for (const [name, leave] of [
  ["the browser's back", (page) => page.goBack()],
  ["the link", (page) => page.getByRole("link", { name: "← Orders" }).click()],
  ["Esc", (page) => page.keyboard.press("Escape")],
]) {
  test(`a list is found as it was left, by ${name}: filters, place and row`, async ({ page }) => {
    await signIn(page);
    const address = "/orders/month/?sold=yes&per_page=100";
    const { href, top } = await openedFar(page, address);
    await leave(page);
    await expect(page).toHaveURL(address);
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe(href);
    expect(Math.abs((await page.evaluate(() => scrollY)) - top)).toBeLessThan(3);
    // The keyboard goes on from there.
    const next = await page.locator("a[data-row]").nth(21).getAttribute("href");
    await page.keyboard.press("j");
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("href"))).toBe(next);
  });
}

test("a list that is opened anew begins at its top, and the focus is on its heading once it is drawn", async ({ page }) => {
  await signIn(page);
  await openedFar(page, "/orders/?per_page=100");
  // Slow, so that the heading of the page before would still be there a frame later.
  await page.route("**/fn/orders/list*", async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 600); });
    await route.continue();
  });
  await page.locator(".sidebar").getByRole("link", { name: "This week" }).click();
  await expect(page.locator("h1")).toHaveText("This week");
  await expect(page.locator("h1")).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(0);
  await expect(page).toHaveTitle(/This week/);
});

test("a notice goes with its page, and the order can still be undone", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Noticed");
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await page.locator(".transitions").getByRole("button", { name: "To Process" }).click();
  await expect(page.locator(".flash")).toContainText("Status changed to To Process");
  await page.locator(".sidebar").getByRole("link", { name: "Campaigns" }).click();
  await expect(page.locator("h1")).toHaveText("Campaigns");
  await expect(page.locator(".flash")).toHaveCount(0);
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("New");
});

test("what is typed into an order is kept when it is left by back, and can be discarded", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Drafted", { mobile: "07700 900611" });
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Business name").fill("Drafted and changed");
  await page.locator("[name=deliver_to_billing]").uncheck();
  await expect.poll(() => drafts(page)).toHaveLength(1);
  page.on("dialog", (dialog) => dialog.accept());
  await page.goBack();
  await expect(page.locator(".order-head h1")).toHaveText("Drafted");
  await page.getByRole("link", { name: "Edit" }).click();
  await expect(page.locator(".draft-kept")).toContainText("hasn't been saved yet");
  await expect(page.getByLabel("Business name")).toHaveValue("Drafted and changed");
  await expect(page.locator("[name=deliver_to_billing]")).not.toBeChecked();
  // A reload is a way to leave it too.
  await page.reload();
  await hydrated(page);
  await expect(page.getByLabel("Business name")).toHaveValue("Drafted and changed");
  await page.getByRole("button", { name: "Discard" }).click();
  await expect(page.getByLabel("Business name")).toHaveValue("Drafted");
  await page.getByLabel("Business name").fill("Drafted and saved");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator(".order-head h1")).toHaveText("Drafted and saved");
  expect(await drafts(page)).toEqual([]);
});

test("a draft stays while something else is written, goes with its own write, and ticks of one name are told apart", async ({ page }) => {
  page.on("dialog", (dialog) => dialog.accept());
  await signIn(page, "ada");
  const [one, two] = [await write(page, "Kept draft"), await write(page, "Written meanwhile")];
  await page.goto(`/orders/${one}/update/`);
  await hydrated(page);
  await page.getByLabel("Business name").fill("Kept draft and more");
  await page.getByLabel("Mobile").fill("nonsense");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator("#mobile")).toHaveAttribute("aria-invalid", "true");
  await page.goto(`/orders/${two}/`);
  await hydrated(page);
  await page.getByLabel("Comment", { exact: true }).fill("Something else.");
  await page.getByRole("button", { name: "Comment", exact: true }).click();
  await expect(page.locator(".timeline-note")).toHaveCount(1);
  expect((await drafts(page)).map((key) => key.split(" ")[2])).toEqual([`/orders/${one}/update/`]);
  await page.goto(`/orders/${one}/update/`);
  await hydrated(page);
  await expect(page.getByLabel("Business name")).toHaveValue("Kept draft and more");
  await page.getByLabel("Mobile").fill("07700 900615");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator(".order-head h1")).toHaveText("Kept draft and more");
  expect(await drafts(page)).toEqual([]);
  // Ticks of a group share a name.
  await page.goto("/admin/settings/rules/");
  await hydrated(page);
  const boxes = page.locator("input[type=checkbox][name=next_NW]");
  const before = await boxes.evaluateAll((all) => all.map((it) => it.checked));
  const first = before.indexOf(false);
  await boxes.nth(first).check();
  await expect.poll(() => drafts(page)).toHaveLength(1);
  await page.goto("/admin/settings/rules/");
  await hydrated(page);
  await expect(boxes.nth(first)).toBeChecked();
  expect(await boxes.evaluateAll((all) => all.map((it) => it.checked))).toEqual(before.map((on, nth) => on || nth === first));
  await page.getByRole("button", { name: "Discard" }).click();
  expect(await boxes.evaluateAll((all) => all.map((it) => it.checked))).toEqual(before);
  expect(await drafts(page)).toEqual([]);
});

test("what was saved is in no form again, though the page after it was left before it ran; what was not answered is", async ({ page }) => {
  await signIn(page, "ada");
  // The page of a company cannot look after what was sent: it stands for one that is left before its scripts run.
  await page.addInitScript(() => {
    if (/^\/companies\/\d+\/$/.test(location.pathname)) Object.defineProperty(window, "sessionStorage", { get() { throw new Error("left before this"); } });
  });
  const name = page.getByLabel("Name", { exact: true });
  for (const company of ["Left Lathes Ltd", "Left Looms Ltd"]) {
    await page.goto("/companies/new/");
    await hydrated(page);
    await expect(name).toHaveValue("");
    await name.fill(company);
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/companies\/\d+\//);
  }
  await page.goto("/companies/new/");
  await hydrated(page);
  await name.fill("Left Ladders Ltd");
  await page.route("**/companies/new/", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/chrome-error|companies\/new/);
  await page.unroute("**/companies/new/");
  await page.goto("/companies/");
  await page.goto("/companies/new/");
  await expect(page.locator(".draft-kept")).toContainText("hasn't been saved yet");
  await expect(name).toHaveValue("Left Ladders Ltd");
});

test("a form that was sent before its draft could be kept leaves none when it is stored, whoever sends it", async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  /** Holds back what the addresses match, until it is let through. */
  const hold = async (url, method) => {
    let pass;
    const late = new Promise((resolve) => { pass = resolve; });
    await page.route(url, async (route) => {
      if (route.request().method() === method) await late;
      await route.continue();
    });
    return pass;
  };
  // While an answer is awaited the page itself cannot be asked.
  await page.addInitScript(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (key, ...rest) {
      setItem.call(this, key, ...rest);
      if (key.startsWith("draft ")) console.info("a draft is kept");
    };
  });
  await signIn(page, "ada");
  const name = page.getByLabel("Name", { exact: true });
  const business = page.getByLabel("Business name");
  for (const [address, field, answer, stored] of [
    ["/companies/new/", name, "**/companies/new/", /\/companies\/\d+\//],
    ["/orders/new/", business, "**/fn/orders/create", /\/orders\/\d+\//],
  ]) {
    await page.goto(address);
    await hydrated(page);
    await expect(field).toHaveValue("");
    const [passDrafts, passAnswer] = [await hold("**/pkg/drafts.*.js", "GET"), await hold(answer, "POST")];
    await field.fill("Sent Early Ltd");
    await page.getByRole("button", { name: "Save" }).click({ noWaitAfter: true });
    const isKept = page.waitForEvent("console", (it) => it.text() === "a draft is kept");
    passDrafts();
    await isKept;
    passAnswer();
    await page.waitForURL(stored);
    await page.goto(address);
    await hydrated(page);
    await expect.poll(() => drafts(page)).toEqual([]);
    await expect(field).toHaveValue("");
    await expect(page.locator(".draft-kept")).toHaveCount(0);
  }
  // Written before what keeps drafts comes, on a slow line: the page of the order is awaited still.
  await page.goto("/orders/new/");
  await hydrated(page);
  const [passDrafts, passRest] = [await hold("**/pkg/drafts.*.js", "GET"), await hold(/\/fn\/(?!orders\/create$)/, "POST")];
  await business.fill("Sent Early Ltd");
  const written = page.waitForResponse("**/fn/orders/create");
  await page.getByRole("button", { name: "Save" }).click({ noWaitAfter: true });
  await (await written).finished();
  const come = page.waitForResponse("**/pkg/drafts.*.js");
  passDrafts();
  await (await come).finished();
  passRest();
  await page.waitForURL(/\/orders\/\d+\//);
  await page.goto("/orders/new/");
  await hydrated(page);
  await expect.poll(() => drafts(page)).toEqual([]);
  await expect(business).toHaveValue("");
  await context.close();
});

test("what is typed before what keeps it has come is not drawn over, neither by what was read before nor before the page was live", async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  await signIn(page);
  const number = await write(page, "Typed early");
  const comment = page.getByLabel("Comment", { exact: true });
  for (const late of ["drafts", "live"]) {
    await page.goto("/orders/");
    await hydrated(page);
    let holds = true;
    const hold = async (url, method) => {
      const passes = [];
      await page.route(url, async (route) => {
        if (holds && route.request().method() === method) await new Promise((resolve) => { passes.push(resolve); });
        await route.continue();
      });
      return passes;
    };
    // An idle page may ask for the module before anything is typed.
    const modules = await hold(`**/pkg/${late}.*.js`, "GET");
    let reads = [];
    await page.goto(`/orders/${number}/`, { waitUntil: "commit" });
    await hydrated(page);
    // Another read is on its way, and comes after what is typed.
    if (late === "drafts") {
      await live(page);
      reads = await hold("**/fn/orders/show*", "POST");
      await page.evaluate(() => dispatchEvent(new CustomEvent("curlew:again")));
      await expect.poll(() => reads.length).toBe(1);
    }
    await comment.fill(`Typed before ${late} came.`);
    await page.evaluate(() => { document.querySelector("#page").dataset.before = "yes"; document.querySelector(".timeline-write").dataset.before = "yes"; });
    await expect.poll(() => modules.length).toBe(1);
    // What is held stays held: without its routes the browser would let it go.
    holds = false;
    if (late === "drafts") {
      // What was read is there, and is not drawn.
      const shown = page.waitForResponse("**/fn/orders/show*");
      reads[0]();
      // A held page does not read the whole of it yet.
      await shown;
      await page.waitForTimeout(300);
      await expect(comment).toHaveValue("Typed before drafts came.");
      modules[0]();
    } else {
      modules[0]();
      await live(page);
      await page.evaluate(() => dispatchEvent(new CustomEvent("curlew:again")));
    }
    // Drawn with what was read, in place, with the text in it.
    await expect(page.locator(".timeline-write[data-before]")).toHaveCount(1);
    await expect(comment).toHaveValue(`Typed before ${late} came.`);
    await page.getByRole("button", { name: "Comment", exact: true }).click();
    await expect(page.locator(".timeline-note", { hasText: `Typed before ${late} came.` })).toHaveCount(1);
    await page.unrouteAll({ behavior: "ignoreErrors" });
  }
  await context.close();
});

test("a page that is pressed and typed into while the browser takes it over is taken over", async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await signIn(page);
  const number = await write(page, "Pressed early");
  for (const act of ["pressed", "typed"]) {
    const passes = [];
    // The pieces of the page, and what keeps what is typed.
    await page.route(/\/pkg\/(pieces_.*\.bin|[\w-]+\.[\w-]{6}\.wasm|drafts\..*\.js)$/, async (route) => {
      await new Promise((resolve) => { passes.push(resolve); });
      await route.continue();
    });
    await page.goto(`/orders/${number}/`, { waitUntil: "commit" });
    await live(page);
    expect(await page.evaluate(() => document.documentElement.dataset.hydrated), "the piece of this page is awaited").toBeUndefined();
    const comment = page.getByLabel("Comment", { exact: true });
    if (act === "pressed") {
      const { x, y } = await page.locator("#timeline-title").boundingBox();
      await page.mouse.move(x + 5, y + 5);
      await page.mouse.down();
    } else {
      await comment.fill("Typed while it came.");
    }
    await expect(page.locator("html")).toHaveAttribute("data-held", "");
    await page.unrouteAll({ behavior: "ignoreErrors" });
    passes.forEach((pass) => pass());
    await hydrated(page);
    await page.mouse.up();
    if (act === "typed") {
      await expect(comment).toHaveValue("Typed while it came.");
      await page.getByRole("button", { name: "Comment", exact: true }).click();
      await expect(page.locator(".timeline-note", { hasText: "Typed while it came." })).toHaveCount(1);
    }
  }
  expect(errors).toEqual([]);
  await context.close();
});

test("whoever signs out is led to the sign-in, and not by what the page reads meanwhile", async ({ browser }) => {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  await signIn(page, "ada");
  await hydrated(page);
  await preloaded(page);
  // The session has ended, and its answer is on its way while the page reads again.
  let refused = 0;
  page.on("response", (it) => { if (it.status() === 401) refused += 1; });
  await page.route("**/logout/", async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    await expect.poll(() => refused).toBeGreaterThan(0);
    await new Promise((resolve) => { setTimeout(resolve, 500); });
    await route.fulfill({ response }).catch(() => undefined);
  });
  await page.evaluate(() => setInterval(() => dispatchEvent(new CustomEvent("curlew:moved")), 100));
  await page.locator(".menu > summary").click();
  await page.getByRole("button", { name: "Sign out" }).click({ noWaitAfter: true });
  await page.waitForURL(/\/login\//);
  expect(new URL(page.url()).search).toBe("");
  await context.close();
});

test("single keys can be switched off, and N asks about what is typed", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Keyed");
  await page.goto(`/orders/${number}/update/`);
  await hydrated(page);
  await preloaded(page);
  await page.getByLabel("Business name").fill("Keyed and changed");
  await page.getByLabel("Business name").blur();
  const asked = page.waitForEvent("dialog");
  const pressed = page.keyboard.press("n");
  const dialog = await asked;
  expect(dialog.message()).toContain("Leave without saving?");
  await dialog.dismiss();
  await pressed;
  await expect(page).toHaveURL(/update/);
  await page.goto("/orders/");
  await hydrated(page);
  await preloaded(page);
  await page.keyboard.press("?");
  await page.getByLabel("Single-key shortcuts").uncheck();
  await page.getByRole("button", { name: "Close" }).click();
  for (const key of ["j", "n", "?", "/"]) await page.keyboard.press(key);
  await page.waitForTimeout(300);
  await expect(page).toHaveURL("/orders/");
  await expect(page.locator("dialog[open]")).toHaveCount(0);
  expect(await page.evaluate(() => document.activeElement?.id ?? "")).not.toBe("search");
  await page.reload();
  await hydrated(page);
  await page.keyboard.press("j");
  await page.waitForTimeout(200);
  expect(await page.evaluate(() => document.activeElement?.hasAttribute("data-row"))).toBe(false);
  await page.keyboard.press("Control+k");
  await expect(page.locator("#search")).toBeFocused();
});

test("a second press while a move, a comment or a follow-up is under way does nothing, and the button says so", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Pressed twice");
  await page.goto(`/orders/${number}/`);
  await hydrated(page);
  const sent = [];
  const slow = async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    sent.push(new URL(route.request().url()).pathname);
    await new Promise((resolve) => { setTimeout(resolve, 900); });
    return route.continue();
  };
  for (const path of ["**/fn/orders/change_status*", "**/fn/comments/save*", "**/follow-up/"]) await page.route(path, slow);
  const move = page.locator(".transitions").getByRole("button", { name: "To Process" });
  await move.click();
  await expect(page.locator(".transitions form[aria-busy]")).toHaveCount(1);
  expect(await move.evaluate((it) => getComputedStyle(it, "::after").content)).toContain("…");
  await move.click();
  await page.locator(".transitions").getByRole("button", { name: "Held" }).click();
  await expect(page.locator(".order-head .status-badge")).toHaveText("To Process");
  expect(sent).toEqual(["/fn/orders/change_status"]);
  await page.getByLabel("Comment", { exact: true }).fill("Once.");
  // Beside it stands Discard, when the page was drawn anew under what is typed.
  const comment = page.locator(".timeline-write .button-primary");
  await comment.click();
  await comment.click();
  await expect(page.locator(".timeline-note", { hasText: "Once." })).toHaveCount(1);
  expect(sent.filter((it) => it === "/fn/comments/save")).toHaveLength(1);
  await page.locator(".order-follow-up-form summary").click();
  await page.locator("#fu-follow_up_on").fill("2030-01-02");
  const set = page.getByRole("button", { name: "Save follow-up" });
  await set.click({ noWaitAfter: true });
  await set.click({ noWaitAfter: true, timeout: 500 }).catch(() => undefined);
  await expect(page.locator(".order-follow-up")).toContainText("2 Jan 2030");
  expect(sent.filter((it) => it.endsWith("/follow-up/"))).toHaveLength(1);
});

test("an older answer never takes the place of a newer one", async ({ page }) => {
  await signIn(page);
  await write(page, "Twin of the first", { mobile: "07700 900612" });
  await write(page, "Twin of the second", { mobile: "07700 900613" });
  await page.goto("/orders/new/");
  await hydrated(page);
  let asked = 0;
  await page.route("**/fn/orders/similar*", async (route) => {
    // The first answer is the last to come.
    if (++asked === 1) await new Promise((resolve) => { setTimeout(resolve, 1_500); });
    await route.continue();
  });
  const mobile = page.getByLabel("Mobile");
  await mobile.fill("07700 900612");
  await mobile.blur();
  await expect.poll(() => asked).toBe(1);
  await mobile.fill("07700 900613");
  await mobile.blur();
  await expect(page.locator(".notice")).toContainText("Twin of the second");
  await page.waitForTimeout(1_800);
  await expect(page.locator(".notice")).toContainText("Twin of the second");
  await expect(page.locator(".notice")).not.toContainText("Twin of the first");
});

test("an older answer to a search never takes the place of a newer one", async ({ page }) => {
  await signIn(page);
  await write(page, "Quokka First");
  await write(page, "Quokka Second");
  await page.goto("/orders/");
  await hydrated(page);
  await preloaded(page);
  await page.route("**/fn/orders/list*", async (route) => {
    // What was asked with fewer letters is the last to come.
    if (/query=quokka(%20|\+)?f?"/.test(route.request().postData() ?? "")) await new Promise((resolve) => { setTimeout(resolve, 1_500); });
    await route.continue();
  });
  const search = page.locator("#search");
  await search.fill("quokka f");
  await page.waitForTimeout(200);
  await search.fill("quokka second");
  await expect(page.locator(".orders-link")).toHaveText(["Quokka Second"]);
  await page.waitForTimeout(2_000);
  await expect(page.locator(".orders-link")).toHaveText(["Quokka Second"]);
  await expect(page.locator("h1")).toHaveText("Search: quokka second");
});

test("a board asks for the reason where the move was asked for", async ({ page }) => {
  await signIn(page);
  const number = await write(page, "Board asks");
  await page.goto("/orders/board/");
  await hydrated(page);
  const card = page.locator(".board-card", { hasText: number });
  const move = card.getByRole("button", { name: `Move order ${number}` });
  const menu = page.getByRole("dialog", { name: `Move order ${number}` });
  await move.click();
  await menu.getByRole("button", { name: "Cancelled" }).click();
  const dialog = page.getByRole("dialog", { name: "Move to Cancelled" });
  await expect(dialog).toBeVisible();
  await expect(page).toHaveURL("/orders/board/");
  await expect(page.locator(".flash")).toHaveCount(0);
  await expect(dialog.locator(".field-error .field-message")).not.toBeEmpty();
  // Sent without a reason, and left by Cancel before the answer: it stays closed when that comes, and the focus is where it was.
  let pass;
  const late = new Promise((resolve) => { pass = resolve; });
  await page.route("**/fn/orders/change_status", async (route) => {
    await late;
    await route.continue();
  });
  const answered = page.waitForResponse("**/fn/orders/change_status");
  await dialog.getByRole("button", { name: "Move to Cancelled" }).click();
  await dialog.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect(dialog).toHaveCount(0);
  pass();
  await (await answered).finished();
  await page.unroute("**/fn/orders/change_status");
  await page.waitForTimeout(300);
  await expect(dialog).toHaveCount(0);
  await expect(move).toBeFocused();
  await move.click();
  await menu.getByRole("button", { name: "Cancelled" }).click();
  await dialog.getByLabel("Loss reason").fill("Too dear");
  await dialog.getByRole("button", { name: "Move to Cancelled" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.locator(".flash")).toContainText(`${number} moved to Cancelled`);
  await expect(page.getByRole("region", { name: "Cancelled" }).locator(".board-card", { hasText: number })).toBeVisible();
});

test("the business keeps 220 pixels at every width, and no name of the leaderboard breaks inside a word", async ({ page }) => {
  await signIn(page);
  for (const width of [1024, 1100, 1180, 1280, 1366, 1440, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    await page.goto("/orders/");
    const cell = await page.locator("td.orders-customer").first().boundingBox();
    expect(cell.width, `${width}`).toBeGreaterThanOrEqual(220);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `${width}: nothing sticks out`).toBeLessThanOrEqual(width);
    await page.goto("/");
    const broken = await page.locator(".leaderboard-who > span").evaluateAll((all) =>
      all.filter((it) => {
        // A word that begins on one line and ends on another is broken.
        const text = it.firstChild;
        return [...text.data.matchAll(/\S+/g)].some(({ index, 0: word }) => {
          const range = document.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          return range.getClientRects().length > 1;
        });
      }).map((it) => it.textContent));
    expect(broken, `${width}`).toEqual([]);
  }
});

test("a follow-up in the past and an odd postcode are questioned, and kept", async ({ page }) => {
  await signIn(page);
  await page.goto("/orders/new/");
  await hydrated(page);
  await page.getByLabel("Business name").fill("Questioned");
  const postcode = page.locator("#billing_postcode");
  await postcode.fill("???");
  await postcode.blur();
  await expect(page.locator("#billing_postcode-error")).toHaveText("This doesn't look like a postcode. Is it correct?");
  await expect(postcode).not.toHaveAttribute("aria-invalid", "true");
  await page.locator("#follow_up_on").fill("2020-01-02");
  await page.locator("#follow_up_on").blur();
  await expect(page.locator("#follow_up_on-error")).toHaveText("This date is in the past. Is it correct?");
  await postcode.fill("D02 X285");
  await postcode.blur();
  await expect(page.locator("#billing_postcode-error")).toBeEmpty();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator(".flash")).toContainText("This date is in the past. Is it correct?");
  await expect(page.locator(".order-follow-up")).toContainText("2 Jan 2020");
});

test("companies are merged and deleted from their page", async ({ page }) => {
  await signIn(page);
  const made = async (name) => {
    await page.goto("/companies/new/");
    await page.getByLabel("Name").fill(name);
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/\/companies\/\d+\//);
    return /\d+/.exec(page.url().split("/companies/")[1])[0];
  };
  const [one, two] = [await made("Zebra Crossing Ltd"), await made("ZEBRA crossing ltd")];
  await page.goto("/companies/?query=zebra");
  await expect(page.locator(".company-names")).toContainText(`(no. ${one})`);
  await expect(page.locator(".company-names")).toContainText(`(no. ${two})`);
  await page.goto(`/companies/${two}/`);
  await page.getByLabel("Merge into").fill("Nobody of this name");
  await page.getByRole("button", { name: "Merge companies" }).click();
  await expect(page.getByText("No company is called “Nobody of this name”: enter its full name")).toBeVisible();
  await expect(page.getByLabel("Merge into")).toHaveValue("Nobody of this name");
  await page.getByLabel("Merge into").fill(`Zebra Crossing Ltd (no. ${one})`);
  await page.getByRole("button", { name: "Merge companies" }).click();
  await expect(page.locator(".flash")).toContainText("Companies merged");
  await page.goto("/companies/?query=zebra");
  await expect(page.locator(".company-names li")).toHaveText(["Zebra Crossing Ltd"]);
  await page.goto(`/companies/${one}/`);
  await page.getByRole("button", { name: "Delete this company" }).click();
  await expect(page.locator(".flash")).toContainText("Deleted");
  await page.goto(`/companies/${one}/`);
  await expect(page.getByText("This company was deleted")).toBeVisible();
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.locator(".flash")).toContainText("Company restored");
});
