// Small things that are built on the page, and the words that they say.
const element = document.getElementById("bedside-words");
const words = element ? JSON.parse(element.textContent) : {};

export function say(key, values = {}) {
  return (words[key] || key).replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export function waits(n) {
  return say(n === 1 ? "waits_1" : "waits", { n });
}

export function make(tag, told = {}, ...inside) {
  const { attributes = {}, ...properties } = told;
  const made = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

export function button(text, act, primary = false) {
  const made = make("button", { type: "button", className: primary ? "button primary" : "button", textContent: text });
  made.addEventListener("click", act);
  return made;
}
