// <a href="/…/cancel" data-dialog>: the question of that page is asked here; without this script the link
// opens the page itself.
import { say } from "./words.js";

export function askInPlace(root) {
  if (!window.HTMLDialogElement) return;
  for (const link of root.querySelectorAll("a[data-dialog]")) link.addEventListener("click", ask);
}

async function ask(event) {
  const link = event.currentTarget;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const answer = await fetch(link.href, { credentials: "same-origin", headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const question = page.querySelector(".confirm");
    if (!answer.ok || !question) throw new Error("no question");
    for (const form of question.querySelectorAll("form")) if (!form.getAttribute("action")) form.action = link.href;
    const lead = page.querySelector(".lead"); // what it means stands above the question there
    if (lead) question.prepend(lead);
    show(page.querySelector("h1").textContent, question);
  } catch {
    location.href = link.href;
  }
}

export function show(title, content) {
  const dialog = document.createElement("dialog");
  const heading = Object.assign(document.createElement("h2"), { textContent: title, id: "dialog-title" });
  dialog.setAttribute("aria-labelledby", heading.id);
  content.classList.remove("confirm");
  dialog.append(heading, content);
  const cancel = content.querySelector("a.button.quiet");
  if (cancel) {
    // With nothing to fill in, a second Enter by a hurried hand leads back, not on.
    if (!content.querySelector("input:not([type=hidden]), select, textarea")) cancel.autofocus = true;
    cancel.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.close();
    });
  } else {
    const form = Object.assign(document.createElement("form"), { method: "dialog", className: "actions" });
    form.append(Object.assign(document.createElement("button"), { className: "button", textContent: say("close") }));
    dialog.append(form);
  }
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
