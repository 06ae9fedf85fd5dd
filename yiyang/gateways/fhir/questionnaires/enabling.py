"""When a question is put: the conditions of an instrument as enableWhen, and the other way round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from yiyang.assessments.rules.conditions import Condition, Kind
from yiyang.assessments.rules.instruments import Instrument, ItemKind
from yiyang.gateways.fhir.questionnaires.words import coding, number, system_of

LIMITS = {"at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}
OPPOSITE = {"=": "!=", "!=": "=", ">": "<=", "<": ">=", ">=": "<", "<=": ">"}
COMPARED = {operator: limit for limit, operator in LIMITS.items()}


def enable_when(instrument: Instrument, condition: Condition | None) -> dict[str, Any] | None:
    """As R4 can say it: some tests, of which all or any must hold. None: R4 cannot say it."""
    if condition is None:
        return {}
    for behaviour, kind in (("any", Kind.ANY), ("all", Kind.ALL)):
        parts = condition.parts if condition.kind is kind else (condition,)
        told = [_tests(instrument, part, behaviour) for part in parts]
        if all(one is not None for one in told):
            tests = [test for one in told for test in one or ()]
            return {"enableWhen": tests, **({"enableBehavior": behaviour} if len(tests) > 1 else {})}
    return None


def _tests(instrument: Instrument, part: Condition, behaviour: str) -> list[dict[str, Any]] | None:
    """One part as tests that are joined by `behaviour`."""
    if part.kind is Kind.NOT:
        inner = _tests(instrument, part.parts[0], "any" if behaviour == "all" else "all")
        if inner is None:
            return None
        return [_turned(one) for one in inner] if all("operator" in one for one in inner) else None
    if part.kind is not Kind.ITEM:
        return None
    code, test = part.of[0], part.test
    if test.answered is not None:
        simple = test.among is None and not test.compares()
        return [{"question": code, "operator": "exists", "answerBoolean": test.answered}] if simple else None
    if test.among is not None:
        if test.compares() or (behaviour == "all" and len(test.among) > 1):
            return None
        return [{"question": code, "operator": "=", **_answer(instrument, code, one)} for one in test.among]
    limits = [(LIMITS[name], getattr(test, name)) for name in LIMITS if getattr(test, name) is not None]
    if behaviour == "any" and len(limits) > 1:
        return None
    return [
        {"question": code, "operator": sign, **_answer(instrument, code, limit)} for sign, limit in limits
    ]


def _turned(test: dict[str, Any]) -> dict[str, Any]:
    if test["operator"] == "exists":
        return {**test, "answerBoolean": not test["answerBoolean"]}
    return {**test, "operator": OPPOSITE[test["operator"]]}


def _answer(instrument: Instrument, code: str, value: Any) -> dict[str, Any]:
    item = instrument.item(code)
    if item.options:
        option = item.option(str(value))
        return {
            "answerCoding": coding(
                system_of(instrument.code, code), str(value), option.text if option else None
            )
        }
    if item.kind is ItemKind.NUMBER:
        if item.other_units:
            return {"answerQuantity": {"value": number(float(value)), "code": item.unit}}
        whole = not item.decimals and float(value).is_integer()
        return {"answerInteger": int(value)} if whole else {"answerDecimal": number(float(value))}
    return {"answerDate" if item.kind is ItemKind.DATE else "answerString": str(value)}


@dataclass
class Asked:
    """A question that conditions may ask about: its code here, its kind, and its options by their own codes."""

    code: str
    kind: str
    options: Mapping[str, str] = field(default_factory=dict)


class Untellable(ValueError):
    """A condition that an instrument cannot have."""


def show_when(item: dict[str, Any], asked: Mapping[str, Asked]) -> dict[str, Any] | None:
    """The condition in an instrument's words; raises Untellable with the reason when there is none."""
    tests = [_read(one, asked) for one in item.get("enableWhen") or ()]
    return joined(tests, "any" if item.get("enableBehavior") == "any" else "all")


def joined(tests: list[dict[str, Any]], behaviour: str = "all") -> dict[str, Any] | None:
    """Several equalities of one question become one list of options; nothing is asked twice."""
    tests = [one for at, one in enumerate(tests) if one not in tests[:at]]
    if behaviour == "all":
        chosen = {one["item"] for one in tests if "in" in one}
        tests = [one for one in tests if one.get("answered") is not True or one["item"] not in chosen]
    of_one = len({one.get("item") for one in tests}) == 1 and all(set(one) == {"item", "in"} for one in tests)
    if behaviour == "any" and of_one:
        return {"item": tests[0]["item"], "in": [value for one in tests for value in one["in"]]}
    if len(tests) < 2:
        return tests[0] if tests else None
    negated = behaviour == "all" and all(set(one) == {"not"} for one in tests)
    if negated:
        inner = joined([one["not"] for one in tests], "any")
        if inner is not None and "item" in inner:
            return {"not": inner}
    return {behaviour: tests}


def _read(test: dict[str, Any], asked: Mapping[str, Asked]) -> dict[str, Any]:
    question, operator = str(test.get("question")), test.get("operator")
    target = asked.get(question)
    if target is None:
        raise Untellable(question)
    if operator == "exists":
        return {"item": target.code, "answered": test.get("answerBoolean") is True}
    key, value = next((key, value) for key, value in test.items() if key.startswith("answer"))
    if operator in COMPARED:
        if target.kind != "number" or key not in ("answerInteger", "answerDecimal", "answerQuantity"):
            raise Untellable(question)
        return {"item": target.code, COMPARED[str(operator)]: _number(value)}
    found = {"item": target.code, "in": [_value(key, value, target)]}
    return found if operator == "=" else {"not": found}


def _value(key: str, value: Any, target: Asked) -> Any:
    if target.kind == "number":
        return _number(value)
    if target.options:
        plain = value.get("code", value.get("display")) if isinstance(value, dict) else value
        plain = str(plain).lower() if isinstance(value, bool) else str(plain)
        if plain not in target.options:
            raise Untellable(plain)
        return target.options[plain]
    raise Untellable(target.code)  # of words and days an instrument asks only whether there is an answer


def _number(value: Any) -> float | int:
    plain = value.get("value") if isinstance(value, dict) else value
    if isinstance(plain, bool) or not isinstance(plain, int | float):
        raise Untellable(str(plain))
    return plain
