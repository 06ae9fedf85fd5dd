// A value that stands beside a field goes into it when it is pressed, and only then: as if it had been typed.
// <button type="button" hidden data-use="98" data-for="id of the field">
export function offerToUse(root) {
  for (const button of root.querySelectorAll("button[data-use]")) button.hidden = false;
}

export function useOnPress() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-use]");
    const field = button && document.getElementById(button.dataset.for);
    if (!field) return;
    field.value = button.dataset.use;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    field.focus();
  });
}
