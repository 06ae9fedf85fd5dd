// Sends what waits, from a page or from the worker. Sending the same again is safe: the server keeps an answer that
// is there already without a trace, and tells the own device from others.
import { drafts, get, update } from "./store.js";

let token = "";

export function useToken(value) {
  token = value || token;
}

// "sent", "offline", "signed-out", "other" (somebody else is signed in), or "decide" (a choice is to be made).
export async function send(key) {
  for (;;) {
    const draft = await get(key);
    if (!draft) return "sent";
    const batch = draft.ended ? null : next(draft);
    if (!batch) return Object.keys(draft.waiting).length ? "decide" : "sent";
    const answers = Object.fromEntries(Object.entries(batch).map(([code, one]) => [code, one.value]));
    const sources = Object.fromEntries(
      Object.entries(batch).flatMap(([code, one]) => (one.source ? [[code, one.source]] : [])),
    );
    const revision = Object.values(batch)[0].base;
    const said = await post(draft, draft.save, { answers, sources, revision, device: draft.device, account: draft.account });
    if (typeof said === "string") return said;
    await update(key, (one) => one && taken(one, batch, said));
  }
}

export async function sendAll() {
  for (const one of await drafts()) await send(one.key);
}

// Answers that were given on one and the same state of the draft go together.
function next(draft) {
  const free = Object.entries(draft.waiting).filter(([code]) => !draft.conflicts[code] && !draft.refused[code]);
  if (!free.length) return null;
  const base = Math.min(...free.map(([, one]) => one.base));
  return Object.fromEntries(free.filter(([, one]) => one.base === base));
}

function taken(draft, batch, { status, json }) {
  if (status === 200) {
    for (const [code, one] of Object.entries(batch)) {
      if (draft.waiting[code] && draft.waiting[code].at === one.at) delete draft.waiting[code];
    }
    Object.assign(draft, { revision: json.revision, answers: json.answers, computed: json.computed });
    draft.seen = Date.now();
  } else if (json.codes) {
    for (const one of json.differences) {
      draft.conflicts[one.code] = { ...one, who: json.who, revision: json.revision, value: json.theirs[one.code] };
    }
  } else if (json.state) {
    draft.ended = { message: json.message, state: json.state, who: json.who, differences: json.differences };
  } else if (json.field && batch[json.field]) {
    draft.refused[json.field] = json.message;
  } else if (status === 403 || status === 404) {
    draft.ended = { gone: true, message: json.message || "", differences: [] };
  } else {
    for (const code of Object.keys(batch)) draft.refused[code] = json.message || String(status);
  }
  return draft;
}

export async function post(draft, url, body, again = false) {
  if (!token || again) {
    const session = await ask(draft.session);
    if (typeof session === "string") return session;
    if (session.json.account !== draft.account) return "other";
    token = session.json.csrf;
  }
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const said = await ask(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (said.status === 403 && !again) return post(draft, url, body, true);
  if (said.json && said.json.code === "OTHER_ACCOUNT") return "other";
  return said;
}

export async function ask(url, how = {}) {
  let answer;
  try {
    answer = await fetch(url, { credentials: "same-origin", redirect: "manual", cache: "no-store", ...how });
  } catch {
    return "offline";
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return "signed-out";
  if (answer.status >= 500 || answer.status === 429) return "offline";
  const json = await answer.json().catch(() => ({}));
  return { status: answer.status, json };
}
