// Whether a hand holds something of the page: the pointer has it, `pressed` and not yet released or `carried`; or it is typed, and
// nothing keeps it yet. What is drawn anew in that moment would be taken from under it, so whatever redraws the page waits for the
// release. The pages see it by `data-held`.

const root = document.documentElement;
let held;
let coming;
/** Dispatched when what was held is released. */
export const pointer = new EventTarget();
export const isHeld = () => Boolean(held ?? coming);
function mark() {
  root.toggleAttribute("data-held", isHeld());
  // After the handlers of this event: what they read of the page is still there.
  setTimeout(() => isHeld() || pointer.dispatchEvent(new Event("released")));
}

/** How long what keeps the text may take to come, in milliseconds: whoever leaves the page is not held any longer. */
const PATIENCE = 10_000;
/** Holds what is typed until what keeps it has come, or cannot come. */
export function holdFor(keeper) {
  const hold = (what) => {
    coming = what;
    mark();
  };
  hold(keeper);
  setTimeout(hold, PATIENCE);
  return keeper.finally(hold);
}

const hold = (how) => {
  held = how;
  mark();
};
addEventListener("pointerdown", () => hold("pressed"), true);
addEventListener("dragstart", () => hold("carried"), true);
// What is dropped may be gone from where it was, and says nothing more; while it is carried no pointer moves. A menu of the browser
// takes the release of a press: then the next key or movement says that it is over.
for (const kind of ["pointerup", "dragend", "drop", "pointermove", "pointercancel", "keydown"]) {
  addEventListener(kind, ({ buttons }) => {
    if (!held || (held === "carried" && (kind === "pointercancel" || kind === "keydown")) || (kind === "pointermove" && buttons !== 0)) return;
    hold();
  }, true);
}

/** Waits until nothing is held. */
export async function released() {
  while (isHeld()) await new Promise((resolve) => pointer.addEventListener("released", resolve, { once: true }));
}
