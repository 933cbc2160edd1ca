// Times lists and searches as a browser asks for them: node find.mjs port rounds. Median and 99th hundredth, in milliseconds.
import http from "node:http";

const [port, rounds] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

const ask = (method, path, headers, body) =>
  new Promise((done, failed) => {
    const request = http.request({ host: "127.0.0.1", port, method, path, headers, agent }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts).toString() }));
    });
    request.on("error", failed);
    request.end(body);
  });

const signed = await ask(
  "POST",
  "/login/",
  { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" },
  new URLSearchParams({ username: "layla", password: "every call counts" }).toString(),
);
const cookie = signed.headers["set-cookie"].map((it) => it.split(";")[0]).find((it) => it.startsWith("curlew="));

const search = (name, text, rest = "") => [`search: ${name}`, `/orders/search/?query=${encodeURIComponent(text)}${rest}`];
const paths = [
  search("one letter, common", "m"),
  search("one letter, rare", "q"),
  search("two letters, common", "mo"),
  search("two letters, rare", "zy"),
  search("three letters, common", "ltd"),
  search("three letters, inside", "oor"),
  search("rare word", "llanfair"),
  search("word", "moorland"),
  search("two words", "moorland plumbing"),
  search("name", "will hughes"),
  search("number", "1000123"),
  search("part of a number", "0001"),
  search("phone", "07700 900123"),
  search("phone, +44", "+44 7700 900123"),
  search("e-mail", "nia.26257@example.co.uk"),
  search("nothing", "xyzzyqq"),
  search("four words", "moorland ltd ee co"),
  search("common word and status", "ltd", "&status=HD"),
  search("common word and owner", "ltd", "&owner=4"),
  search("page 100", "moor", "&page=100"),
  search("64 KB", "x".repeat(60_000)),
];
const filters = ["", "status=HD", "owner=4", "owner=4&status=CN", "team=1", "team=1&status=NW", "campaign=2", "campaign=2&status=TP", "network=EE", "network=EE&status=CN", "company=5", "company=5&status=CN"];
for (const filter of filters)
  for (const sort of ["", "sort=updated", "sort=value", "sort=business"]) {
    const query = [filter, sort].filter(Boolean).join("&");
    paths.push([`list: ${query || "all"}`, `/orders/${query && `?${query}`}`]);
  }
for (const query of ["owner=4&created_from=2026-06-01&created_to=2026-06-30", "network=EE&connected_from=2026-06-01&connected_to=2026-06-30", "value_from=5000", "due=yes"])
  paths.push([`list: ${query}`, `/orders/?${query}`]);
for (const path of ["/orders/due/", "/orders/mine/", "/orders/board/", "/orders/1000200/", "/duplicates/", "/duplicates/?by=place"]) paths.push([path, path]);

console.log(`${"".padEnd(64)}${"fit".padStart(9)}${"median".padStart(9)}${"p99".padStart(9)}`);
for (const [name, path] of paths) {
  const times = [];
  let fit = "";
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    const { status, body } = await ask("GET", path, { cookie });
    times.push(performance.now() - started);
    if (status !== 200) throw new Error(`${path.slice(0, 80)} answered ${status}`);
    fit = body.match(/of ([\d,+]+) /)?.[1] ?? "";
  }
  times.sort((a, b) => a - b);
  const at = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))].toFixed(1).padStart(9);
  console.log(`${name.padEnd(64)}${fit.padStart(9)}${at(0.5)}${at(0.99)}`);
}
agent.destroy();
