// The form of an assessment goes on without a connection. Loaded by the form itself and by the empty page that the
// worker shows instead of it. A browser that cannot keep anything uses the form as it is.
import { afterOne, waitingHere } from "./after.js";
import { takeOver } from "./form.js";
import { make, say, waits } from "./pieces.js";
import { ask, useToken } from "./sending.js";
import { offerToUse } from "../../kernel/frontend/using.js";
import { DEVICE, count, drafts, get, remove, update, waitingIn } from "./store.js";

const WEEK = 7 * 24 * 3600 * 1000;
const ANSWER = /\/assessments\/([0-9a-f-]{36})\/answer\/$/;

async function start() {
  const ways = document.getElementById("bedside-ways");
  if (!ways || !window.isSecureContext || !window.indexedDB || !navigator.serviceWorker) return;
  const form = document.getElementById("assessment-form");
  const touched = new Set(); // pressed before the device takes the form over: kept then
  form?.addEventListener("input", (event) => {
    const box = event.target.closest("[data-item]");
    if (box) touched.add(box.dataset.item);
  });
  try {
    await navigator.serviceWorker.register(ways.dataset.worker);
  } catch {} // offline, or not allowed: what lies here is there all the same
  if (document.getElementById("bedside")) await fromDevice(form, ways.dataset);
  else if (form) await fromPage(form, ways.dataset, touched);
  else await after();
  await count();
}

async function after() {
  const { account } = document.querySelector('meta[name="session-seconds"]').dataset;
  const one = document.getElementById("bedside-after");
  const here = document.getElementById("bedside-here");
  if (one) await afterOne(one, account);
  if (here) await waitingHere(here, account);
}

// With a connection: the page is there, and the device takes along what it needs.
async function fromPage(form, ways, touched) {
  const account = document.querySelector('meta[name="session-seconds"]').dataset.account;
  const csrf = document.querySelector("input[name=csrfmiddlewaretoken]");
  useToken(csrf && csrf.value);
  const told = await ask(form.dataset.bedside);
  if (typeof told === "string" || told.json.state !== "DRAFT" || told.json.account !== account) return;
  const key = `${account}/${form.dataset.assessment}`;
  const address = { save: form.dataset.save, sign: form.dataset.save.replace(/answer\/$/, "sign/"), all: ways.shell };
  const doors = { session: ways.session, signIn: ways.signIn };
  await update(DEVICE, () => ({ key: DEVICE, account }));
  await update(key, (earlier) => ({
    ...(earlier || { key, id: form.dataset.assessment, device: form.dataset.device, waiting: {}, conflicts: {}, refused: {} }),
    ...told.json,
    ...address,
    ...doors,
    ended: null,
    seen: Date.now(),
  }));
  await tidy(account);
  keepShell(ways.shell);
  await takeOver(form, key, touched);
}

// Without one: the empty page is filled from the device.
async function fromDevice(form, ways) {
  const says = document.getElementById("bedside-says");
  const device = await get(DEVICE);
  const found = ANSWER.exec(location.pathname);
  const draft = found && device && (await get(`${device.account}/${found[1]}`));
  if (!draft) {
    await list(device, says, Boolean(found));
    return;
  }
  document.title = draft.title;
  document.getElementById("heading").textContent = draft.heading;
  document.getElementById("lead").innerHTML = draft.lead;
  form.innerHTML = draft.questions;
  offerToUse(form);
  document.getElementById("bedside-one").hidden = false;
  document.getElementById("trail-list").hidden = false;
  await takeOver(form, draft.key);
}

async function list(device, says, missing) {
  const own = (await drafts()).filter((one) => device && one.account === device.account);
  const rows = own.map((one) => {
    const link = make("a", { href: one.save, textContent: one.title });
    const n = waitingIn(one);
    return make("li", {}, make("p", {}, link, n ? ` · ${waits(n)}` : ""));
  });
  says.textContent = missing ? say("not_here") : own.length ? "" : say("none_here");
  const shown = document.getElementById("bedside-list");
  shown.replaceChildren(...rows);
  shown.hidden = !rows.length;
  if (device) await waitingHere(document.getElementById("bedside"), device.account);
}

// What is sent and old, or of somebody who was signed in here before, does not stay.
async function tidy(account) {
  for (const one of await drafts()) {
    if (!waitingIn(one) && (one.account !== account || one.seen < Date.now() - WEEK)) await remove(one.key);
  }
}

// In the language of the reader, for when there is no connection.
async function keepShell(address) {
  try {
    const page = await fetch(address);
    for (const name of await caches.keys()) {
      if (page.ok && name.startsWith("bedside-")) await (await caches.open(name)).put(address, page.clone());
    }
  } catch {} // the one of the build stays
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
