// What the browser adds to pages that already work without it.
import htmx from "htmx.org";
import { watchChanges } from "./live.js";
import { tellTimes } from "./times.js";
import { drawCharts } from "./charts_on_demand.js";
import { offerReading } from "./read_aloud.js";
import { listenToKeys } from "./keyboard.js";
import { askInPlace } from "./dialogs.js";
import { guardForms } from "./forms.js";

window.htmx = htmx;

function enhance(root) {
  tellTimes(root);
  drawCharts(root);
  guardForms(root);
  askInPlace(root);
  for (const region of root.querySelectorAll("[data-scroll-end]")) region.scrollLeft = region.scrollWidth;
}

function start() {
  enhance(document);
  offerReading();
  listenToKeys();
  watchChanges();
  const problem = document.querySelector("[data-focus]");
  if (problem) problem.focus();
  document.body.addEventListener("htmx:afterSwap", (event) => enhance(event.detail.target));
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
