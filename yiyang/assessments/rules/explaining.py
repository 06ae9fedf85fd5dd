"""The steps before the level, in words: item scores, sub-scores, total."""

from __future__ import annotations

from collections.abc import Iterator

from yiyang.assessments.rules.instruments import Item, SubScore, Total
from yiyang.assessments.rules.outcomes import Step, StepKind
from yiyang.assessments.rules.ranges import maximum_of
from yiyang.assessments.rules.sheet import Sheet, answered_items
from yiyang.assessments.rules.texts import Text, same, shown
from yiyang.assessments.rules.units import UNITS

ITEM = Text("{item}：{answer} → {score} 分", "{item}: {answer} → {score}")
COMPUTED = Text("{item} = {answer}（计算）", "{item} = {answer} (computed)")
OUT_OF = Text("{title}：{value}（满分 {most}）", "{title}: {value} of {most}")
ALONE = Text("{title}：{value}", "{title}: {value}")


def sheet_steps(sheet: Sheet) -> tuple[Step, ...]:
    return (*sheet.notes, *_items(sheet), *_sums(sheet))


def _items(sheet: Sheet) -> Iterator[Step]:
    for item in answered_items(sheet):
        said = answer_words(sheet, item)
        value = sheet.values[item.code]
        if item.computed and isinstance(value, float):
            yield Step(StepKind.COMPUTED, COMPUTED.format(item=item.text, answer=said), item.code, value)
        score = sheet.scores_of.get(item.code)
        if score is not None:
            words = ITEM.format(item=item.text, answer=said, score=shown(score))
            yield Step(StepKind.SCORE, words, item.code, score)


def answer_words(sheet: Sheet, item: Item) -> Text:
    """An answer as people say it: the options' words, the number with its unit."""
    value = sheet.values[item.code]
    if isinstance(value, float):
        unit = UNITS.get(item.unit, same(item.unit))
        return Text(f"{shown(value)} {unit.zh}".rstrip(), f"{shown(value)} {unit.en}".rstrip())
    if not item.options:
        return same(str(value))
    chosen = value if isinstance(value, tuple) else (value,)
    options = [option.text for option in item.options if option.code in chosen]
    return Text("、".join(one.zh for one in options), "; ".join(one.en for one in options))


def _sums(sheet: Sheet) -> Iterator[Step]:
    for part in sheet.instrument.subscores:
        value = sheet.subscores.get(part.code)
        if value is not None:
            yield Step(StepKind.SUBSCORE, _sum_words(sheet, part, value), part.code, value)
    total = sheet.instrument.total
    if total is not None and sheet.total_value is not None:
        yield Step(StepKind.TOTAL, _sum_words(sheet, total, sheet.total_value), "", sheet.total_value)


def _sum_words(sheet: Sheet, part: SubScore | Total, value: float) -> Text:
    code = part.code if isinstance(part, SubScore) else ""
    most = part.maximum if part.maximum is not None else maximum_of(sheet.instrument, code)
    if most is None:
        return ALONE.format(title=part.title, value=shown(value))
    return OUT_OF.format(title=part.title, value=shown(value), most=shown(most))
