// The door: whoever signs out with something unsent is asked first.
import { part } from "./parts.js";
import { goodbye, isReachable, run, unsent, wipe } from "./core.js";

/** Sign-out wipes the copies of this device; what was not sent is asked about first, and stays sealed for its owner. */
export async function leave(form, show) {
  if ((await unsent()) && isReachable()) await run().catch(() => undefined);
  const left = await unsent();
  if (left && !confirm(`You have ${left} unsent ${left === 1 ? "change" : "changes"}. Unsent changes stay on this device until you sign in here again. Sign out?`)) return show();
  // Nobody reads or sends anything meanwhile, in any tab.
  await navigator.locks.request("curlew-outbox", async () => {
    goodbye();
    document.documentElement.dataset.leaving = "yes";
    await wipe();
    (await part("drafts"))?.forget();
    form.dataset.left = "yes";
    form.submit();
    await new Promise((resolve) => { setTimeout(resolve, 5_000); });
  });
}
