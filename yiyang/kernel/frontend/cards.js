// A card's square carries its number behind a #, which browsers keep to themselves: it is put into the field
// and taken out of the address. The sheet prints by its button.
export function readCard() {
  const field = document.querySelector("[data-card-number]");
  const number = location.hash.slice(1).replace(/\D/g, "");
  if (field && number.length === 12) {
    field.value = number.replace(/(\d{4})(?=\d)/g, "$1 ");
    history.replaceState(null, "", location.pathname + location.search);
    const pin = field.form.querySelector("[type=password]");
    if (pin) pin.focus();
  }
  const print = document.querySelector("[data-print]");
  if (print) print.addEventListener("click", () => window.print());
}
