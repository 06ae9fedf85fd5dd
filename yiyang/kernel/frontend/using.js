// A value that stands beside a field goes into it when it is pressed, and only then: as if it had been typed.
// <button type="button" hidden data-use="98" data-for="id of the field" data-unit="%" data-source="where it is from">
// Where it is from goes along in <input type="hidden" data-taken> of the same box, until somebody types another value.
export function offerToUse(root) {
  for (const button of root.querySelectorAll("button[data-use]")) button.hidden = false;
}

export function useOnPress() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-use]");
    const field = button && document.getElementById(button.dataset.for);
    if (!field) return;
    const box = button.closest("[data-item]") || document;
    const unit = field.parentElement.querySelector("select");
    const taken = box.querySelector("[data-taken]");
    field.value = button.dataset.use;
    if (unit && button.dataset.unit) unit.value = button.dataset.unit;
    if (taken) taken.value = button.dataset.source || "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
  document.addEventListener("input", (event) => {
    const taken = event.isTrusted && event.target.closest("[data-item]")?.querySelector("[data-taken]");
    if (taken) taken.value = "";
  }, true);
}
