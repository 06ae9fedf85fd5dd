"""Filled-in forms for tests, and an instrument that uses what the shipped ones do not."""

from __future__ import annotations

from typing import Any

from yiyang.assessments.instruments import newest
from yiyang.assessments.rules.instruments import Instrument
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.assessments.rules.scoring import score

ABILITY: Instrument = newest("GBT42195")
NEWS2: Instrument = newest("NEWS2")
COUNTED = [item for item in ABILITY.items if item.code.startswith("B.")]
RISKS = {
    "fall": "A.2.14.1",
    "lost": "A.2.14.2",
    "choking": "A.2.14.3",
    "self-harm": "A.2.14.4",
    "other": "A.2.14.5",
}
TIMES = ["none", "once", "twice", "more"]


def ability(
    total: int = 90, *, diagnoses: list[str] = (), diagnosed_by: str = "", coma: bool = False, **risks: int
) -> dict[str, Any]:
    """The national form filled in so that its items add up to a total: as much as possible from the end."""
    answers: dict[str, Any] = {}
    left = 90 - total
    for item in reversed(COUNTED):
        best = max(option.score for option in item.options)
        worst_left = min(left, int(best))
        answers[item.code] = next(o.code for o in item.options if o.score == best - worst_left)
        left -= worst_left
    answers |= {code: TIMES[risks.get(name.replace("-", "_"), 0)] for name, code in RISKS.items()}
    answers |= {"A.4.1": list(diagnoses) or ["none"], "A.5.11": "no"}
    if diagnosed_by:
        answers["A.4.1.by"] = diagnosed_by
    if coma:
        answers["B.3.9"] = "coma"
    return answers


def level_of(answers: dict[str, Any], instrument: Instrument = ABILITY, **context: Any) -> str | None:
    outcome = score(instrument, answers, context=context)
    return outcome.level.level if outcome.level else None


def vitals(**given: Any) -> dict[str, Any]:
    """A person whose NEWS2 is 0, but for what is said."""
    well = {"rr": 15, "scale": "1", "oxygen": "air", "spo2": 98, "sbp": 120, "pulse": 70}
    return well | {"consciousness": "A", "temperature": 37.0} | given


def early_warning(**given: Any) -> Outcome:
    return score(NEWS2, vitals(**given))


ODDITIES = """
[instrument]
code = "ODD"
version = "1"
title = {zh = "试", en = "Trial"}
source = "tests"
licence = "none"

[[section]]
code = "s"
title = {zh = "节", en = "Section"}

[[item]]
code = "height"
section = "s"
kind = "number"
text = {zh = "身高", en = "Height"}
unit = "cm"
minimum = 0
maximum = 250
other = [{unit = "m", factor = 100}]

[[item]]
code = "weight"
section = "s"
kind = "number"
text = {zh = "体重", en = "Weight"}
unit = "kg"
minimum = 0
maximum = 400
decimals = 1
required = false

[[item]]
code = "bmi"
section = "s"
kind = "number"
text = {zh = "体质指数", en = "BMI"}
required = false
decimals = 1
maximum = 200
value = "weight / (height / 100) ** 2"
scores = [{upto = 18.4, score = 2}, {upto = 23.9, score = 0}, {score = 1}]

[[item]]
code = "sex"
section = "s"
kind = "single"
text = {zh = "性别", en = "Sex"}
options = [{code = "F", zh = "女", en = "Female"}, {code = "M", zh = "男", en = "Male"}]

[[item]]
code = "signs"
section = "s"
kind = "multiple"
text = {zh = "表现", en = "Signs"}
required = false
show_when = {any = [{item = "sex", in = ["F"]}, {item = "bmi", at_least = 30}]}
options = [
    {code = "none", zh = "无", en = "None", score = 0, exclusive = true},
    {code = "a", zh = "甲", en = "A", score = 1},
    {code = "b", zh = "乙", en = "B", score = 2},
]

[[item]]
code = "since"
section = "s"
kind = "date"
text = {zh = "何时起", en = "Since"}
show_when = {item = "signs", in = ["a", "b"]}

[[item]]
code = "words"
section = "s"
kind = "text"
text = {zh = "说明", en = "In words"}
maximum = 20
required = false

[[subscore]]
code = "bodily"
title = {zh = "身体", en = "Body"}
items = ["bmi", "signs"]

[total]
title = {zh = "总分", en = "Total"}
value = "min(bodily * 2.5, 10) + (0.7 if sex == 'F' and bodily >= 1 else log(height) / 10)"
minimum = 0
maximum = 12
decimals = 2

[[band]]
level = "good"
title = {zh = "好", en = "Good"}
from = 0
to = 1.99
rank = 0

[[band]]
level = "poor"
title = {zh = "差", en = "Poor"}
from = 2
to = 12
rank = 1

[[band]]
level = "bad"
title = {zh = "很差", en = "Bad"}
rank = 2

[[adjustment]]
code = "old"
title = {zh = "高龄", en = "Very old"}
when = {context = "age", at_least = 80}
raise = 1

[[alert]]
code = "thin"
when = {all = [{item = "bmi", below = 18.5}, {item = "words", answered = false}]}
demand = {zh = "请说明", en = "Say why"}
"""
