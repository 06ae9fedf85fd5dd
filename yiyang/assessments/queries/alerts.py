"""Alerts that demand a step at once: which are urgent, which nobody has acted on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from yiyang.assessments.commands.locks import outcome_of
from yiyang.assessments.models import AlertAnswer, Assessment, State

PRESSING = ("EMERGENCY", "URGENT")
GONE = (State.VOID, State.SUPERSEDED)


def alerts_of(found: Assessment) -> list[dict[str, Any]]:
    """Of what was signed as it was then; of what was sent in, as its answers are now."""
    if found.state != State.DRAFT:
        return list(found.alerts)
    if found.handed_in_at is None:
        return []
    return [
        {"code": one.code, "urgency": one.urgency, "demand": one.demand.as_data()}
        for one in outcome_of(found).alerts
    ]


def urgent(found: Assessment) -> list[dict[str, Any]]:
    return [one for one in alerts_of(found) if one["urgency"] in PRESSING]


def urgent_codes(found: Assessment) -> list[str]:
    return [one["code"] for one in urgent(found)]


def urgency(found: Assessment) -> str:
    """The most pressing of its urgent alerts; empty when there is none."""
    held = {one["urgency"] for one in urgent(found)}
    return next((one for one in PRESSING if one in held), "")


def open_codes(found: Assessment) -> list[str]:
    """Urgent alerts that nobody has acted on."""
    if found.state in GONE or found.person.died_at is not None:
        return []
    answered = {code for one in answers_to(found) for code in one.codes}
    return [code for code in urgent_codes(found) if code not in answered]


def answers_to(found: Assessment) -> list[AlertAnswer]:
    """What was done about it, or about the versions that it corrects: a correction alone calls nobody again."""
    made, version = list(found.alert_answers.all()), found.amends
    while version is not None:
        made, version = [*version.alert_answers.all(), *made], version.amends
    return made


def still_open(ids: Collection[UUID]) -> set[UUID]:
    """Of these assessments, those with an urgent alert that nobody has acted on."""
    rows = Assessment.objects.filter(pk__in=ids).exclude(state__in=GONE)
    found = rows.select_related("instrument", "person").prefetch_related("alert_answers")
    return {one.pk for one in found if open_codes(one)}
