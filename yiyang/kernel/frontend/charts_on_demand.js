// Charts are heavy: their script is fetched only by pages that have one.
import { meta } from "./words.js";

let loading;

export function drawCharts(root) {
  const figures = [...root.querySelectorAll("[data-chart]")];
  if (!figures.length || !meta("charts-src")) return;
  loading = loading || load(meta("charts-src"));
  loading.then(() => figures.forEach(draw)).catch(() => {}); // the table says the same
}

function draw(figure) {
  const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  window.yiyangChart(figure.querySelector(".chart-canvas"), data);
}

function load(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}
