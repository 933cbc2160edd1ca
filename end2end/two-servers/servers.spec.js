// What is done at one server is seen at the other: orders, who has one open, settings.
import { ask, expect, hydrated, PASSWORD, test, write } from "../tests/world.js";

const [ONE, TWO] = ["http://127.0.0.1:3110", "http://127.0.0.1:3111"];

async function at(browser, server, name, path = "/orders/") {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  await page.goto(`${server}/login/?next=${path}`);
  await page.getByLabel("Username").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === path);
  await hydrated(page);
  await page.waitForTimeout(1_000);
  return page;
}

test("an order appears, the dashboard moves, who has it open is shown, a setting counts at once", async ({ browser }) => {
  const [layla, xavier] = [await at(browser, ONE, "layla"), await at(browser, TWO, "xavier")];
  const number = await write(xavier, "From the other server", { box_value: "100" });
  await expect(layla.locator(".live-notice")).toContainText("1 new order");
  const neil = await at(browser, ONE, "neil", "/");
  const figure = neil.locator(".kpi").first();
  const before = await figure.textContent();
  await write(xavier, "Counted at both", { box_value: "100" });
  await expect(figure).not.toHaveText(before);

  await layla.goto(`${ONE}/orders/${number}/`);
  await hydrated(layla);
  await xavier.goto(`${TWO}/orders/${number}/`);
  await hydrated(xavier);
  await expect(layla.locator("#here")).toHaveText("Xavier Taylor has this order open");
  await expect(xavier.locator("#here")).toHaveText("Layla Reyes has this order open");
  await layla.goto(`${ONE}/orders/`);
  await expect(xavier.locator("#here")).toHaveCount(0);

  const ada = await at(browser, ONE, "ada", "/admin/settings/rules/");
  await ada.locator(".settings-rule").filter({ has: ada.locator("h2", { hasText: /^New$/ }) }).getByRole("group", { name: "Can change to" }).getByLabel("Parked").uncheck();
  await ada.getByRole("button", { name: "Save" }).click();
  await expect(ada.getByText("Changes saved")).toBeVisible();
  await xavier.reload();
  await expect(xavier.locator(".transitions-row")).toContainText("To Process");
  await expect(xavier.locator(".transitions-row")).not.toContainText("Parked");
});
