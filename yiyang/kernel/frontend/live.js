// <div data-live="/path" data-topics="transfer. occupancy."> fetches its content again when a fact of one of
// its topics arrives. Without topics any fact counts. While the line is down, the page says since when.
import { meta, say } from "./words.js";
import { serverNow } from "./times.js";

const PATIENCE = 4000; // a short break is not worth a word
const GATHER = 150; // facts come in bursts: one look for all of them
const AT_ONCE = 50; // the first after a while is not kept waiting
const LONGEST_PAUSE = 30000;

let source, lastId, lostAt, notice, pause;
const waiting = new Map();
const looked = new WeakMap();

export function watchChanges() {
  if (!meta("push-url") || !document.querySelector("[data-live]")) return;
  connect();
  addEventListener("offline", () => {
    lostAt = lostAt || serverNow();
    tell(say("not_live", { time: clock(lostAt) }));
  });
  addEventListener("online", backAgain);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) for (const element of waiting.keys()) fetchIn(AT_ONCE, element);
  });
}

function connect() {
  const url = new URL(meta("push-url"), location.href);
  url.searchParams.set("at-once", "1"); // a page only looks again: it need not hear in the order of things
  if (lastId) url.searchParams.set("after", lastId);
  source = new EventSource(url, { withCredentials: true });
  source.onopen = backAgain;
  source.onerror = () => {
    if (!lostAt) {
      lostAt = serverNow();
      notice = setTimeout(() => tell(say("not_live", { time: clock(lostAt) })), PATIENCE);
    }
    // The browser reconnects by itself after a broken line, but not after a refusal.
    if (source.readyState === EventSource.CLOSED) {
      pause = Math.min(LONGEST_PAUSE, (pause || 1000) * 2);
      setTimeout(connect, pause * (0.5 + Math.random()));
    }
  };
  source.onmessage = heard;
  source.addEventListener("fact", heard);
}

function backAgain() {
  if (lostAt) for (const element of liveElements()) fetchSoon(element);
  lostAt = pause = undefined;
  clearTimeout(notice);
  tell("");
}

function heard(event) {
  lastId = event.lastEventId || lastId;
  let name = "";
  try {
    name = JSON.parse(event.data).name || "";
  } catch {
    return; // a comment or a keep-alive
  }
  document.dispatchEvent(new CustomEvent("yiyang:heard", { detail: name }));
  for (const element of liveElements()) {
    const topics = (element.dataset.topics || "").split(/\s+/).filter(Boolean);
    if (!topics.length || topics.some((topic) => name.startsWith(topic))) fetchSoon(element);
  }
}

function liveElements() {
  return document.querySelectorAll("[data-live]");
}

function fetchSoon(element) {
  if (waiting.has(element)) return; // facts that never cease must not put it off for ever
  const calm = performance.now() - (looked.get(element) ?? -Infinity) > 2 * GATHER;
  fetchIn(calm ? AT_ONCE : GATHER, element);
}

function fetchIn(pause, element) {
  clearTimeout(waiting.get(element));
  waiting.set(element, setTimeout(() => fetchNow(element), pause));
}

function fetchNow(element) {
  if (document.hidden) return; // looked at again once the page is
  if (element.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) {
    fetchIn(GATHER, element); // nobody's typing is swept away
    return;
  }
  waiting.delete(element);
  looked.set(element, performance.now());
  if (element.isConnected) window.htmx.ajax("GET", element.dataset.live, { target: element, swap: "innerHTML" });
}

function tell(text) {
  const place = document.getElementById("not-live");
  if (!place) return;
  place.textContent = text;
  place.className = text ? "notice warning" : "";
}

function clock(at) {
  return new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}
