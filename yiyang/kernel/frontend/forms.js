// What was typed is not lost by accident, and a button pressed twice sends once.
let dirty = false;
let guarding = false;

export function guardForms(root) {
  for (const form of root.querySelectorAll("form[data-guard]")) {
    form.addEventListener("input", () => (dirty = true));
    form.addEventListener("submit", once);
  }
  if (guarding) return;
  guarding = true;
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}

function once(event) {
  dirty = false;
  const form = event.currentTarget;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
}
