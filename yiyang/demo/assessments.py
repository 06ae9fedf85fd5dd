"""Residents were assessed: most within the year, some long ago, a few being assessed now, one result questioned."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from yiyang.access.bed_kinds import BedKind as K
from yiyang.assessments import commands
from yiyang.assessments.models import Assessment
from yiyang.assessments.queries import instruments
from yiyang.beds.models import Episode
from yiyang.demo.history import History
from yiyang.kernel.reactions import of_the_past
from yiyang.kernel.time import clock_at

CODE = "GBT42195"
AT_MOST = 40
UNDER_WAY = 3


def build_assessments(history: History, at: datetime) -> None:
    """By the same commands as always, at the times when they were done."""
    homes = [home.pk for home in history.district.homes]
    stays = Episode.objects.filter(closed_at=None, kind=K.INSTITUTION, unit__in=homes, person__died_at=None)
    found = list(stays.select_related("person", "unit").order_by("pk")[:AT_MOST])
    found.sort(key=lambda stay: stay.unit_id != homes[0])  # whoever signs in first finds something to do
    with of_the_past(), transaction.atomic():
        done = [_of_one(history, stay, at) for stay in found[UNDER_WAY:]]
        for number, stay in enumerate(found[:UNDER_WAY]):
            _under_way(history, stay, number, at)
        if done:
            _questioned(history, done[0], at)


def _of_one(history: History, stay: Episode, at: datetime) -> Assessment:
    """One, or two a year apart; every sixth so long ago that it has ended."""
    chance, moved_in = history.chance, stay.opened_at
    last = at - timedelta(
        days=chance.randint(370, 420) if chance.random() < 0.17 else chance.randint(20, 350)
    )
    last = max(last, moved_in + timedelta(hours=3))
    health = chance.choice([0.97, 0.85, 0.7, 0.55, 0.4, 0.2])
    first = last - timedelta(days=chance.randint(350, 365))
    if first > moved_in and chance.random() < 0.5:
        _signed(history, stay, "FIRST", min(0.98, health + 0.12), first)
        return _signed(history, stay, "ROUTINE", health, last)
    return _signed(history, stay, "FIRST", health, last)


def _signed(history: History, stay: Episode, reason: str, health: float, at: datetime) -> Assessment:
    first, second = (
        history.actor(stay.unit, "CARE_HOME_NURSE"),
        history.actor(stay.unit, "NIGHT_DUTY_OFFICER"),
    )
    with clock_at(at):
        begun = _answered(history, stay, reason, health, at)
        once = commands.sign_assessment(by=first, at=at, assessment=begun)
        return commands.second_signature(by=second, at=at, assessment=once)


def _answered(history: History, stay: Episode, reason: str, health: float, at: datetime) -> Assessment:
    nurse = history.actor(stay.unit, "CARE_HOME_NURSE")
    begun = commands.begin_assessment(by=nurse, at=at, person=stay.person, code=CODE, reason=reason)
    given = answers(history.chance, health)
    return commands.answer(by=nurse, at=at, assessment=begun, answers=given, revision=begun.revision)


def answers(chance: Random, health: float) -> dict[str, Any]:
    """What an assessor might find of somebody who is this well (1: all is well); the annex in few words."""
    content = instruments.content_of(instruments.newest(CODE))
    given: dict[str, Any] = {}
    for item in content.items:
        if item.code.startswith("B."):
            codes = [one.code for one in item.options if one.code != "coma"]
            given[item.code] = codes[_worse_by(chance, 1 - health, len(codes))]
        elif item.required and item.options and item.show_when is None:
            given[item.code] = ["none"] if item.kind == "multiple" else item.options[0].code
    given["A.4.1"] = ["I10-I15", "F00-F03"] if chance.random() < 0.15 else ["I10-I15"]
    given |= {"A.2.4": chance.randint(150, 172), "A.2.5": chance.randint(45, 72), "A.3.2": "child"}
    return given


def _worse_by(chance: Random, need: float, options: int) -> int:
    return max(0, min(options - 1, round((options - 1) * (need + chance.uniform(-0.18, 0.18)))))


def _under_way(history: History, stay: Episode, number: int, at: datetime) -> None:
    """One half filled in, one that waits for the second signature, one to be done soon."""
    nurse = history.actor(stay.unit, "CARE_HOME_NURSE")
    if number == 0:
        half = dict(list(answers(history.chance, 0.6).items())[:18])
        begun = commands.begin_assessment(by=nurse, at=at, person=stay.person, code=CODE, reason="ROUTINE")
        commands.answer(by=nurse, at=at, assessment=begun, answers=half, revision=begun.revision)
    elif number == 1:
        commands.sign_assessment(by=nurse, at=at, assessment=_answered(history, stay, "FIRST", 0.6, at))
    else:
        day = (at + timedelta(days=5)).date()
        commands.ask_for_assessment(
            by=nurse, at=at, person=stay.person, code=CODE, reason="IMMEDIATE", due_on=day
        )


def _questioned(history: History, of: Assessment, at: datetime) -> None:
    """A daughter does not agree; the assessment was only just signed."""
    stay = (
        Episode.objects.filter(person=of.person_id, closed_at=None).select_related("unit", "person").first()
    )
    if stay is None:
        return
    newest = _signed(history, stay, "IMMEDIATE", 0.5, at - timedelta(days=2))
    commands.raise_dispute(
        by=history.actor(stay.unit, "CARE_HOME_NURSE"), at=at, assessment=newest, by_whom="FAMILY",
        grounds="母亲在家时能自己上下楼梯，请重新看一看",
    )  # fmt: skip
