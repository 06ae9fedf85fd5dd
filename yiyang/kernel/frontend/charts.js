// ECharts, in the colours and type of the page. Drawn on canvas: its SVG would need inline styles.
import { init, use } from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { DataZoomInsideComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, DataZoomInsideComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "emptyCircle"];

const DASHES = ["solid", "dashed", "dotted"];
const LANE = 24; // pixels of what happened, a line of each kind
const BESIDE = 64; // room for words and figures at the left, the same for the drawing and its lanes

window.yiyangChart = (element, data) => {
  element.textContent = "";
  element.classList.add("drawn");
  const chart = init(element, null, { renderer: "canvas" });
  const paint = () => chart.setOption(options(data, element.clientWidth), true);
  if (data.lanes?.length) element.style.height = `${288 + LANE * data.lanes.length}px`;
  chart.on("click", ({ data: point }) => point?.link && location.assign(point.link));
  const note = document.querySelector("[data-chart-note]");
  if (note) chart.getZr().on("click", (event) => noteAt(chart, note, [event.offsetX, event.offsetY]));
  const zoom = element.closest("[data-chart-zoom]");
  if (zoom) follow(chart, zoom.dataset.chartZoom, (finer) => {
    data = { ...data, ...finer, zoom: true };
    paint();
  });
  data.zoom = Boolean(zoom);
  paint();
  new ResizeObserver(() => {
    chart.resize();
    paint();
  }).observe(element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
};

// The clock of the district, wherever the browser is: its figures are drawn as if they were UTC.
const wall = (iso) => iso.replace(/(Z|[+-]\d\d:\d\d)$/, "Z");
const clock = (iso) => new Date(wall(iso)).getTime();
const local = (at) => new Date(at).toISOString().slice(0, -1);

// A place on the drawing is the time that a note is about; the form can be filled in without it.
function noteAt(chart, note, pixel) {
  if (!chart.containPixel({ gridIndex: 0 }, pixel)) return;
  const at = local(chart.convertFromPixel({ xAxisIndex: 0 }, pixel[0]));
  const address = new URL(note.href);
  address.searchParams.set("since", at);
  note.href = address.href;
  note.dataset.words = note.dataset.words || note.textContent;
  note.textContent = `${note.dataset.words} · ${at.slice(5, 16).replace("T", " ")}`;
}

// Turned wheel, spread fingers or a dragged drawing ask for the window that is seen then, with what is finer there.
function follow(chart, address, draw) {
  let waiting;
  chart.on("datazoom", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const [first, last] = chart.getModel().getComponent("xAxis").axis.scale.getExtent();
      const query = new URLSearchParams({ since: local(first), until: local(last) });
      const answer = await fetch(`${address}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer?.ok) return; // what is drawn already stays
      const finer = await answer.json();
      if (finer.times.length) draw(finer);
    }, 300);
  });
}

// How many lines the legend takes, so that it does not lie on the drawing.
function linesOf(series, width) {
  let lines = 1;
  let used = 0;
  for (const { name } of series) {
    const own = 34 + [...name].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e80 ? 12 : 7), 0);
    if (used && used + own > width) {
      lines += 1;
      used = 0;
    }
    used += own;
  }
  return lines;
}

// Several without a colour of their own are steps of one, the first the palest; their edge is always seen.
function step(token, index, of) {
  const [pale, full] = ["--white", "--primary"].map((name) => {
    const sign = token(name).replace(/^#(\w)(\w)(\w)$/, "#$1$1$2$2$3$3");
    return [1, 3, 5].map((at) => parseInt(sign.slice(at, at + 2), 16));
  });
  const part = of > 1 ? 0.08 + (0.92 * index) / (of - 1) : 1;
  return `rgb(${pale.map((one, at) => Math.round(one + (full[at] - one) * part)).join(", ")})`;
}

function options(data, width) {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const text = { color: token("--muted"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
  const axis = { axisLabel: { ...text, hideOverlap: true }, nameTextStyle: text, axisTick: { show: false } };
  const top = 14 + 22 * linesOf([...data.series, ...limitNames(data)], width);
  const whole = {
    animation: false,
    useUTC: true,
    textStyle: text,
    dataZoom: data.zoom ? [{ type: "inside", filterMode: "none", zoomOnMouseWheel: "ctrl" }] : [],
    grid: { left: 4, right: 8, top, bottom: 4, containLabel: true },
    legend: { left: 0, top: 0, data: [...new Set([...data.series, ...(data.held || [])].map(({ name }) => name))], textStyle: { ...text, color: token("--ink") }, itemHeight: 10, itemWidth: 18 },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: token("--white"),
      borderColor: token("--edge"),
      textStyle: { ...text, color: token("--ink") },
      axisPointer: { lineStyle: { color: token("--edge") } },
    },
    xAxis: { ...axis, ...across(data, axis), axisLine: { lineStyle: { color: token("--edge") } } },
    yAxis: { ...axis, type: "value", scale: data.shape === "line", splitLine: { lineStyle: { color: token("--line") } } },
    series: [
      ...data.series.map((series, index) => drawn(series, index, data, token)),
      ...(data.held || []).map((limit) => held(limit, token)),
    ],
  };
  return data.lanes?.length ? withLanes(whole, data, axis, token) : whole;
}

// A day says its month: "23" alone, between hours, reads like a number.
function across(data, axis) {
  if (!data.times?.length) return { type: "category", data: data.categories };
  const time = { type: "time", axisLabel: { ...axis.axisLabel, formatter: { day: "{MM}-{dd}" } } };
  return data.window ? { ...time, min: clock(data.window[0]), max: clock(data.window[1]) } : time;
}

function limitNames(data) {
  return [...new Set((data.held || []).map(({ name }) => name))].map((name) => ({ name }));
}

// A limit is a line for as long as it held: a person's own one whole, that of a rule in dashes; its figure stands at its end.
function held(limit, token) {
  const colour = token(limit.grave ? "--danger" : "--warning");
  return {
    name: limit.name,
    type: "line",
    data: [limit.since, limit.until].map((one) => [one.length > 5 ? wall(one) : one, limit.value]), // or an hour of the day
    symbol: "none",
    color: colour,
    lineStyle: { width: limit.own ? 2 : 1, type: limit.own ? "solid" : "dashed" },
    endLabel: { show: true, formatter: String(limit.value), color: colour, offset: [-4, -8], align: "right" },
    tooltip: { show: false },
  };
}

// Below the drawing, on the same axis of time: one line for each kind of what happened.
function withLanes(whole, data, axis, token) {
  const names = data.lanes.map(({ name }) => name);
  const bottom = LANE * names.length + 8;
  const [since, until] = data.window.map(clock);
  return {
    ...whole,
    dataZoom: whole.dataZoom.map((one) => ({ ...one, xAxisIndex: [0, 1] })),
    grid: [
      { left: BESIDE, right: 24, top: whole.grid.top, bottom: bottom + 32 },
      { left: BESIDE, right: 24, height: LANE * names.length, bottom: 4, tooltip: { trigger: "item" } },
    ],
    xAxis: [
      whole.xAxis,
      { type: "time", gridIndex: 1, min: since, max: until, show: false, axisPointer: { show: false } },
    ],
    yAxis: [
      whole.yAxis,
      {
        ...axis,
        type: "category",
        gridIndex: 1,
        data: names,
        inverse: true,
        axisLine: { show: false },
        axisPointer: { show: false },
        splitLine: { show: true, lineStyle: { color: token("--line") } },
      },
    ],
    series: [...whole.series, ...data.lanes.map((lane, index) => happened(lane, index, since, until, token))],
  };
}

// What lasts is a bar, what happens at an instant a sign; "-" parts one from the next.
function happened(lane, index, since, until, token) {
  const points = [];
  for (const one of lane.spans) {
    const item = { ...one, itemStyle: { color: token(one.grave ? "--danger" : "--primary") } };
    const began = clock(one.since);
    const before = began < since && { symbol: "rect", symbolSize: [4, 10] }; // it had begun already
    points.push({ ...item, ...before, value: [Math.max(since, began), lane.name] });
    if (one.until) points.push({ ...item, symbol: "none", value: [Math.min(until, clock(one.until)), lane.name] });
    points.push("-");
  }
  return {
    name: lane.name,
    type: "line",
    xAxisIndex: 1,
    yAxisIndex: 1,
    data: points,
    symbol: SYMBOLS[(index + 1) % 4],
    symbolSize: 10,
    showAllSymbol: true,
    clip: false,
    color: token("--primary"),
    lineStyle: { width: 8, opacity: 0.35, cap: "butt" },
    tooltip: { formatter: ({ data: one }) => one.label, confine: true },
    cursor: "pointer",
  };
}

// Where nothing came for longer than `gap` seconds the line ends and begins anew: a line would say that it was measured.
// What stands alone between two such times is a dot, for a line of one point is not seen.
function broken(values, gap) {
  const far = (one, other) => !one || !other || Math.abs(Date.parse(one[0]) - Date.parse(other[0])) > gap * 1000;
  return values.flatMap((one, at) => {
    const [before, after] = [values[at - 1], values[at + 1]];
    const point = far(before, one) && far(one, after) ? { value: one, symbol: "circle", symbolSize: 5 } : one;
    return after && far(one, after) ? [point, [after[0], null]] : [point];
  });
}

function drawn(series, index, data, token) {
  const filled = data.shape !== "line" && series.colour;
  const steps = data.shape !== "line" && !series.colour;
  const colour = steps
    ? step(token, index, data.series.length)
    : token(filled ? `${series.colour}-fill` : series.colour || "--primary");
  const timed = data.times?.length ? series.values.map((value, at) => [wall(data.times[at]), value]) : null;
  const values = timed && data.gap && !series.apart ? broken(timed, data.gap) : timed || series.values;
  const common = { name: series.name, data: values, color: colour, connectNulls: Boolean(series.apart) };
  if (series.apart && data.shape === "line") {
    const pale = step(token, index, data.series.length + 1);
    const told = values.filter((one) => one[1] !== null);
    const own = data.gap ? broken(told, data.gap) : told;
    return { ...common, color: index ? pale : colour, data: own, connectNulls: false, type: "line", symbol: "none", lineStyle: { width: 1.5, type: DASHES[index % DASHES.length] } };
  }
  if (series.limit) {
    const edge = token("--muted");
    return { ...common, color: edge, type: "line", symbol: "none", lineStyle: { width: 1, type: "dashed" } };
  }
  if (data.shape === "line") {
    const symbol = values.length > 150 ? "none" : SYMBOLS[index % SYMBOLS.length]; // many points are the line itself
    return { ...common, type: "line", symbol, symbolSize: 6, lineStyle: { width: 2 } };
  }
  const itemStyle = steps ? { borderColor: token("--primary"), borderWidth: 1 } : {};
  return { ...common, itemStyle, type: "bar", stack: data.shape === "stacked" ? "all" : undefined, barMaxWidth: 36 };
}
