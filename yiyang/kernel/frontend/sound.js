// A sound when something urgent comes into the inbox. Browsers keep pages silent until somebody has touched
// them: then the page says so, and a button allows it. Whoever wants quiet switches it off in the inbox.
import { meta, say } from "./words.js";

const PAUSE = 30000;
const OFF = "yiyang.sound_off";
const HEARD = "yiyang.sound_heard";
const HEARD_HERE = "yiyang.sound_heard_here";
const TONES = [880, 660, 880];

let audio;

export function listenForUrgent() {
  offerSwitch();
  if (!meta("pressing-url")) return;
  look();
  setInterval(() => document.hidden || look(), PAUSE);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  // A page that is live need not wait for the clock.
  document.addEventListener("yiyang:heard", (event) => event.detail.startsWith("notice.sent") && look());
}

// A list of what waits says when its newest came: the page that shows it sounds, whoever else was told.
export async function soundOf(root) {
  const newest = root.querySelector("[data-sounds]")?.dataset.sounds;
  if (!newest || newest <= (kept(HEARD_HERE) || "")) return;
  if (kept(OFF) || (await play())) keep(HEARD_HERE, newest);
  else offerToAllow(newest);
}

async function look() {
  let pressing;
  try {
    const answer = await fetch(meta("pressing-url"), { headers: { Accept: "application/json" }, redirect: "manual" });
    if (!answer.ok) return;
    pressing = await answer.json();
  } catch {
    return; // the line is down: other parts of the page say so
  }
  if (!pressing.newest || pressing.newest <= (kept(HEARD) || "")) return;
  tell(pressing);
  if (kept(OFF)) keep(HEARD, pressing.newest);
  else if (await play()) keep(HEARD, pressing.newest);
  else offerToAllow(pressing.newest);
}

function tell(pressing) {
  const place = document.getElementById("pressing");
  if (!place) return;
  const link = document.createElement("a");
  link.href = pressing.inbox;
  link.textContent = pressing.text;
  place.replaceChildren(link);
  place.hidden = false;
}

// Answers whether it could be heard.
async function play() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return true; // nothing can be done on this device
  audio = audio || new Context();
  if (audio.state === "suspended") {
    await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 300))]);
  }
  if (audio.state !== "running") return false;
  TONES.forEach((tone, index) => beep(tone, audio.currentTime + index * 0.28));
  return true;
}

function beep(tone, at) {
  const voice = audio.createOscillator();
  const loudness = audio.createGain();
  voice.frequency.value = tone;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.25, at + 0.02);
  loudness.gain.linearRampToValueAtTime(0, at + 0.22);
  voice.connect(loudness).connect(audio.destination);
  voice.start(at);
  voice.stop(at + 0.24);
}

function offerToAllow(newest) {
  const place = document.getElementById("pressing");
  if (!place || place.querySelector("button")) return;
  place.hidden = false;
  const allow = document.createElement("button");
  allow.type = "button";
  allow.className = "button";
  allow.textContent = say("allow_sound");
  allow.addEventListener("click", async () => {
    if (await play()) {
      keep(HEARD, newest);
      allow.remove();
    }
  });
  place.append(" ", allow);
}

function offerSwitch() {
  const button = document.querySelector("[data-sound-switch]");
  if (!button) return;
  const show = () => {
    button.textContent = say(kept(OFF) ? "sound_on" : "sound_off");
    button.setAttribute("aria-pressed", kept(OFF) ? "false" : "true");
  };
  button.hidden = false;
  show();
  button.addEventListener("click", () => {
    keep(OFF, kept(OFF) ? "" : "1");
    if (!kept(OFF)) play();
    show();
  });
}

// Private windows keep nothing: then each page begins anew.
function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // as above
  }
}
