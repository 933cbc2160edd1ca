// What the largest body costs the server at every address that takes one: node bodies.mjs port pid. Processor time of the server in
// milliseconds (Linux counts hundredths of a second; each is the mean of some requests), for a quarter, a half and all of what is taken.
import http from "node:http";
import { readFileSync } from "node:fs";

const [port, pid] = process.argv.slice(2).map(Number);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const LARGEST = 2 * 1024 * 1024;
const SIZES = [LARGEST / 4, LARGEST / 2, LARGEST];
const TIMES = 4;

const ask = (path, headers, body) =>
  new Promise((done, failed) => {
    const request = http.request({ host: "127.0.0.1", port, method: "POST", path, headers: { "sec-fetch-site": "same-origin", ...headers }, agent }, (response) => {
      response.resume().on("end", () => done(response));
    });
    request.on("error", failed);
    request.end(body);
  });
/** Processor time of the server so far, in milliseconds. */
const used = () => {
  const after = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(after[11]) + Number(after[12])) * 10;
};
const FORM = "application/x-www-form-urlencoded";
async function signIn() {
  const signed = await ask("/login/", { "content-type": FORM }, new URLSearchParams({ username: "ada", password: "every call counts" }).toString());
  return signed.headers["set-cookie"].map((it) => it.split(";")[0]).find((it) => it.startsWith("curlew="));
}

// --- bodies of so many bytes

const filled = (start, size, end = "") => start + "x".repeat(Math.max(0, size - start.length - end.length)) + end;
const repeated = (part, size) => part.repeat(Math.floor(size / part.length));
/** As many names as a form may have, of those that are looked up in pairs, with values that fill it. */
function pairs(size) {
  const names = ["handset", "tariff", "email", "mobile", "status"].flatMap((it) => [`pick.${it}`, `theirs.${it}`, it]);
  const each = Math.floor(size / 2_000) - 20;
  return Array.from({ length: 2_000 }, (_, n) => `${names[n % names.length]}=theirs${"9".repeat(Math.max(0, each))}`).join("&").slice(0, size);
}
const FORMS = {
  "one long field": (field) => (size) => filled(`${field}=`, size),
  "escapes": (field) => (size) => `${field}=${repeated("%C3%89", size - field.length - 1)}`,
  "2,000 fields": () => pairs,
  "all fields": () => (size) => repeated("pick.x=theirs&", size),
};
const FIELDS = {
  "/login/": "password", "/logout/": "a", "/setup/": "username", "/invite/none/": "password", "/theme/": "theme", "/views/": "name", "/views/remove/": "id",
  "/profile/devices/": "device", "/profile/columns/": "column", "/profile/edit/": "first_name", "/profile/confirm/": "confirm-password", "/profile/password/": "present",
  "/duplicates/": "key", "/campaigns/new/": "name", "/campaigns/1/edit/": "target", "/companies/new/": "note", "/companies/1/edit/": "monthly_spend",
  "/companies/1/merge/": "into", "/commission/close/": "month", "/targets/person/4/": "target", "/admin/users/new/": "username", "/admin/users/4/edit/": "email",
  "/admin/teams/": "name", "/admin/settings/": "name", "/admin/settings/rules/": "next_NW", "/admin/settings/choices/": "name", "/orders/bulk/": "all", "/orders/bulk/1/": "kind",
  "/orders/bulk/1/start/": "a", "/orders/bulk/1/stop/": "a", "/orders/bulk/1/undo/": "a", "/orders/new/": "mobile", "/orders/1000001/update/": "box_value",
  "/orders/9999999/update/": "email", "/orders/1000001/move/": "follow_up_on", "/orders/1000002/trash/": "a", "/orders/1000002/restore/": "a", "/orders/1000001/undo/": "a",
  "/orders/1000001/follow-up/": "follow_up_note", "/orders/1000001/comment/": "body", "/orders/1000001/comment/update/": "status",
};
const text = (start, end) => (size) => filled(start, size, end);
const CALLS = {
  "/fn/orders/list": text('{"address":"/orders/?query=', '"}'),
  "/fn/orders/board": text('{"address":"/orders/board/?owner=', '"}'),
  "/fn/orders/bulk": text('{"id":"', '"}'),
  "/fn/duplicates": text('{"address":"/duplicates/?after=', '"}'),
  "/fn/orders/show": text('{"number":"', '"}'),
  "/fn/orders/form": text('{"of":"', '"}'),
  "/fn/orders/suggest": text('{"field":"company","typed":"', '"}'),
  "/fn/orders/similar": text('{"draft":{"business_name":"', '"},"except":null}'),
  "/fn/orders/create": text('{"uuid":"0193a1f0-5c7e-7bb1-8000-6a3d1c2b4e5f","draft":{"additional_details":"', '"}}'),
  "/fn/orders/edit": text('{"number":"1000001","version":1,"draft":{"mobile":"', '"}}'),
  "/fn/orders/change_status": text('{"number":"1000001","version":1,"to":"HD","asked":{"box_value":"', '"}}'),
  "/fn/comments/save": text('{"number":"1000001","id":null,"text":"', '"}'),
  "/fn/companies": text('{"address":"/companies/?query=', '"}'),
  "/fn/frame": text('{"a":"', '"}'),
  "/fn/actions": text('{"a":"', '"}'),
  "/fn/profile": text('{"a":"', '"}'),
};
const pairsOf = (part) => (size) => `{"address":"/orders/?${repeated(part, size - 40)}"}`;
const outbox = (entry, count) => (size) => {
  const one = (n) => entry(n, Math.max(1, Math.floor(size / count) - 260));
  return JSON.stringify({ user: 1, entries: Array.from({ length: count }, (_, n) => one(n)) }).padEnd(size);
};
const uuid = (n) => `0193a1f0-5c7e-7bb1-8000-${String(n).padStart(12, "0")}`;
const OTHERS = [
  ["/fn/orders/list", "statuses", pairsOf("status=x&")],
  ["/fn/orders/list", "statuses known", pairsOf("status=HD&")],
  ["/fn/activity", "fields", pairsOf("who=x&")],
  ["/fn/orders/show", "brackets", (size) => "[".repeat(size)],
  ["/fn/orders/edit", "fields", (size) => `{"number":"1000001","version":1,"draft":{${repeated('"handset":"a",', size - 80)}"handset":"b"}}`],
  ["/api/v1/sync", "numbers", (size) => `{"user":1,"entries":[${repeated("0,", size - 40)}0]}`],
  ["/api/v1/sync", "100 comments", outbox((n, left) => ({ key: uuid(n), age: 1, kind: "comment", order: "1000001", text: "x".repeat(left) }), 100)],
  ["/api/v1/sync", "100 orders", outbox((n, left) => ({ key: uuid(1_000 + n), age: 1, kind: "create", uuid: uuid(2_000 + n), draft: { additional_details: "x".repeat(left) } }), 100)],
  ["/api/v1/sync", "one edit", (size) => `{"user":1,"entries":[{"key":"${uuid(1)}","age":1,"kind":"edit","order":"1000001","version":1,"changes":[${repeated('["handset","a","b"],', size - 300)}["handset","a","b"]]}]}`],
];

const all = [
  ...Object.entries(FIELDS).flatMap(([path, field]) => Object.entries(FORMS).map(([shape, of]) => [path, shape, of(field), FORM])),
  ...Object.entries(CALLS).map(([path, of]) => [path, "one long text", of, "application/json"]),
  ...OTHERS.map(([path, shape, of]) => [path, shape, of, "application/json"]),
];
let cookie = await signIn();
console.log(`${"address".padEnd(34)}${"body".padEnd(16)}${SIZES.map((it) => `${it / 1024} KiB`.padStart(10)).join("")}   all/half  answer`);
let worst = 0;
for (const [path, shape, of, kind] of all) {
  const cost = [];
  let status;
  for (const size of SIZES) {
    const body = of(size);
    const before = used();
    for (let n = 0; n < TIMES; n++) {
      const answer = await ask(path, { "content-type": kind, cookie }, body);
      status = answer.statusCode;
      if (status === 401 || path === "/logout/") cookie = await signIn();
    }
    cost.push((used() - before) / TIMES);
  }
  worst = Math.max(worst, cost.at(-1));
  const ratio = cost.at(-1) / Math.max(cost.at(-2), 2.5);
  console.log(`${path.padEnd(34)}${shape.padEnd(16)}${cost.map((it) => `${it.toFixed(1)} ms`.padStart(10)).join("")}   ${ratio.toFixed(1).padStart(5)}     ${status}`);
}
console.log(`the most: ${worst.toFixed(1)} ms`);
