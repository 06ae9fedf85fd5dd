// A field that offers what fits the letters typed into it; without it, words and code are typed as they are.
// <input data-picker="/address/?use=…" data-picker-system="id of a select" data-picker-code="id of a field">
// The address answers {found: [{system, code, display, list}], said: "…"}; `q` is what was typed.
const WAIT = 180;
let number = 0;

export function offerPicking(root) {
  for (const input of root.querySelectorAll("input[data-picker]:not([role=combobox])")) prepare(input);
}

function prepare(input) {
  const list = document.createElement("ul");
  list.id = `picker-${++number}`;
  list.className = "picker";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.firstChild?.textContent.trim() || "");
  const said = document.createElement("p");
  said.className = "picker-said muted";
  said.setAttribute("role", "status");
  input.after(list, said);
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);
  // A form that comes back says what was chosen before: its words and its code belong together.
  const chosen = fields(input).code?.value ? input.value : null;
  const state = { input, list, said, at: -1, found: [], chosen, timer: 0, asked: 0 };
  input.addEventListener("input", (event) => {
    if (!event.isTrusted && event.detail === "picked") return;
    forget(state);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => ask(state), WAIT);
  });
  input.addEventListener("keydown", (event) => press(state, event));
  input.addEventListener("blur", () => setTimeout(() => close(state), 150));
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(state, Number(option.dataset.at));
  });
}

async function ask(state) {
  const text = state.input.value.trim();
  const turn = ++state.asked;
  if (!text) return close(state);
  try {
    const url = new URL(state.input.dataset.picker, window.location.href);
    url.searchParams.set("q", text);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok || turn !== state.asked || document.activeElement !== state.input) return;
    show(state, await answer.json());
  } catch {
    close(state); // without an answer it is a field like any other
  }
}

function show(state, { found, said }) {
  state.found = found;
  state.at = -1;
  state.said.textContent = said;
  state.list.replaceChildren(...found.map((one, at) => option(state, one, at)));
  state.list.hidden = !found.length;
  state.input.setAttribute("aria-expanded", String(found.length > 0));
  state.input.removeAttribute("aria-activedescendant");
}

function option(state, one, at) {
  const item = document.createElement("li");
  item.id = `${state.list.id}-${at}`;
  item.dataset.at = at;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  const name = document.createElement("span");
  name.textContent = one.display;
  const code = document.createElement("span");
  code.className = "muted figure";
  code.textContent = `${one.code} · ${one.list}`;
  item.append(name, " ", code);
  return item;
}

function press(state, event) {
  const open = !state.list.hidden;
  if (event.key === "Escape" && open) {
    event.preventDefault();
    event.stopPropagation();
    close(state);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open) return void ask(state);
    move(state, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && open && state.at >= 0) {
    event.preventDefault();
    choose(state, state.at);
  } else if (event.key === "Tab" && open && state.at >= 0) {
    choose(state, state.at);
  }
}

function move(state, by) {
  const options = [...state.list.children];
  state.at = (state.at + by + options.length + (state.at < 0 && by < 0 ? 1 : 0)) % options.length;
  options.forEach((one, at) => one.setAttribute("aria-selected", String(at === state.at)));
  options[state.at].scrollIntoView({ block: "nearest" });
  state.input.setAttribute("aria-activedescendant", options[state.at].id);
}

function choose(state, at) {
  const one = state.found[at];
  const { system, code } = fields(state.input);
  state.chosen = one.display;
  state.input.value = one.display;
  if (system) {
    if (![...system.options].some((each) => each.value === one.system)) system.add(new Option(one.list, one.system));
    system.value = one.system;
  }
  if (code) code.value = one.code;
  state.input.dispatchEvent(new CustomEvent("input", { bubbles: true, detail: "picked" }));
  close(state);
}

// Other words than those that were chosen: their code is not theirs.
function forget(state) {
  if (state.chosen === null || state.input.value === state.chosen) return;
  const { code } = fields(state.input);
  if (code) code.value = "";
  state.chosen = null;
}

function fields(input) {
  return {
    system: document.getElementById(input.dataset.pickerSystem || ""),
    code: document.getElementById(input.dataset.pickerCode || ""),
  };
}

function close(state) {
  clearTimeout(state.timer);
  state.list.hidden = true;
  state.input.setAttribute("aria-expanded", "false");
  state.input.removeAttribute("aria-activedescendant");
}
