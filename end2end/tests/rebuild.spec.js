// A page that is drawn in place shows what a fresh one shows: random walks through the pages, each compared with the page as the server
// sends it and as it is loaded anew.
import { expect, hydrated, preloaded, signIn, test } from "./world.js";

/** Mulberry32, a generator of 32 bits: the same walk for the same seed. */
const generator = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

/** The addresses of a page: its path, and values of its query, of which each may be left out. */
const PAGES = [
  { paths: ["/orders/", "/orders/mine/", "/orders/due/", "/orders/week/", "/orders/trash/", "/orders/connected/month/"], query: { status: ["NW", "CN", "HD", "nonsense"], owner: ["2", "none", "99999"], page: ["1", "2", "7"], size: ["9", "25"], sort: ["created", "-value", "customer"] } },
  { paths: ["/orders/board/"], query: { owner: ["2", "3"], status: ["NW"] } },
  { paths: ["/", "/dashboard/"], query: { period: ["today", "week", "month", "quarter", "year", "never"], team: ["1", "2"], owner: ["2"] } },
  { paths: ["/reports/"], query: { by: ["owner", "campaign", "network", "month"], measure: ["revenue", "orders", "connected"], period: ["month", "year"] } },
  { paths: ["/campaigns/", "/campaigns/1/", "/campaigns/2/", "/campaigns/1/edit/", "/campaigns/new/"], query: {} },
  { paths: ["/companies/", "/companies/1/", "/companies/2/", "/companies/1/edit/", "/companies/new/"], query: { query: ["moor", "zzz"] } },
  { paths: ["/commission/", "/targets/"], query: { month: ["2026-10", "2026-11", "2026-13"] } },
  { paths: ["/activity/"], query: { user: ["2", "3"], kind: ["order", "comment"] } },
  { paths: ["/orders/1000400/", "/orders/1000399/", "/orders/1000398/", "/orders/1000001/"], query: { show: ["notes", "changes"] } },
  { paths: ["/admin/users/", "/admin/users/4/edit/", "/admin/teams/", "/admin/settings/", "/admin/settings/rules/", "/permissions/", "/profile/edit/"], query: {} },
  { paths: ["/duplicates/", "/duplicates/?by=email", "/profile/", "/help/", "/help/orders/", "/nowhere/"], query: {} },
];

const pick = (random, of) => of[Math.floor(random() * of.length)];
const address = (random, { paths, query }) => {
  const path = pick(random, paths);
  const pairs = Object.entries(query).filter(() => random() < 0.4).map(([name, values]) => `${name}=${pick(random, values)}`);
  return pairs.length && !path.includes("?") ? `${path}?${pairs.join("&")}` : path;
};

/** What a page consists of: elements, attributes and text, without what a script adds afterwards, and without how long ago something was. */
const shape = (html) => {
  const page = new DOMParser().parseFromString(`<main>${html}</main>`, "text/html").querySelector("main");
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const it of [...comments, ...page.querySelectorAll(".link-message, .draft-kept, #here-device, script, style")]) it.remove();
  for (const it of page.querySelectorAll("time, [title]")) it.textContent = "";
  for (const it of page.querySelectorAll("*")) for (const { name } of [...it.attributes]) if (["data-date", "data-row-here", "style"].includes(name) || (name === "class" && it.className === "")) it.removeAttribute(name);
  // Leads back to the list that this tab showed last.
  for (const it of page.querySelectorAll(".link-back")) it.removeAttribute("href");
  // Each element on a line of its own, its attributes by name.
  const lines = [];
  const write = (node, depth) => {
    if (node.nodeType === Node.TEXT_NODE) return;
    const attributes = [...node.attributes].map(({ name, value }) => `${name}=${JSON.stringify(value)}`).sort();
    const text = [...node.childNodes].filter((it) => it.nodeType === Node.TEXT_NODE).map((it) => it.data).join("").replace(/\s+/g, " ").trim();
    lines.push(`${" ".repeat(depth)}${node.localName} ${attributes.join(" ")} ${text}`.trimEnd());
    for (const child of node.children) write(child, depth + 1);
  };
  for (const child of page.children) write(child, 0);
  return lines.join("\n");
};

/** The shape of the page on screen, or of the document that the server sends for its address. */
const drawn = (page) => page.evaluate(`(${shape})(document.getElementById("page").innerHTML)`);
const sent = (page, path) =>
  page.evaluate(`(async () => {
    const html = await (await fetch(${JSON.stringify(path)}, { headers: { accept: "text/html" } })).text();
    return (${shape})(new DOMParser().parseFromString(html, "text/html").getElementById("page").innerHTML);
  })()`);

/** Goes to an address as a link does. */
const follow = (page, path) =>
  page.evaluate((path) => {
    const link = Object.assign(document.createElement("a"), { href: path });
    document.body.append(link);
    link.click();
    link.remove();
  }, path);

for (const seed of [1, 2, 3, 4]) {
  test(`a page that is drawn in place shows what a fresh one shows: walk ${seed}`, async ({ page, context }) => {
    test.setTimeout(120_000);
    page.allowed = /./;
    const random = generator(seed);
    await signIn(page, "ada");
    const fresh = await context.newPage();
    let kind = pick(random, PAGES);
    await page.goto(address(random, kind));
    await hydrated(page);
    await preloaded(page);
    for (let step = 0; step < 12; step++) {
      // Mostly to another address of the same page, which is drawn in place.
      if (random() < 0.3) kind = pick(random, PAGES);
      const to = address(random, kind);
      await follow(page, to);
      await fresh.goto(to);
      await hydrated(fresh);
      const expected = await drawn(fresh);
      expect(await sent(fresh, to), `${to}: as sent, and once it is hydrated`).toBe(expected);
      await expect.poll(() => drawn(page), { message: `step ${step} of walk ${seed}, to ${to}` }).toBe(expected);
    }
  });
}

test("every page names the pieces of its route, and a first visit asks for at most twelve files before it is interactive", async ({ browser, page }) => {
  await signIn(page, "ada");
  for (const path of PAGES.flatMap(({ paths }) => paths).filter((it) => it !== "/nowhere/")) {
    const html = await (await page.request.get(path, { headers: { accept: "text/html" } })).text();
    expect(html.match(/<link rel="preload" href="\/pkg\/pieces_\w+\.\w+\.bin"/g), path).toHaveLength(1);
  }
  const cookies = await page.context().cookies();
  for (const path of ["/orders/", "/", "/orders/1000400/", "/orders/new/", "/reports/"]) {
    const context = await browser.newContext({ serviceWorkers: "block" });
    await context.addCookies(cookies);
    const first = await context.newPage();
    // What is asked for by then, by the moment at which the page marks itself.
    await first.addInitScript(() => {
      new MutationObserver(() => {
        if (document.documentElement?.dataset.hydrated && !window.filesAtHydration) window.filesAtHydration = performance.getEntriesByType("resource").map((it) => new URL(it.name).pathname);
      }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-hydrated"] });
    });
    await first.goto(path);
    await hydrated(first);
    const files = await first.evaluate(() => window.filesAtHydration);
    expect(files.length + 1, `${path}: ${files.join(" ")}`).toBeLessThanOrEqual(12);
    await context.close();
  }
});
