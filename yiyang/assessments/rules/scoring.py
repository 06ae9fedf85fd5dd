"""Scores answers. Total: whatever JSON comes in, an outcome goes out, and it says how it came about."""

from __future__ import annotations

from collections.abc import Mapping

from yiyang.assessments.rules.answers import Impossible, seen, taken, unanswered
from yiyang.assessments.rules.conditions import holds
from yiyang.assessments.rules.explaining import sheet_steps
from yiyang.assessments.rules.formulas import CannotCompute, computed, names_in, rounded
from yiyang.assessments.rules.instruments import Instrument, Item, SubScore, Table, Total
from yiyang.assessments.rules.levels import levelled
from yiyang.assessments.rules.outcomes import Fault, Outcome, StepKind
from yiyang.assessments.rules.sheet import Sheet
from yiyang.assessments.rules.texts import Text

NOT_APPLICABLE = Text("本量表不适用于此人", "this instrument is not for this person")
NOT_AN_OBJECT = Text(
    "答案应为 JSON 对象：条目代码 → 答案", "answers must be a JSON object: item code → answer"
)
NO_SUCH_ITEM = Text("没有条目“{code}”", "there is no item “{code}”")


def score(instrument: Instrument, answers: object, *, context: Mapping[str, object] | None = None) -> Outcome:
    """The outcome of one set of answers; `context` is what is known of the person (age, sex, today …)."""
    sheet = Sheet(instrument, context or {})
    given = _given(sheet, answers)
    for code in instrument.order:
        _answer(sheet, instrument.item(code), given.get(code))
    if instrument.applies is not None and holds(instrument.applies, sheet) is False:
        sheet.faults.append(Fault("", NOT_APPLICABLE))
    for part in instrument.subscores:
        value = _added(sheet, part)
        if value is not None:
            sheet.subscores[part.code] = value
    if instrument.total is not None:
        sheet.total_value = _added(sheet, instrument.total)
    return _outcome(sheet)


def _given(sheet: Sheet, answers: object) -> dict[str, object]:
    if not isinstance(answers, Mapping):
        sheet.faults.append(Fault("", NOT_AN_OBJECT))
        return {}
    for code in answers:
        if code not in sheet.instrument.by_code:
            sheet.faults.append(Fault(seen(str(code)), NO_SUCH_ITEM.format(code=seen(str(code)))))
    return {code: answers[code] for code in answers if isinstance(code, str)}


def _answer(sheet: Sheet, item: Item, raw: object) -> None:
    if item.show_when is not None and holds(item.show_when, sheet) is not True:
        sheet.hide(item, answered=not unanswered(raw))
        return
    if item.computed:
        if not unanswered(raw):
            sheet.note(
                StepKind.IGNORED,
                item,
                Text(
                    "{item} 由公式计算，填写的答案不采用", "{item} is computed; the answer given is not used"
                ),
            )
        _compute(sheet, item)
    elif unanswered(raw):
        if item.required:
            sheet.lacking.append(item.code)
        return
    else:
        got = taken(item, raw, sheet.today)
        if isinstance(got, Impossible):
            sheet.wrong(item, got.words)
            return
        sheet.take(item, got)
    if item.code in sheet.values:
        sheet.scores_of[item.code] = _score(sheet, item)


def _compute(sheet: Sheet, item: Item) -> None:
    names = sheet.names(names_in(item.value))
    if names is None:
        if item.required and not sheet.inputs_missing(item):
            sheet.lacking.append(item.code)
        return
    try:
        value = computed(item.value, names)
    except CannotCompute:
        sheet.wrong(item, Text("无法由答案算出", "cannot be computed from the answers"))
        return
    got = sheet.within(item, value)
    if got is not None:
        sheet.take(item, got)


def _score(sheet: Sheet, item: Item) -> float | None:
    """What the answer is worth; None when the item has no scores, or it is not known which count."""
    value = sheet.values[item.code]
    if item.options:
        chosen = value if isinstance(value, tuple) else (value,)
        scores = [option.score for option in item.options if option.code in chosen]
        known = [one for one in scores if one is not None]
        return sum(known) if len(known) == len(scores) and item.scored else None
    table = _table(sheet, item)
    if table is None or not isinstance(value, float):
        return None
    return next((point.score for point in table.points if point.upto is None or value <= point.upto), None)


def _table(sheet: Sheet, item: Item) -> Table | None:
    for table in item.tables:
        chosen = True if table.when is None else holds(table.when, sheet)
        if chosen is None:
            return None
        if chosen:
            return table
    return None


def _added(sheet: Sheet, part: SubScore | Total) -> float | None:
    members = part.parts
    if not part.value:
        values = [sheet.worth(code) for code in members]
        known = [value for value in values if value is not None]
        return sum(known) if len(known) == len(values) else None
    names = sheet.names(names_in(part.value))
    if names is None:
        return None
    try:
        value = rounded(computed(part.value, names), part.decimals)
    except CannotCompute:
        sheet.faults.append(
            Fault("", Text("{title}无法算出", "{title} cannot be computed").format(title=part.title))
        )
        return None
    if (part.minimum is not None and value < part.minimum) or (
        part.maximum is not None and value > part.maximum
    ):
        words = Text("{title} {value} 超出可能的范围", "{title} {value} is outside what is possible")
        sheet.faults.append(Fault("", words.format(title=part.title, value=value)))
        return None
    return value


def _outcome(sheet: Sheet) -> Outcome:
    complete = not sheet.lacking and not sheet.faults
    if not complete:
        sheet.total_value = None
    band, level, moved = levelled(sheet) if complete else (None, None, ())
    order = {item.code: place for place, item in enumerate(sheet.instrument.items)}
    return Outcome(
        missing=tuple(sorted(sheet.lacking, key=order.__getitem__)),
        impossible=tuple(sheet.faults),
        scores={
            item.code: worth
            for item in sheet.instrument.items
            if (worth := sheet.scores_of.get(item.code)) is not None
        },
        subscores=sheet.subscores,
        total=sheet.total_value,
        band=band,
        level=level,
        alerts=tuple(alert for alert in sheet.instrument.alerts if holds(alert.when, sheet)),
        steps=(*sheet_steps(sheet), *moved),
    )
