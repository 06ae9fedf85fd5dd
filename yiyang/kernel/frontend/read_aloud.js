// Reads the page to the person: by the voice of the device, and by sentences that people have recorded
// (`data-spoken`). Where the machine has no voice for the language, or cannot read at all (as inside some
// telephones' WeChat), it plays what is recorded and says that the rest stands in letters alone.
import { say } from "./words.js";

const SPEED = 0.85;
const PARTS = "h1, h2, h3, p, li, dt, dd, label, a.button, button";
const NOT_READ = "[data-not-read], [data-read-aloud], [data-read-aloud-status], [aria-hidden=true], script, nav";

let reading = null; // what is under way; another object, or none, once it was stopped
let player;
let silenced; // ends the sound that is played

export function offerReading() {
  const button = document.querySelector("[data-read-aloud]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => (reading ? stop() : begin(button)));
  // Some browsers load their voices only when asked once.
  if ("speechSynthesis" in window) speechSynthesis.getVoices();
  window.addEventListener("pagehide", stop);
}

async function begin(button) {
  const voice = voiceFor(document.documentElement.lang);
  const steps = plan(partsOf(document.querySelector(button.dataset.readAloud)), voice, button.dataset);
  if (!steps.length) {
    tell(say("no_voice"));
    return;
  }
  const label = button.querySelector("span");
  const initial = label.textContent;
  const own = { rest: () => show(label, button, initial, false) };
  reading = own;
  show(label, button, say("stop_reading"), true);
  if (!voice) tell(say("recorded_alone"));
  let heard = 0;
  for (const step of steps) {
    if (reading !== own) return;
    heard += await done(step, voice);
  }
  if (reading !== own) return;
  stop();
  if (!heard) tell(say("no_voice"));
}

// Whether it could be heard: a recording that does not come is read by the device, where it can.
async function done(step, voice) {
  try {
    await (step.url ? play(step.url) : speak(step.text, voice));
    return 1;
  } catch {
    if (step.instead) await speak(step.instead, voice);
    return step.instead ? 1 : 0;
  }
}

function stop() {
  if (!reading) return;
  reading.rest();
  reading = null;
  if ("speechSynthesis" in window) speechSynthesis.cancel();
  player?.pause();
  silenced?.();
}

function show(label, button, words, pressed) {
  label.textContent = words;
  button.setAttribute("aria-pressed", String(pressed));
}

function tell(words) {
  document.querySelector("[data-read-aloud-status]").textContent = words;
}

function voiceFor(language) {
  if (!("speechSynthesis" in window)) return undefined;
  const wanted = language.slice(0, 2).toLowerCase();
  const voices = speechSynthesis.getVoices().filter((voice) => voice.lang.toLowerCase().startsWith(wanted));
  return voices.find((voice) => voice.localService) || voices[0];
}

function partsOf(main) {
  const seen = main.cloneNode(true);
  for (const part of seen.querySelectorAll(NOT_READ)) part.remove();
  return [...seen.querySelectorAll(PARTS)]
    .filter((element) => !element.parentElement.closest("p, li, dd"))
    .map((element) => ({
      text: element.textContent.replace(/\s+/g, " ").trim(),
      url: element.dataset.spoken,
      whole: "spokenWhole" in element.dataset,
    }))
    .filter((part) => part.text);
}

// What is said, in order. With a voice the recordings are played where the person prefers them; without one they
// are all there is, and the last of them says that there is more.
function plan(parts, voice, wishes) {
  if (!voice) {
    const recorded = parts.filter((part) => part.url).map((part) => ({ url: part.url }));
    return recorded.length && wishes.rest ? [...recorded, { url: wishes.rest }] : recorded;
  }
  if (!("recordingsFirst" in wishes)) return parts.map((part) => ({ text: part.text }));
  return parts.flatMap((part) => {
    if (!part.url) return [{ text: part.text }];
    return part.whole ? [{ url: part.url, instead: part.text }] : [{ url: part.url }, { text: part.text }];
  });
}

// One player for all: a telephone lets only that one sound which the person's own touch has started.
function play(url) {
  player ||= new Audio();
  return new Promise((resolve, reject) => {
    silenced = player.onended = resolve;
    player.onerror = reject;
    player.src = url;
    player.play().catch(reject);
  });
}

function speak(text, voice) {
  return new Promise((resolve) => {
    const utterance = new SpeechSynthesisUtterance(text);
    Object.assign(utterance, { voice, lang: voice.lang, rate: SPEED });
    utterance.onend = utterance.onerror = resolve;
    speechSynthesis.speak(utterance);
  });
}
