"""Which element of a case is which item, option or result of an instrument. What is not mapped fails loudly.

A mapping (scores/*.toml) names the cases' file, the instrument, and for every element
- input: the item (`gt0005 = "sbp"`), with `options` where its codes are not the points, `as = "age"` for a date of
  birth, `context` for what is known of the person, or `skip` with the reason;
- output: `total`, `level`, `subscore`, `score_of` an item, `answer_of` an item, `text_of` items, or `skip`.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.outside.gdl2 import Case, Coded, Count, Quantity, Value
from yiyang.assessments.instruments import shipped
from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.assessments.rules.reading import read
from yiyang.assessments.rules.scoring import score

HERE = Path(__file__).parent
UNITS = {
    "mm[Hg]": "mm[Hg]", "/min": "/min", "%": "%", "Cel": "Cel", "kg": "kg", "cm": "cm", "kg/m2": "kg/m2",
    "a": "a", "ml": "mL/d", "ml/min": "mL/min", "millisec": "ms", "mg/dl": "mg/dL", "mmol/l": "mmol/L",
    "umol/l": "umol/L", "µmol/l": "umol/L", "U/l": "U/L", "/wk": "1", "1": "1",
}  # fmt: skip
Table = dict[str, Any]


class Unmapped(AssertionError):
    """An element, option or unit that the mapping does not know."""


@dataclass(frozen=True)
class Mapping:
    score: str
    instrument: Instrument
    inputs: dict[str, Table]
    outputs: dict[str, Table]
    today: date | None = None
    differs: list[Table] = field(default_factory=list)


def mappings() -> dict[str, Mapping]:
    texts = dict(shipped()) | {
        path.name: path.read_text(encoding="utf-8") for path in sorted((HERE / "instruments").glob("*.toml"))
    }
    found = {}
    for path in sorted((HERE / "scores").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        name = f"{data['instrument']}.toml"
        found[data["cases"]] = Mapping(
            score=data["cases"],
            instrument=read(texts[name], name),
            inputs={code: _table(one, "item") for code, one in data["input"].items()},
            outputs={code: _table(one, "total") for code, one in data["output"].items()},
            today=date.fromisoformat(data["today"]) if "today" in data else None,
            differs=data.get("differs", []),
        )
    return found


def _table(given: Any, key: str) -> Table:
    return given if isinstance(given, dict) else {key: given}


def chosen(options: Table, value: Coded, where: str) -> Any:
    """What a coded value stands for: by its code, by its words, or by its points."""
    if value.code in options:
        return options[value.code]
    for words, meaning in options.items():
        if words.startswith("~") and fnmatchcase(value.text, words[1:]):
            return meaning
    if value.points in options:
        return options[value.points]
    raise Unmapped(f"{where}: {value} is not mapped")


def age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def answers_of(mapping: Mapping, case: Case) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for element, value in case.given.items():
        rule = mapping.inputs.get(element)
        if rule is None:
            raise Unmapped(f"{mapping.score}: the input {element} ({value}) is not mapped")
        if "skip" not in rule:
            item = mapping.instrument.item(rule["item"])
            answers[item.code] = _answer(mapping, item, rule, value, case, f"{mapping.score} {element}")
    return answers


def _answer(mapping: Mapping, item: Item, rule: Table, value: Value, case: Case, where: str) -> Any:
    if rule.get("as") == "age":
        today = case.today or mapping.today
        assert isinstance(value, date) and today is not None, f"{where}: no age from {value}"
        return age(value, today)
    if isinstance(value, bool):
        return rule["options"]["true" if value else "false"]
    if isinstance(value, Coded):
        return _option(item, rule, value, where)
    if isinstance(value, Quantity):
        if value.unit not in UNITS:
            raise Unmapped(f"{where}: the unit {value.unit} is not mapped")
        return {"value": float(value.number), "unit": UNITS[value.unit]}
    if isinstance(value, Count):
        return float(value.number)
    raise Unmapped(f"{where}: {value!r} is no answer")


def _option(item: Item, rule: Table, value: Coded, where: str) -> Any:
    if "options" in rule:
        return chosen(rule["options"], value, where)
    if not value.points or item.option(value.points) is None:
        raise Unmapped(f"{where}: {value} is no option of {item.code}")
    return value.points


def differences(mapping: Mapping, case: Case) -> list[str]:
    """Where our outcome is another than the one expected; empty when all agree."""
    answers = answers_of(mapping, case)
    outcome = score(mapping.instrument, answers)
    if not case.expected:
        return [f"nothing is expected, and the level is {outcome.level}"] if outcome.level else []
    found = [f"impossible: {fault.item} {fault.words.en}" for fault in outcome.impossible]
    known = _known(mapping, case)
    for element, value in case.expected.items():
        rule = mapping.outputs.get(element)
        if rule is None:
            raise Unmapped(f"{mapping.score}: the output {element} ({value}) is not mapped")
        if "skip" in rule or known.get(element, 0) is None:
            continue
        wrong = _compared(mapping, rule, value, outcome, answers, known.get(element) or 0)
        if wrong:
            found.append(f"{element}: {wrong}")
    return found


def _known(mapping: Mapping, case: Case) -> dict[str, float | None]:
    """Outputs in which the authors of the cases depart from the published score: by how much, or not compared."""
    found: dict[str, float | None] = {}
    for rule in mapping.differs:
        value = case.given.get(rule["element"])
        points = value.points if isinstance(value, Coded) else None
        number = float(value.number) if isinstance(value, Quantity) else math.inf
        if points == rule.get("points", "-") or number < rule.get("below", -math.inf):
            found |= {one: None for one in rule.get("not_compared", [])} | rule.get("ours_is_more_by", {})
    return found


def _compared(
    mapping: Mapping, rule: Table, value: Value, outcome: Outcome, answers: dict[str, Any], more: float
) -> str:
    if "level" in rule:
        levels = _wanted(rule["level"], value, mapping.score)
        level = outcome.level.level if outcome.level else None
        return "" if level in levels else f"level {level}, expected {value}"
    if "text_of" in rule:
        joined = "".join(answers[code] for code in rule["text_of"])
        return "" if isinstance(value, Coded) and joined == value.text else f"{joined}, expected {value}"
    if "answer_of" in rule:
        ours = answers[rule["answer_of"]]
        if isinstance(value, Coded) and "options" in rule:
            expected = chosen(rule["options"], value, mapping.score)
            return "" if ours == expected else f"{ours}, expected {expected}"
    elif "score_of" in rule:
        ours = outcome.scores.get(rule["score_of"], rule.get("unanswered"))
    elif "subscore" in rule:
        ours = outcome.subscores.get(rule["subscore"])
    else:
        ours = outcome.total
    if ours is None:
        return f"nothing (missing {', '.join(outcome.missing)}), expected {value}"
    if "within" in rule:
        least, most = chosen(rule["within"], Coded("", "", str(value)), mapping.score)
        return "" if least <= ours <= most else f"{ours}, expected within {least} to {most} ({value})"
    expected = _number(rule, value, mapping.score)
    up = rule.get("round") == "up"  # the next whole number, whatever its decimals
    given = Decimal(str(ours)) - Decimal(str(more)) + Decimal(str(rule.get("plus", 0)))
    decimals = 0 if up else len(expected.partition(".")[2])
    rounded = given.quantize(Decimal(1).scaleb(-decimals), ROUND_CEILING if up else ROUND_HALF_UP)
    return "" if rounded == Decimal(expected) else f"{ours}, expected {value}"


def _wanted(levels: Table, value: Value, where: str) -> list[str]:
    coded = value if isinstance(value, Coded) else Coded("", "", str(value))
    wanted = chosen(levels, coded, where)
    return wanted if isinstance(wanted, list) else [wanted]


def _number(rule: Table, value: Value, where: str) -> str:
    if isinstance(value, Coded):
        return str(chosen(rule["values"], value, where)) if "values" in rule else value.points
    if isinstance(value, Quantity) and UNITS.get(value.unit) != UNITS.get(rule.get("unit", "")):
        raise Unmapped(f"{where}: {value} is not in {rule.get('unit')}")
    assert isinstance(value, Quantity | Count), f"{where}: {value!r} is no number"
    return value.number


def unreachable(mapping: Mapping) -> list[str]:
    """Options of the instrument that no value of a case could mean: a gap in the mapping."""
    found = []
    by_item = {rule["item"]: rule for rule in mapping.inputs.values() if "item" in rule}
    for item in mapping.instrument.items:
        rule = by_item.get(item.code)
        if rule is None:
            found += [f"{item.code} is not mapped"] if item.required else []
        elif item.kind is ItemKind.SINGLE and "options" in rule:
            meant = set(rule["options"].values())
            codes = {option.code for option in item.options}
            found += [f"{item.code}: no value means {code}" for code in sorted(codes - meant)]
            found += [f"{item.code}: there is no option {code}" for code in sorted(meant - codes)]
    return found
