// What the browser adds to pages that already work without it.
import htmx from "htmx.org";
import { watchChanges } from "./live.js";
import { tellTimes } from "./times.js";
import { drawCharts } from "./charts_on_demand.js";
import { offerReading } from "./read_aloud.js";
import { listenToKeys } from "./keyboard.js";
import { askInPlace } from "./dialogs.js";
import { readCard } from "./cards.js";
import { listenForUrgent, soundOf } from "./sound.js";
import { guardForms } from "./forms.js";
import { offerRecording } from "./recorder.js";
import { watchSession } from "./session.js";
import { guardLeaving } from "./leaving.js";
import { offerToUse, useOnPress } from "./using.js";
import { offerPicking } from "./picker.js";

window.htmx = htmx;

function enhance(root) {
  tellTimes(root);
  drawCharts(root);
  guardForms(root);
  offerRecording(root);
  askInPlace(root);
  offerToUse(root);
  offerPicking(root);
  soundOf(root);
  for (const region of root.querySelectorAll("[data-scroll-end]")) region.scrollLeft = region.scrollWidth;
}

// A fragment that was refused leaves the page as it is and says why in the status line.
function tellRefusal(event) {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
  const words = answer.querySelector(".problem-reason, .problem h1");
  const status = document.getElementById("status");
  if (!words || !status) return;
  const notice = document.createElement("p");
  notice.className = "notice warning";
  notice.textContent = words.textContent;
  status.replaceChildren(notice);
}

function start() {
  enhance(document);
  useOnPress();
  offerReading();
  listenToKeys();
  watchChanges();
  readCard();
  listenForUrgent();
  watchSession();
  guardLeaving();
  const problem = document.querySelector("[data-focus]");
  if (problem) problem.focus();
  document.body.addEventListener("htmx:responseError", tellRefusal);
  for (const swapped of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
    document.body.addEventListener(swapped, (event) => enhance(event.detail.target));
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
