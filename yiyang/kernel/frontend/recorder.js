// A voice note is recorded in the page where the browser can; the file field stays for where it cannot.
import { asWav } from "./wav.js";
import { say } from "./words.js";

const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const BITS = 32000;

export function offerRecording(root) {
  for (const field of root.querySelectorAll("input[type=file][data-recorder]")) {
    if (navigator.mediaDevices?.getUserMedia && window.MediaRecorder) attach(field);
  }
}

function attach(field) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button wide" });
  const status = Object.assign(document.createElement("p"), { className: "muted" });
  status.setAttribute("role", "status");
  const player = Object.assign(document.createElement("audio"), { controls: true, hidden: true });
  player.setAttribute("aria-label", say("listen_to_recording"));
  button.textContent = say("record");
  field.before(button, status, player);
  let recorder = null;
  button.addEventListener("click", async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    try {
      recorder = await begin(field, button, status, async (recording) => {
        recorder = null;
        keep(field, await asked(field, recording), player);
        button.textContent = say("record_again");
        status.textContent = say("recorded");
      });
    } catch {
      status.textContent = say("no_microphone");
    }
  });
}

async function begin(field, button, status, done) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS });
  const parts = [];
  const began = Date.now();
  const longest = Number(field.dataset.recorder);
  const clock = setInterval(() => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    status.textContent = say("recording", { seconds, longest });
    if (seconds >= longest && recorder.state === "recording") recorder.stop();
  }, 500);
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  recorder.addEventListener("stop", () => {
    clearInterval(clock);
    for (const track of stream.getTracks()) track.stop();
    done(new Blob(parts, { type: recorder.mimeType }));
  });
  recorder.start();
  button.textContent = say("stop_recording");
  return recorder;
}

// `data-recorder-as="wav"`: for what many telephones are to play. Where it cannot be made, it stays as recorded.
function asked(field, recording) {
  return field.dataset.recorderAs === "wav" ? asWav(recording).catch(() => recording) : recording;
}

const ENDINGS = { wav: "wav", mp4: "m4a", ogg: "ogg" };

function keep(field, recording, player) {
  const kind = Object.keys(ENDINGS).find((one) => recording.type.includes(one));
  const ending = ENDINGS[kind] || "webm";
  const files = new DataTransfer();
  files.items.add(new File([recording], `note.${ending}`, { type: recording.type }));
  field.files = files.files;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  player.src = URL.createObjectURL(recording);
  player.hidden = false;
}
