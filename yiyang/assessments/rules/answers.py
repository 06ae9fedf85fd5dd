"""Takes one answer as it came, in JSON: the value that it means, or why it cannot be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from yiyang.assessments.rules.formulas import rounded
from yiyang.assessments.rules.instruments import Item, ItemKind
from yiyang.assessments.rules.texts import Text, same, shown
from yiyang.assessments.rules.units import UNITS

Value: TypeAlias = str | float | tuple[str, ...]
LONGEST_TEXT = 4000
NUMBER_KEYS = {"value", "unit"}


@dataclass(frozen=True, slots=True)
class Impossible:
    words: Text


@dataclass(frozen=True, slots=True)
class Taken:
    value: Value
    rounded_from: float | None = None


def unanswered(raw: object) -> bool:
    return raw is None or (isinstance(raw, str | list | tuple) and not len(raw))


def taken(item: Item, raw: object, today: date | None = None) -> Taken | Impossible:
    """What an answer that was given means."""
    if item.kind is ItemKind.SINGLE:
        return _single(item, raw)
    if item.kind is ItemKind.MULTIPLE:
        return _multiple(item, raw)
    if item.kind is ItemKind.NUMBER:
        return _number(item, raw)
    if item.kind is ItemKind.DATE:
        return _date(item, raw, today)
    return _text(item, raw)


def _single(item: Item, raw: object) -> Taken | Impossible:
    if not isinstance(raw, str):
        return Impossible(Text("应为一个选项的代码", "must be the code of one option"))
    if item.option(raw) is None:
        return _no_option(item, raw)
    return Taken(raw)


def _no_option(item: Item, raw: str) -> Impossible:
    known = same(" ".join(option.code for option in item.options))
    words = Text("没有选项“{raw}”，可选：{known}", "there is no option “{raw}”; there are: {known}")
    return Impossible(words.format(raw=seen(raw), known=known))


def _multiple(item: Item, raw: object) -> Taken | Impossible:
    if not isinstance(raw, list | tuple) or not all(isinstance(one, str) for one in raw):
        return Impossible(Text("应为选项代码的列表", "must be a list of option codes"))
    given = set(raw)
    known = {option.code for option in item.options}
    for one in raw:
        if one not in known:
            return _no_option(item, one)
    chosen = tuple(option for option in item.options if option.code in given)
    alone = next((option for option in chosen if option.exclusive), None)
    if alone is not None and len(chosen) > 1:
        words = Text("“{alone}”不能与其他选项同时选择", "“{alone}” cannot be chosen together with another")
        return Impossible(words.format(alone=alone.text))
    return Taken(tuple(option.code for option in chosen))


def _number(item: Item, raw: object) -> Taken | Impossible:
    unit = ""
    if isinstance(raw, Mapping):
        if set(raw) - NUMBER_KEYS or not isinstance(raw.get("unit", ""), str):
            return Impossible(Text("应为 {value, unit}", "must be {value, unit}"))
        unit, raw = raw.get("unit", ""), raw.get("value")
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return Impossible(Text("应为数字", "must be a number"))
    number = finite(raw)
    if number is None:
        return Impossible(Text("数字过大或无效", "the number is too large or none"))
    if unit and unit != item.unit:
        other = next((one for one in item.other_units if one.unit == unit), None)
        if other is None:
            return _wrong_unit(item, unit)
        number = number * other.factor + other.offset
    return in_range(item, number)


def finite(raw: float) -> float | None:
    try:
        number = float(raw)
    except OverflowError:
        return None
    return number if math.isfinite(number) and abs(number) <= 1e12 else None


def in_range(item: Item, number: float) -> Taken | Impossible:
    """Within what is possible, and as exact as the item asks."""
    near = rounded(number, item.decimals)
    if (item.minimum is not None and near < item.minimum) or (
        item.maximum is not None and near > item.maximum
    ):
        words = Text(
            "{number} 不在 {least} 至 {most} {unit} 之内", "{number} is not within {least} to {most} {unit}"
        )
        unit = UNITS.get(item.unit, same(item.unit))
        least = "−∞" if item.minimum is None else shown(item.minimum)
        most = "∞" if item.maximum is None else shown(item.maximum)
        return Impossible(words.format(number=shown(number), least=least, most=most, unit=unit))
    return Taken(near, number if near != number else None)


def _wrong_unit(item: Item, unit: str) -> Impossible:
    known = " ".join(filter(None, (item.unit, *(other.unit for other in item.other_units)))) or "-"
    words = Text("单位“{unit}”不对，应为：{known}", "the unit “{unit}” is wrong; it must be: {known}")
    return Impossible(words.format(unit=seen(unit), known=same(known)))


def _date(item: Item, raw: object, today: date | None) -> Taken | Impossible:
    if not isinstance(raw, str) or len(raw) != 10:
        return Impossible(Text("应为日期，如 2026-05-01", "must be a date such as 2026-05-01"))
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        return Impossible(Text("没有这一天：{raw}", "there is no such day: {raw}").format(raw=seen(raw)))
    if today is not None and day > today and not item.future:
        return Impossible(Text("{raw} 还没有到", "{raw} lies in the future").format(raw=seen(raw)))
    return Taken(day.isoformat())


def _text(item: Item, raw: object) -> Taken | Impossible:
    if not isinstance(raw, str):
        return Impossible(Text("应为文字", "must be text"))
    most = int(item.maximum or LONGEST_TEXT)
    if len(raw) > most:
        return Impossible(Text("最多 {most} 个字", "at most {most} characters").format(most=most))
    return Taken(raw)


def seen(raw: str) -> str:
    """What somebody wrote, short enough for a sentence and without what would break it."""
    kept = "".join(sign for sign in raw[:40] if sign.isprintable())
    return kept + ("…" if len(raw) > 40 else "")
