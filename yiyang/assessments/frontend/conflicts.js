// Both answers side by side, and the assessor chooses. Nothing leaves the device before that.
import { post } from "./sending.js";
import { remove, update } from "./store.js";
import { button, make, say } from "./pieces.js";

// Somebody else answered some questions otherwise while the draft went on.
export function changed(draft, after) {
  const codes = Object.keys(draft.conflicts);
  const form = make("form", { className: "assessment-conflict" });
  const who = [...new Set(codes.map((code) => draft.conflicts[code].who))].join("、");
  form.append(make("p", { attributes: { role: "alert" } }, make("strong", { textContent: say("changed", { who }) })));
  codes.forEach((code, number) => form.append(choice(draft.conflicts[code], number)));
  form.append(make("p", { className: "actions" }, make("button", { className: "button primary", textContent: say("keep_chosen") })));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const chosen = new FormData(form);
    await update(draft.key, (one) => {
      codes.forEach((code, number) => settle(one, code, chosen.get(`both-${number}`)));
      return one;
    });
    after();
  });
  return form;
}

function choice(both, number) {
  const field = make("fieldset", { className: "field" }, make("legend", { textContent: both.question }));
  for (const whose of ["mine", "theirs"]) {
    const input = make("input", { type: "radio", name: `both-${number}`, value: whose, required: true });
    const answer = both[whose] || say("empty");
    field.append(make("label", { className: "option" }, input, " ", make("span", { textContent: say(whose, { answer }) })));
  }
  return field;
}

function settle(draft, code, whose) {
  const both = draft.conflicts[code];
  if (!both) return;
  delete draft.conflicts[code];
  if (whose === "mine") draft.waiting[code].base = both.revision;
  else {
    delete draft.waiting[code];
    draft.answers = { ...draft.answers, [code]: both.value };
  }
}

// Signed, discarded or closed meanwhile: mine can stand beside it, or be deleted.
export function ended(draft) {
  const { gone, message, differences } = draft.ended;
  const box = make("section", { className: "assessment-conflict" });
  box.append(make("h2", { textContent: say("ended"), tabIndex: -1 }));
  box.append(make("p", { attributes: { role: "alert" }, textContent: gone ? say("gone", { why: message }) : message }));
  const { who } = draft.ended;
  if (who && differences.length) box.append(make("p", { textContent: say("ended_by", { who }) }));
  const theirs = draft.save.replace(/answer\/$/, "");
  const leave = async () => {
    await remove(draft.key);
    location.href = gone ? draft.all : theirs;
  };
  if (gone) {
    box.append(make("p", { className: "actions" }, button(say("delete_mine"), leave)));
  } else if (!differences.length) {
    box.append(make("p", { textContent: say("same_signed") }), make("a", { className: "button", href: theirs, textContent: say("open_theirs") }));
    remove(draft.key);
  } else box.append(...both(draft, differences, leave));
  return box;
}

function both(draft, differences, leave) {
  const head = ["question", "mine_head", "theirs_head"].map((key) => make("th", { scope: "col", textContent: say(key) }));
  const rows = differences.map((one) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", textContent: one.question }),
      ...["mine", "theirs"].map((whose) => {
        const cell = make("td", { textContent: one[whose] || say("empty") });
        cell.dataset.label = say(`${whose}_head`);
        return cell;
      }),
    ),
  );
  const table = make("table", { className: "table stack" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
  const id = `why-${draft.id}`;
  const why = make("textarea", { id, rows: 2, value: say("why_given"), maxLength: 400 });
  const label = make("label", { htmlFor: id, textContent: say("why") });
  const problem = make("p", { className: "field-error", hidden: true, attributes: { role: "alert" } });
  const mine = button(say("take_mine"), () => takeMine(draft, why.value, problem), true);
  return [
    table,
    make("div", { className: "field" }, label, why),
    problem,
    make("p", { className: "actions" }, mine, " ", button(say("take_theirs"), leave)),
  ];
}

async function takeMine(draft, reason, problem) {
  const answers = Object.fromEntries(Object.entries(draft.waiting).map(([code, one]) => [code, one.value]));
  const key = `${draft.device}:${draft.id}`;
  const said = await post(draft, draft.save.replace(/answer\/$/, "beside/"), { answers, reason, key });
  if (said.status === 200) {
    await remove(draft.key);
    location.href = said.json.url;
    return;
  }
  problem.hidden = false;
  problem.textContent = said === "offline" ? say("no_line") : said === "signed-out" ? say("signed_out") : said === "other" ? say("other") : said.json.message || String(said.status);
}
