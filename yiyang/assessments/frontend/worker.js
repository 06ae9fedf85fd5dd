// Answers for the form of an assessment when there is no connection: with an empty page and its files, which are the
// same for everybody. Pages about people are never kept here; what the form needs lies in the device's own store.
import { sendAll } from "./sending.js";

const { build, assets, shell } = self.BEDSIDE;
const CACHE = `bedside-${build}`;
const FORM = /^\/assessments\/[0-9a-f-]{36}\/answer\/$/;
const DIGEST = /\.[0-9a-f]{12}\.\w+$/; // a name that says its content
const PATIENCE = 6000;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([shell, ...assets]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith("bedside-") && name !== CACHE);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === shell || FORM.test(url.pathname)) event.respondWith(page(request));
  } else if (assets.includes(url.pathname)) event.respondWith(file(request, url));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "bedside") event.waitUntil(sendAll());
});

async function page(request) {
  let timer;
  const tired = new Promise((_, reject) => (timer = setTimeout(reject, PATIENCE)));
  try {
    const answer = await Promise.race([fetch(request), tired]);
    if (answer.status < 502) return answer;
  } catch {
    // no connection, or one that does not answer
  } finally {
    clearTimeout(timer);
  }
  return (await caches.match(shell)) || Response.error();
}

async function file(request, url) {
  const kept = await caches.match(url.pathname);
  if (kept && DIGEST.test(url.pathname)) return kept;
  return fetch(request).catch(() => kept || Response.error());
}
