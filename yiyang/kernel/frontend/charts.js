// ECharts, in the colours and type of the page. Drawn on canvas: its SVG would need inline styles.
import { init, use } from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "emptyCircle"];

window.yiyangChart = (element, data) => {
  element.textContent = "";
  element.classList.add("drawn");
  const chart = init(element, null, { renderer: "canvas" });
  const paint = () => chart.setOption(options(data), true);
  paint();
  new ResizeObserver(() => chart.resize()).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
};

function options(data) {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const text = { color: token("--muted"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
  const axis = { axisLabel: text, nameTextStyle: text, axisTick: { show: false } };
  return {
    animation: false,
    textStyle: text,
    grid: { left: 4, right: 8, top: 36, bottom: 4, containLabel: true },
    legend: { left: 0, top: 0, textStyle: { ...text, color: token("--ink") }, itemHeight: 10, itemWidth: 18 },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: token("--white"),
      borderColor: token("--edge"),
      textStyle: { ...text, color: token("--ink") },
      axisPointer: { lineStyle: { color: token("--edge") } },
    },
    xAxis: { ...axis, type: "category", data: data.categories, axisLine: { lineStyle: { color: token("--edge") } } },
    yAxis: { ...axis, type: "value", scale: data.shape === "line", splitLine: { lineStyle: { color: token("--line") } } },
    series: data.series.map((series, index) => drawn(series, index, data, token)),
  };
}

function drawn(series, index, data, token) {
  const filled = data.shape !== "line" && series.colour;
  const colour = token(filled ? `${series.colour}-fill` : series.colour || "--primary");
  const common = { name: series.name, data: series.values, color: colour };
  if (data.shape === "line") {
    return { ...common, type: "line", symbol: SYMBOLS[index % SYMBOLS.length], symbolSize: 6, lineStyle: { width: 2 } };
  }
  return { ...common, type: "bar", stack: data.shape === "stacked" ? "all" : undefined, barMaxWidth: 36 };
}
