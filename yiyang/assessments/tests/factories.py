"""A small instrument with all that matters, and assessments in every state."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from yiyang.assessments import commands
from yiyang.assessments.models import Assessment, Instrument
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.models import Person

HEAD = """
[instrument]
code = "MINI"
version = "{version}"
title = {{zh = "小量表", en = "Small instrument"}}
source = "test"
licence = "free"
languages = ["zh-Hans", "en"]
validity_months = 12
status = "sourced"
assessors = {assessors}
self_report = {self_report}
"""
BODY = """
[[section]]
code = "A"
title = {zh = "一", en = "One"}

[[item]]
code = "walk"
section = "A"
kind = "single"
text = {zh = "行走", en = "Walking"}
options = [
    {code = "2", zh = "自己走", en = "Alone", score = 2},
    {code = "1", zh = "有人扶", en = "With help", score = 1},
    {code = "0", zh = "不能走", en = "Not at all", score = 0},
]

[[item]]
code = "fell"
section = "A"
kind = "multiple"
required = false
text = {zh = "跌倒地点", en = "Where somebody fell"}
show_when = {item = "walk", in = ["1", "0"]}
options = [{code = "home", zh = "家里", en = "At home"}, {code = "out", zh = "外面", en = "Outside"}]

[[item]]
code = "weight"
section = "A"
kind = "number"
text = {zh = "体重", en = "Weight"}
unit = "kg"
minimum = 20
maximum = 200
decimals = 1

[[item]]
code = "harm"
section = "A"
kind = "single"
text = {zh = "想伤害自己", en = "Thoughts of self-harm"}
options = [{code = "no", zh = "没有", en = "No", score = 2}, {code = "yes", zh = "有", en = "Yes", score = 0}]

[total]
title = {zh = "总分", en = "Total"}
of = ["walk", "harm"]
minimum = 0
maximum = 4

[[band]]
level = "0"
title = {zh = "很好", en = "Good"}
from = 4
to = 4
rank = 0

[[band]]
level = "1"
title = {zh = "需要帮助", en = "Needs help"}
from = 0
to = 3
rank = 1
action = {zh = "安排照护", en = "Arrange care"}

[[alert]]
code = "harm"
when = {item = "harm", in = ["yes"]}
urgency = "EMERGENCY"
demand = {zh = "不要让其独处，马上告知医生", en = "Do not leave the person alone, tell a doctor at once"}
"""
WELL = {"walk": "2", "weight": 60, "harm": "no"}
HELPED = {"walk": "1", "fell": ["home"], "weight": 60, "harm": "no"}


def text(*, version: str = "1", assessors: int = 1, self_report: bool = False, body: str = BODY) -> str:
    own = str(self_report).lower()
    return HEAD.format(version=version, assessors=assessors, self_report=own) + body


def instrument(**told: Any) -> Instrument:
    return commands.add_instrument(by=SYSTEM, at=now(), text=text(**told), name="mini.toml")


def draft(by: Any, person: Person, answers: dict[str, Any] | None = None, **told: Any) -> Assessment:
    """Begun, and answered as told."""
    if not Instrument.objects.filter(code="MINI").exists():
        instrument()
    begun = commands.begin_assessment(
        by=by,
        at=told.pop("at", now()),
        person=person,
        code="MINI",
        reason=told.pop("reason", "FIRST"),
        **told,
    )
    return commands.answer(
        by=by,
        at=now(),
        assessment=begun,
        answers=WELL if answers is None else answers,
        revision=begun.revision,
    )


def signed(by: Any, person: Person, answers: dict[str, Any] | None = None, **told: Any) -> Assessment:
    return commands.sign_assessment(by=by, at=now(), assessment=draft(by, person, answers, **told))


def photo() -> bytes:
    """A small picture, as a telephone takes it."""
    taken = io.BytesIO()
    Image.new("RGB", (40, 30), "grey").save(taken, "JPEG")
    return taken.getvalue()
