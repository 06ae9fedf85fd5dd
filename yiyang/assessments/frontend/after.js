// Pages that come after the form: what is signed leaves the device, and what came too late is shown beside it.
import { ended } from "./conflicts.js";
import { make, waits } from "./pieces.js";
import { send } from "./sending.js";
import { drafts, get, remove, waitingIn } from "./store.js";

// The page of a result: nothing of it stays here, unless answers wait that it does not hold.
export async function afterOne(place, account) {
  const draft = await get(`${account}/${place.dataset.assessment}`);
  if (!draft) return;
  if (waitingIn(draft)) await send(draft.key);
  const left = await get(draft.key);
  if (left && left.ended) place.append(ended(left));
  else if (left && !waitingIn(left)) await remove(left.key);
}

// Lists: what waits is sent, and what could not be is named.
export async function waitingHere(place, account) {
  for (const draft of await drafts()) {
    if (draft.account !== account || !waitingIn(draft)) continue;
    await send(draft.key);
    const left = await get(draft.key);
    if (left && left.ended) place.append(make("h2", { textContent: left.title }), ended(left));
    else if (left && waitingIn(left)) {
      const link = make("a", { href: left.save, textContent: left.title });
      place.append(make("p", { className: "notice warning" }, link, ` · ${waits(waitingIn(left))}`));
    }
  }
}
