// What lies on the device: one record for each draft of an account, with its questions, its answers as the server
// last said them, and what was answered here and waits to be sent. Emptied at sign-out by the server's answer.
const NAME = "assessments";
const STORE = "drafts";
export const DEVICE = "device"; // the record that says whose drafts lie here

let opened;
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(NAME);

function open() {
  opened =
    opened ||
    new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        request.result.onclose = request.result.onversionchange = () => {
          request.result.close();
          opened = undefined;
        };
        resolve(request.result);
      };
    });
  return opened;
}

async function within(mode, act) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    let result;
    act(transaction.objectStore(STORE), (value) => (result = value));
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

export function get(key) {
  return within("readonly", (store, give) => (store.get(key).onsuccess = (event) => give(event.target.result)));
}

export async function drafts() {
  const all = await within(
    "readonly",
    (store, give) => (store.getAll().onsuccess = (event) => give(event.target.result)),
  );
  return all.filter((one) => one.key !== DEVICE);
}

// Read, change and write as one: two windows and the worker never overwrite each other.
export async function update(key, change) {
  const kept = await within("readwrite", (store, give) => {
    store.get(key).onsuccess = (event) => {
      const after = change(event.target.result);
      if (after) store.put(after);
      give(after);
    };
  });
  if (channel) channel.postMessage(key);
  return kept;
}

export async function remove(key) {
  await within("readwrite", (store) => store.delete(key));
  if (channel) channel.postMessage(key);
}

export function onChange(act) {
  if (channel) channel.addEventListener("message", (event) => act(event.data));
}

export function waitingIn(draft) {
  return Object.keys(draft.waiting).length;
}

// The frame of every page warns before a sign-out that would delete what waits (kernel/frontend/leaving.js).
export async function count() {
  const number = (await drafts()).reduce((sum, one) => sum + waitingIn(one), 0);
  try {
    const where = document.getElementById("bedside-ways").dataset.shell;
    localStorage.setItem("unsent", JSON.stringify({ number, where }));
  } catch {} // then nobody is warned
}
