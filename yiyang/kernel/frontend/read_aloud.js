// Reads the page to the person. Where the machine has no voice for the language, or cannot read at all (as inside
// some telephones' WeChat), it says so.
import { say } from "./words.js";

const SPEED = 0.85;

export function offerReading() {
  const button = document.querySelector("[data-read-aloud]");
  if (!button) return;
  button.hidden = false;
  const label = button.querySelector("span");
  const initial = label.textContent;
  const rest = () => {
    label.textContent = initial;
    button.setAttribute("aria-pressed", "false");
  };
  const tellNoVoice = () => {
    document.querySelector("[data-read-aloud-status]").textContent = say("no_voice");
  };
  if (!("speechSynthesis" in window)) {
    button.addEventListener("click", tellNoVoice);
    return;
  }
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      rest();
      return;
    }
    const voice = voiceFor(document.documentElement.lang);
    if (!voice) {
      tellNoVoice();
      return;
    }
    label.textContent = say("stop_reading");
    button.setAttribute("aria-pressed", "true");
    read(wordsOf(document.querySelector(button.dataset.readAloud)), voice, rest);
  });
  speechSynthesis.getVoices(); // some browsers load their voices only when asked once
  window.addEventListener("pagehide", () => speechSynthesis.cancel());
}

function voiceFor(language) {
  const wanted = language.slice(0, 2).toLowerCase();
  const voices = speechSynthesis.getVoices().filter((voice) => voice.lang.toLowerCase().startsWith(wanted));
  return voices.find((voice) => voice.localService) || voices[0];
}

function wordsOf(main) {
  const seen = main.cloneNode(true);
  for (const part of seen.querySelectorAll("[data-read-aloud], [data-read-aloud-status], [aria-hidden=true], script, nav")) {
    part.remove();
  }
  return [...seen.querySelectorAll("h1, h2, h3, p, li, dt, dd, label, a.button, button")]
    .filter((element) => !element.parentElement.closest("p, li, dd"))
    .map((element) => element.textContent.replace(/\s+/g, " ").trim())
    .filter(Boolean);
}

function read(sentences, voice, done) {
  sentences.forEach((sentence, index) => {
    const utterance = new SpeechSynthesisUtterance(sentence);
    Object.assign(utterance, { voice, lang: voice.lang, rate: SPEED });
    if (index === sentences.length - 1) utterance.onend = done;
    speechSynthesis.speak(utterance);
  });
}
