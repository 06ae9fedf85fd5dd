// Relative times and countdowns go on by the server's clock, not by the machine's.
import { meta, say } from "./words.js";

const MINUTE = 60000;
const started = Date.now();
const serverThen = Date.parse(meta("now")) || started;
const rate = Number(meta("clock-rate")) || 1;
let ticking = false;

export function serverNow() {
  return serverThen + (Date.now() - started) * rate;
}

export function tellTimes() {
  if (ticking) return;
  ticking = true;
  setInterval(tick, 10000);
}

function tick() {
  if (document.hidden) return;
  const now = serverNow();
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const words = element.querySelector(".relative");
    if (words) words.textContent = say("separator") + relative(Date.parse(element.dateTime), now);
  }
  for (const element of document.querySelectorAll("[data-countdown]")) press(element, now);
}

function press(element, now) {
  const deadline = Date.parse(element.dataset.countdown);
  const soon = Number(element.dataset.soon) * MINUTE;
  const late = now >= deadline;
  element.classList.toggle("late", late);
  element.classList.toggle("soon", !late && deadline - now <= soon);
  const words = element.querySelector(".left");
  const text = say(late ? "overdue" : "left", { length: length(Math.abs(deadline - now)) });
  if (words && words.textContent.trim() !== text) words.textContent = text;
}

export function relative(at, now) {
  const distance = at - now;
  if (Math.abs(distance) < MINUTE / 2) return say("now");
  return say(distance > 0 ? "in" : "ago", { length: length(Math.abs(distance)) });
}

function length(milliseconds) {
  const minutes = Math.max(1, Math.round(milliseconds / MINUTE));
  if (minutes < 60) return count("minute", minutes);
  if (minutes < 1440) {
    const rest = minutes % 60;
    if (minutes >= 360 || !rest) return count("hour", Math.round(minutes / 60));
    return say("hours_minutes", { hours: Math.floor(minutes / 60), minutes: rest });
  }
  const days = Math.round(minutes / 1440);
  if (days < 60) return count("day", days);
  return days < 730 ? count("month", Math.round(days / 30.4)) : count("year", Math.round(days / 365.25));
}

function count(unit, n) {
  return say(n === 1 ? unit : `${unit}s`, { n });
}
