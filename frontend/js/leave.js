// Sign-out: asks first if there are unsent changes.
import { part } from "./parts.js";
import { goodbye, isReachable, run, unsent, wipe } from "./core.js";

/** Signs out: deletes the copies of this device after a confirmation; unsent changes stay, encrypted for their user. */
export async function leave(form, show) {
  if ((await unsent()) && isReachable()) await run().catch(() => undefined);
  const left = await unsent();
  if (left && !confirm(`You have ${left} unsent ${left === 1 ? "change" : "changes"}. Unsent changes stay on this device until you sign in here again. Sign out?`)) return show();
  // No tab reads or sends anything meanwhile.
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
