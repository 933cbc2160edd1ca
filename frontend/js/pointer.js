// Whether the pointer holds something of the page: `pressed` and not yet released, or `carried`. What is drawn anew in that moment
// would be taken from under it, so whatever redraws the page waits for the release. The pages see it by `data-held`.

const root = document.documentElement;
let held;
const hold = (how) => {
  held = how;
  root.toggleAttribute("data-held", how !== undefined);
};
/** Dispatched when what was held is released. */
export const pointer = new EventTarget();
export const isHeld = () => held !== undefined;

addEventListener("pointerdown", () => hold("pressed"), true);
addEventListener("dragstart", () => hold("carried"), true);
// What is dropped may be gone from where it was, and says nothing more; while it is carried no pointer moves. A menu of the browser
// takes the release of a press: then the next key or movement says that it is over.
for (const kind of ["pointerup", "dragend", "drop", "pointermove", "pointercancel", "keydown"]) {
  addEventListener(kind, ({ buttons }) => {
    if (!held || (held === "carried" && (kind === "pointercancel" || kind === "keydown")) || (kind === "pointermove" && buttons !== 0)) return;
    hold();
    // After the handlers of this event: what they read of the page is still there.
    setTimeout(() => held || pointer.dispatchEvent(new Event("released")));
  }, true);
}

/** Waits until nothing is held. */
export async function released() {
  while (held) await new Promise((resolve) => pointer.addEventListener("released", resolve, { once: true }));
}
