// One question as it stands on the page: reading the answer out of its box, and writing one into it.
const WIDE = "０１２３４５６７８９．－，";
const PLAIN = "0123456789.-,";

export function read(box, item) {
  const fields = [...box.querySelectorAll("input:not([type=hidden]), textarea")];
  if (item.kind === "multiple") return fields.filter((one) => one.checked).map((one) => one.value);
  if (item.kind === "single") return (fields.find((one) => one.checked) || { value: null }).value;
  const text = fields.length ? fields[0].value.trim() : "";
  if (!text) return null;
  if (item.kind !== "number") return text;
  const unit = box.querySelector("select");
  const number = numberIn(text);
  return unit && unit.value !== item.unit ? { value: number, unit: unit.value } : number;
}

// What is no number stays as it was typed, and is refused in words.
function numberIn(text) {
  const plain = [...text].map((sign) => (WIDE.includes(sign) ? PLAIN[WIDE.indexOf(sign)] : sign)).join("");
  const number = Number(plain.replace(/,/g, "."));
  return Number.isFinite(number) ? number : text;
}

export function write(box, item, value) {
  if (item.computed || same(read(box, item), value)) return;
  const chosen = Array.isArray(value) ? value : [value];
  const fields = box.querySelectorAll("input:not([type=hidden]), textarea");
  for (const field of fields) {
    if (item.kind === "multiple" || item.kind === "single") field.checked = chosen.includes(field.value);
    else if (field !== document.activeElement) field.value = plain(value);
  }
  const unit = box.querySelector("select");
  if (unit && value && value.unit) unit.value = value.unit;
}

function plain(value) {
  const inner = value && typeof value === "object" ? value.value : value;
  return inner === null || inner === undefined ? "" : String(inner);
}

export function same(one, other) {
  return JSON.stringify(bare(one)) === JSON.stringify(bare(other));
}

export function empty(value) {
  return bare(value) === null;
}

function bare(value) {
  return value === undefined || value === "" || (Array.isArray(value) && !value.length) ? null : value;
}

// Why an answer could not be kept, beside its question.
export function fault(box, words) {
  const old = box.querySelector(".field-error[data-bedside]");
  if (old && old.textContent === (words || "")) return;
  if (old) old.remove();
  box.classList.toggle("wrong", Boolean(words));
  const typed = box.querySelector("input[type=text], input[type=date], textarea");
  if (typed) typed.setAttribute("aria-invalid", String(Boolean(words)));
  if (!words) return;
  const line = Object.assign(document.createElement("p"), { className: "field-error", textContent: words });
  line.dataset.bedside = "";
  line.setAttribute("role", "alert");
  (box.querySelector("[id$=-more]") || box).prepend(line);
}
