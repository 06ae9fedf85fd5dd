// Two minutes before a session ends the page says so, and one press goes on. When it has ended, what was typed
// stays on the page: whoever signs in again in another window comes back and goes on.
import { say } from "./words.js";
import { serverNow } from "./times.js";

const AHEAD = 120000;
const LOOK = 5000;
let told, endsAt, asking, box;
let state = "quiet"; // then warned, then over; other when somebody else has signed in here

export function watchSession() {
  told = document.querySelector('meta[name="session-seconds"]');
  if (!told) return;
  endsAt = Date.now() + Number(told.content) * 1000;
  setInterval(look, LOOK);
  window.addEventListener("focus", lookAgain);
  document.addEventListener("visibilitychange", () => !document.hidden && lookAgain());
  document.body.addEventListener("htmx:responseError", (event) => event.detail.xhr.status === 401 && tellOver());
  look();
}

function look() {
  const left = endsAt - Date.now();
  if (state === "over" || state === "other" || left > AHEAD || (state === "warned" && left > 0)) return;
  lookAgain();
}

// Another window may have gone on, or signed out: the server knows.
async function lookAgain() {
  if (asking || (state === "quiet" && endsAt - Date.now() > AHEAD)) return;
  asking = true;
  const answer = await ask("GET");
  asking = false;
  if (answer === undefined) return; // no line to the server: looked at again
  if (!answer) tellOver();
  else if (answer.account !== told.dataset.account) tellOther();
  else follow(answer);
}

function follow(answer) {
  endsAt = Date.now() + answer.seconds * 1000;
  const again = state === "over" || state === "other";
  if (again) renew(answer.csrf);
  if (answer.seconds * 1000 > AHEAD) {
    close();
    if (again) tell(say("session_again"));
  } else if (state !== "warned") warn();
}

async function ask(method) {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const headers = token && method === "POST" ? { "X-CSRFToken": token.value } : {};
  try {
    const answer = await fetch(told.dataset.url, { method, headers, credentials: "same-origin" });
    if (answer.status >= 500) return undefined;
    const json = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    return answer.ok && json ? await answer.json() : null; // else it is the page to sign in
  } catch {
    return undefined;
  }
}

function warn() {
  const button = Object.assign(document.createElement("button"), { className: "button primary", type: "button" });
  button.textContent = say("session_go_on");
  button.addEventListener("click", async () => {
    const answer = await ask("POST");
    if (answer) follow(answer);
    else if (answer === null) tellOver();
  });
  open("warned", say("session_ends", { time: clock(endsAt) }), say("session_stays"), button);
}

function tellOver() {
  if (state === "over") return;
  const link = Object.assign(document.createElement("a"), { className: "button primary", target: "_blank" });
  link.href = told.dataset.signIn;
  link.textContent = say("session_sign_in");
  open("over", say("session_over", { time: clock(Math.min(endsAt, Date.now())) }), say("session_kept"), link);
}

function tellOther() {
  if (state === "other") return;
  const link = Object.assign(document.createElement("a"), { className: "button primary", href: location.href });
  link.textContent = say("session_load");
  open("other", say("session_other"), "", link);
}

// Forms that stand on the page were written for the session before.
function renew(csrf) {
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = csrf;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": csrf }));
}

function open(next, title, text, action) {
  close();
  state = next;
  box = document.createElement(window.HTMLDialogElement ? "dialog" : "div");
  box.className = `session ${next}`;
  box.setAttribute("aria-labelledby", "session-title");
  box.setAttribute("aria-describedby", "session-text");
  const heading = Object.assign(document.createElement("h2"), { id: "session-title", textContent: title });
  const words = Object.assign(document.createElement("p"), { id: "session-text", textContent: text });
  const actions = Object.assign(document.createElement("p"), { className: "actions" });
  actions.append(action);
  box.append(heading, words, actions);
  if (next !== "warned") box.addEventListener("cancel", (event) => event.preventDefault());
  document.body.append(box);
  if (box.showModal) box.showModal();
  else box.setAttribute("role", "alertdialog");
  action.focus();
}

function close() {
  if (box) box.remove();
  box = undefined;
  state = "quiet";
}

function tell(text) {
  const notice = Object.assign(document.createElement("p"), { className: "notice", textContent: text });
  const status = document.getElementById("status");
  if (status) status.replaceChildren(notice);
}

function clock(at) {
  const shown = new Date(serverNow() + at - Date.now());
  return shown.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}
