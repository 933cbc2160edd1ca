// The user of the offline shell, which contains no user data.
import { answer, who } from "./core.js";

const { user, username = "", creates } = who() ?? {};
// Requests from here have the user of the page.
if (user) document.body.dataset.user = user;
document.documentElement.toggleAttribute("data-reads", creates === false);
const path = (href) => href.replace(/\/$/, "");
for (const link of document.querySelectorAll("[data-place]")) {
  if (path(link.getAttribute("href")) === path(location.pathname)) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}
const frame = await answer("frame\n{}");
const { name, role = "" } = frame ? JSON.parse(frame.text) : { name: username };
for (const place of document.querySelectorAll(".sidebar-me small")) place.textContent = role.charAt(0).toUpperCase() + role.slice(1);
for (const place of document.querySelectorAll(".sidebar-me strong, .menu-head strong")) place.textContent = name;
for (const face of document.querySelectorAll("summary > .avatar, .sidebar-me .avatar")) {
  face.setAttribute("aria-label", name);
  face.title = name;
  face.textContent = name.split(/\s+/).filter((_, nth, all) => nth === 0 || nth === all.length - 1).map((it) => it[0]?.toUpperCase()).join("");
}
