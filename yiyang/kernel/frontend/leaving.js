// Signing out deletes what pages have kept on the device. Where something waits there to be sent, it asks first.
// What keeps such things says so in localStorage: "unsent" is {number, where}, and `where` the page that sends them.
import { say } from "./words.js";

export function guardLeaving() {
  for (const form of document.querySelectorAll("form[data-sign-out]")) form.addEventListener("submit", asked);
}

function asked(event) {
  const { number, where } = unsent();
  if (!number) return;
  event.preventDefault();
  const form = event.currentTarget;
  const box = document.createElement(window.HTMLDialogElement ? "dialog" : "div");
  box.setAttribute("aria-labelledby", "unsent-title");
  const title = Object.assign(document.createElement("h2"), { id: "unsent-title", textContent: say("unsent") });
  const text = Object.assign(document.createElement("p"), { textContent: say("unsent_text") });
  const stay = Object.assign(document.createElement("a"), { className: "button primary", href: where });
  stay.textContent = say("unsent_stay");
  const leave = Object.assign(document.createElement("button"), { className: "button", type: "button" });
  leave.textContent = say("unsent_delete");
  leave.addEventListener("click", () => form.submit());
  const actions = Object.assign(document.createElement("p"), { className: "actions" });
  actions.append(stay, " ", leave);
  box.append(title, text, actions);
  document.body.append(box);
  if (box.showModal) box.showModal();
  else box.setAttribute("role", "alertdialog");
  box.addEventListener("close", () => box.remove());
  stay.focus();
}

function unsent() {
  try {
    const { number, where } = JSON.parse(localStorage.getItem("unsent"));
    return { number, where: new URL(where, location.href).origin === location.origin ? where : "/" };
  } catch {
    return {};
  }
}
