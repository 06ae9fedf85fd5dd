// The form in the browser's hands: each answer is kept on the device first, then sent; without a connection it waits.
import { asked } from "./conditions.js";
import { empty, fault, read, same, write } from "./boxes.js";
import { changed, ended } from "./conflicts.js";
import { make, say, waits } from "./pieces.js";
import { send } from "./sending.js";
import { count, get, onChange, update, waitingIn } from "./store.js";

const SOON = 400;
const TYPING = 1500;
const AGAIN = [2000, 5000, 10000, 30000, 60000];

export async function takeOver(root, key, touched = new Set()) {
  const state = document.getElementById("saved");
  const form = document.getElementById("answers");
  let draft = await get(key);
  let line = "sent";
  let tries = 0;
  let timer, sending, conflictShown, conflictBox;
  const items = Object.fromEntries(draft.items.map((one) => [one.code, one]));
  const boxes = Object.fromEntries([...root.querySelectorAll("[data-item]")].map((one) => [one.dataset.item, one]));
  const bar = make("progress", { attributes: { "aria-label": say("progress") } });
  const figure = make("span", { className: "figure" });
  const status = make("span", { attributes: { role: "status" } });
  complete(root, boxes, draft);
  state.removeAttribute("role");
  state.replaceChildren(make("p", {}, bar, " ", figure, " · ", status));

  function valueOf(code) {
    return draft.waiting[code] ? draft.waiting[code].value : draft.answers[code];
  }

  function show() {
    const values = Object.fromEntries(draft.items.map((one) => [one.code, valueOf(one.code)]));
    const put = asked(draft.items, values, draft.context);
    for (const item of draft.items) {
      const box = boxes[item.code];
      box.hidden = !put.has(item.code);
      if (item.computed) box.querySelector(".figure").textContent = draft.computed[item.code] || "–";
      else write(box, item, values[item.code]);
      fault(box, draft.refused[item.code]);
    }
    const needed = draft.items.filter((one) => one.required && !one.computed && put.has(one.code));
    const done = needed.filter((one) => !empty(values[one.code]) && !draft.refused[one.code]).length;
    Object.assign(bar, { max: Math.max(needed.length, 1), value: done });
    figure.textContent = `${done} / ${needed.length}`;
    tell();
    showConflict();
  }

  function tell() {
    const n = waitingIn(draft);
    count();
    const said = n ? [waits(n)] : [say("sent")];
    if (n && line === "offline") said.push(say("no_line"));
    if (line === "signed-out") said.push(say("signed_out"));
    if (line === "other") said.push(say("other"));
    if (n && line === "decide") said.push(say("decide_first"));
    const text = said.join(" · ");
    if (status.firstChild && status.firstChild.textContent === text) return;
    status.replaceChildren(text);
    if (line !== "signed-out") return;
    const link = make("a", { href: `${draft.signIn}?next=${encodeURIComponent(draft.save)}`, textContent: say("sign_in") });
    status.append(" ", link);
  }

  function showConflict() {
    const now = JSON.stringify([draft.conflicts, draft.ended]);
    if (now === conflictShown) return;
    conflictShown = now;
    if (conflictBox) conflictBox.remove();
    conflictBox = draft.ended ? ended(draft) : Object.keys(draft.conflicts).length ? changed(draft, again) : null;
    root.inert = Boolean(draft.ended);
    if (conflictBox) state.after(conflictBox);
  }

  async function keep(code, pause = SOON) {
    const value = read(boxes[code], items[code]);
    const source = boxes[code].querySelector("[data-taken]")?.value || "";
    draft = await update(key, (one) => kept(one, code, value, source));
    show();
    soon(pause);
  }

  function soon(pause = SOON) {
    clearTimeout(timer);
    timer = setTimeout(go, pause);
  }

  async function again() {
    draft = (await get(key)) || draft;
    show();
    await go();
  }

  async function go() {
    clearTimeout(timer);
    sending = sending || send(key).finally(() => (sending = null));
    line = await sending;
    draft = (await get(key)) || draft;
    show();
    if (line !== "offline" && line !== "signed-out") tries = 0;
    else if (waitingIn(draft)) {
      later();
      timer = setTimeout(go, AGAIN[Math.min(tries++, AGAIN.length - 1)]);
    }
    if (line === "sent" && waitingIn(draft)) soon(); // answered while it was sent
    return line;
  }

  function noted(event) {
    const box = event.target.closest("[data-item]");
    if (!box || !items[box.dataset.item]) return;
    const typing = event.type === "input" && event.target.matches("textarea, input[type=text]");
    keep(box.dataset.item, typing ? TYPING : SOON);
  }

  async function leave(event) {
    event.preventDefault();
    const signs = event.submitter && event.submitter.name === "sign";
    await go();
    const left = waitingIn(draft);
    if (!left && signs) location.href = draft.sign;
    if (left) status.replaceChildren(line === "decide" ? say("decide_first") : signs ? say("not_yet") : `${say("kept")} ${waits(left)}`);
    const first = left && line === "decide" && (conflictBox || root.querySelector(".wrong"));
    if (first) (first.querySelector("input:not([type=hidden]), textarea") || first).focus();
  }

  root.addEventListener("keydown", onward);
  root.addEventListener("change", noted);
  root.addEventListener("input", noted);
  form.addEventListener("submit", leave);
  document.body.addEventListener("htmx:beforeRequest", (event) => root.contains(event.target) && event.preventDefault());
  // What was pressed before this took over is kept below: what is still under way of it may neither come after that,
  // nor wipe away what stands here now.
  state.addEventListener("htmx:beforeSwap", (event) => event.preventDefault());
  for (const code of touched) boxes[code]?.dispatchEvent(new Event("htmx:abort", { bubbles: true }));
  window.addEventListener("online", go);
  document.addEventListener("visibilitychange", () => !document.hidden && waitingIn(draft) && go());
  onChange(async (other) => {
    if (other !== key) return;
    draft = (await get(key)) || draft;
    show();
  });
  for (const code of touched) await keep(code);
  show();
  if (waitingIn(draft)) await go();
}

// Enter after a number or a name goes to the next question, not to the signature.
function onward(event) {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input[type=text], input[type=date]")) return;
  event.preventDefault();
  const boxes = [...event.currentTarget.querySelectorAll("[data-item]:not([hidden])")];
  const after = boxes.slice(boxes.indexOf(event.target.closest("[data-item]")) + 1);
  const fields = after.map((box) => box.querySelector("input:checked, input:not([type=hidden]), textarea"));
  (fields.find(Boolean) || document.querySelector("#answers [name=sign]")).focus();
}

function kept(draft, code, value, source) {
  const before = draft.waiting[code];
  delete draft.refused[code];
  if (!before && same(value, draft.answers[code])) return draft;
  const base = before ? before.base : draft.revision;
  draft.waiting[code] = { value, source, base, at: `${Date.now()}.${Math.random()}` };
  return draft;
}

// Questions that were not put when the page was drawn: their boxes are there, and empty.
function complete(root, boxes, draft) {
  const whole = document.createElement("template");
  whole.innerHTML = draft.questions;
  for (const box of whole.content.querySelectorAll("[data-item]")) {
    const here = boxes[box.dataset.item];
    if (here && !here.children.length) here.append(...box.childNodes);
  }
}

// Where the browser can, what waits is sent even when the page is closed.
async function later() {
  try {
    const worker = await navigator.serviceWorker.ready;
    await worker.sync.register("bedside");
  } catch {} // then it is sent when the page is opened again
}
