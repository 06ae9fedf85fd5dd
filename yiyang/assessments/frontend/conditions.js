// Which questions are put, by the same rules as on the server (rules/conditions.py, rules/asking.py). A condition is
// true, false, or null: not known.
export function asked(items, answers, context) {
  const put = new Set();
  const known = { put, values: {}, byCode: Object.fromEntries(items.map((one) => [one.code, one])), context };
  for (const item of items) {
    if (item.show_when && holds(item.show_when, known) !== true) continue;
    put.add(item.code);
    const value = meant(item, answers[item.code]);
    if (value !== null) known.values[item.code] = value;
  }
  return put;
}

function holds({ kind, of, test, parts }, known) {
  if (kind === "all") return every(parts.map((part) => holds(part, known)));
  if (kind === "any") return some(parts.map((part) => holds(part, known)));
  if (kind === "not") return opposite(holds(parts[0], known));
  if (kind === "item") return ofItem(of[0], test, known);
  if (kind === "sum") return meets(test, added(of.map((code) => points(code, known))));
  if (kind === "any_item_scores") return false; // nothing is scored yet
  const value = kind === "context" ? nothing(known.context[of[0]]) : null;
  if (test.answered !== null) return (value !== null) === test.answered;
  return meets(test, value);
}

function ofItem(code, test, known) {
  const put = known.put.has(code);
  const answer = put ? nothing(known.values[code]) : null;
  if (test.answered !== null) return (answer !== null) === test.answered;
  return put ? meets(test, answer) : false;
}

function meets(test, value) {
  if (value === null) return null;
  const several = Array.isArray(value) ? value : [value];
  if (test.among !== null && !several.some((one) => test.among.includes(one))) return false;
  const limits = [test.at_least, test.at_most, test.above, test.below];
  if (limits.every((one) => one === null)) return true;
  if (typeof value !== "number") return null;
  const [least, most, above, below] = limits;
  return (
    (least === null || value >= least) &&
    (most === null || value <= most) &&
    (above === null || value > above) &&
    (below === null || value < below)
  );
}

function points(code, known) {
  if (!known.put.has(code)) return 0;
  const value = nothing(known.values[code]);
  if (value === null) return null;
  const chosen = Array.isArray(value) ? value : [value];
  const worth = chosen.map((one) => nothing(known.byCode[code].points[one])).filter((one) => one !== null);
  return worth.length ? worth.reduce((sum, one) => sum + one, 0) : null;
}

// What an answer means: a number in the item's own unit, a list, a code, a text; null when there is none.
function meant(item, raw) {
  if (raw === undefined || raw === null || raw === "" || (Array.isArray(raw) && !raw.length)) return null;
  if (item.kind !== "number") return raw;
  const [value, unit] = typeof raw === "object" ? [raw.value, raw.unit] : [raw, item.unit];
  if (typeof value !== "number") return null;
  if (!unit || unit === item.unit) return value;
  const other = item.units[unit];
  return other ? value * other[0] + other[1] : null;
}

function added(numbers) {
  return numbers.includes(null) ? null : numbers.reduce((sum, one) => sum + one, 0);
}

const nothing = (value) => (value === undefined ? null : value);
const opposite = (value) => (value === null ? null : !value);
const every = (answers) => (answers.includes(false) ? false : answers.includes(null) ? null : true);
const some = (answers) => (answers.includes(true) ? true : answers.includes(null) ? null : false);
