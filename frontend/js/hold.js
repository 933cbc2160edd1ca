// Whether the page is held: the pointer is `pressed` or something is `carried` (dragged), or text was typed and
// the drafts module is not loaded yet. Redraws wait for the
// release. Pages see it as `data-held`.

const root = document.documentElement;
let heldBy;
let pendingModule;
/** Dispatched on release. */
export const holdEvents = new EventTarget();
export const isHeld = () => Boolean(heldBy ?? pendingModule);
function update() {
  root.toggleAttribute("data-held", isHeld());
  // After the handlers of this event, which still need the page as it is.
  setTimeout(() => isHeld() || holdEvents.dispatchEvent(new Event("released")));
}

/** The maximum time to wait for the drafts module, in milliseconds. */
const PATIENCE = 10_000;
/** Holds the page until a promise settles. */
export function holdFor(keeper) {
  const hold = (what) => {
    pendingModule = what;
    update();
  };
  hold(keeper);
  setTimeout(hold, PATIENCE);
  return keeper.finally(hold);
}

const hold = (how) => {
  heldBy = how;
  update();
};
addEventListener("pointerdown", () => hold("pressed"), true);
addEventListener("dragstart", () => hold("carried"), true);
// A dropped element may be gone without further events; while dragging no pointer moves. A browser menu
// swallows the release of a press: then the next key or movement ends it.
for (const kind of ["pointerup", "dragend", "drop", "pointermove", "pointercancel", "keydown"]) {
  addEventListener(kind, ({ buttons }) => {
    if (!heldBy || (heldBy === "carried" && (kind === "pointercancel" || kind === "keydown")) || (kind === "pointermove" && buttons !== 0)) return;
    hold();
  }, true);
}

/** Waits until the page is not held. */
export async function whenReleased() {
  while (isHeld()) await new Promise((resolve) => holdEvents.addEventListener("released", resolve, { once: true }));
}
