"""Reads a condition. Which items, sub-scores and options there are is checked afterwards, when all are known."""

from __future__ import annotations

from typing import Literal, overload

from yiyang.assessments.rules.conditions import Condition, Kind, Test
from yiyang.assessments.rules.parts import Part

LIMITS = ("at_least", "at_most", "above", "below")
TESTS = ("in", "answered", *LIMITS)
DEEPEST = 12
NEVER = Condition(Kind.ANY)


@overload
def condition(part: Part, key: str, required: Literal[True]) -> Condition: ...
@overload
def condition(part: Part, key: str, required: bool = False) -> Condition | None: ...
def condition(part: Part, key: str, required: bool = False) -> Condition | None:
    """The condition under a key of a table."""
    value = part.take(key)
    if value is None:
        if required:
            part.fault("缺少条件 {key}", "the condition {key} is missing", key=key)
            return NEVER
        return None
    return read_condition(part.inner(value, f"条件 {key}", f"condition {key}"))


def read_condition(part: Part, level: int = 0) -> Condition:
    kinds = [kind for kind in Kind if part.has(str(kind))]
    if len(kinds) != 1 or level > DEEPEST:
        part.fault(
            "条件须恰有一个：{known}（嵌套不超过 {deepest} 层）",
            "a condition has exactly one of: {known} (nested at most {deepest} deep)",
            known=" ".join(Kind),
            deepest=DEEPEST,
        )
        return NEVER
    made = _read(part, kinds[0], level)
    part.done()
    return made


def _read(part: Part, kind: Kind, level: int) -> Condition:
    if kind in (Kind.ALL, Kind.ANY):
        inner = part.parts(str(kind), "条件", "condition")
        if not inner:
            part.fault("{kind} 中没有条件", "{kind} holds no condition", kind=kind)
        return Condition(kind, parts=tuple(read_condition(one, level + 1) for one in inner))
    if kind is Kind.NOT:
        return Condition(kind, parts=(read_condition(part.inner(part.take("not"), "not", "not"), level + 1),))
    if kind is Kind.TOTAL:
        limits = part.inner(part.take("total"), "total", "total")
        test = _test(limits)
        limits.done()
        return Condition(kind, test=test)
    if kind is Kind.ANY_ITEM_SCORES:
        score = part.number("any_item_scores", required=True) or 0.0
        return Condition(kind, test=Test(at_least=score, at_most=score))
    if kind is Kind.SUM:
        return Condition(kind, part.strings("sum"), _test(part))
    return Condition(kind, (part.string(str(kind), required=True),), _test(part))


def _test(part: Part) -> Test:
    limits = {key: part.number(key) for key in LIMITS}
    test = Test(
        among=_among(part),
        answered=part.flag("answered") if part.has("answered") else None,
        **limits,
    )
    if test.empty():
        part.fault(
            "条件没有要求，可用：{known}",
            "the condition asks nothing; there are: {known}",
            known=" ".join(TESTS),
        )
    return test


def _among(part: Part) -> tuple[object, ...] | None:
    value = part.take("in")
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str | bool | int | float) for one in value):
        part.fault("in 应为列表", "in must be a list")
        return ()
    if not value:
        part.fault("in 是空的", "in is empty")
    return tuple(value)
