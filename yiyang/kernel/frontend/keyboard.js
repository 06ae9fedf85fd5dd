// "/" goes to the search, "g" and a letter to a page of the navigation, "?" shows them all.
import { say } from "./words.js";
import { show } from "./dialogs.js";

let afterG = false;

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
    if (afterG) {
      afterG = false;
      const link = document.querySelector(`.navigation a[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
      if (link) link.click();
      return;
    }
    if (event.key === "g") waitForLetter();
    else if (event.key === "/") goToSearch(event);
    else if (event.key === "?") showKeys(event);
  });
}

function typing(element) {
  return element.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]");
}

function waitForLetter() {
  afterG = true;
  setTimeout(() => (afterG = false), 1500);
}

function goToSearch(event) {
  const search = document.querySelector("[data-search], input[type=search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function showKeys(event) {
  event.preventDefault();
  const list = document.createElement("dl");
  list.className = "facts";
  const links = [...document.querySelectorAll(".navigation a[data-key]")];
  const keys = [["/", say("key_search")], ...links.map((a) => [`g ${a.dataset.key}`, a.firstChild.textContent.trim()]), ["?", say("key_help")]];
  for (const [key, words] of keys) {
    const row = document.createElement("div");
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.append(...key.split(" ").flatMap((k) => [Object.assign(document.createElement("kbd"), { textContent: k }), " "]));
    dd.textContent = words;
    row.append(dt, dd);
    list.append(row);
  }
  show(say("keys"), list);
}
