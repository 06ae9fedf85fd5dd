// The words that scripts say, translated by the server and put into the page.
const element = document.getElementById("words");
const words = element ? JSON.parse(element.textContent) : {};

export function say(key, values = {}) {
  const text = words[key] || key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export function meta(name) {
  const found = document.querySelector(`meta[name="${name}"]`);
  return found ? found.content : "";
}
