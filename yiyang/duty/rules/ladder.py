"""Who is told next when nobody answers: on duty, deputy, the unit's manager, the coordinator. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rung(models.TextChoices):
    ON_DUTY = "ON_DUTY", _("on duty")
    DEPUTY = "DEPUTY", _("deputy")
    MANAGER = "MANAGER", _("the unit's manager")
    COORDINATOR = "COORDINATOR", _("coordinator")


LADDER = (Rung.ON_DUTY, Rung.DEPUTY, Rung.MANAGER, Rung.COORDINATOR)


def next_rung(after: str, *, on_duty: bool, deputy: bool, manager: bool, coordinator: bool = True) -> str:
    """The next one to be told; a rung where nobody stands is passed at once. Empty at the top.

    after   | on duty | deputy | manager || next
    --      | yes     | any    | any     || ON_DUTY
    --      | no      | no     | yes     || MANAGER
    ON_DUTY | yes     | yes    | any     || DEPUTY
    ON_DUTY | yes     | no     | no      || COORDINATOR
    """
    there = {
        Rung.ON_DUTY: on_duty,
        Rung.DEPUTY: deputy,
        Rung.MANAGER: manager,
        Rung.COORDINATOR: coordinator,
    }
    start = LADDER.index(Rung(after)) + 1 if after else 0
    for rung in LADDER[start:]:
        if there[rung]:
            return rung
    return ""


def reached(
    ladder: Sequence[str], opened: datetime, over: datetime, later: Callable[[datetime], datetime]
) -> list[str]:
    """Who would have been told until it was over, when each has the time that `later` gives. The first at once.

    steps | over after | each has || told
    4     | 25 min     | 10 min   || 3
    4     | 25 min     | 5 min    || 4
    2     | 25 min     | 5 min    || 2
    """
    found: list[str] = []
    at = opened
    for rung in ladder:
        if found and at >= over:
            break
        found.append(rung)
        at = later(at)
    return found


# Who keeps the roster and answers for the unit: the first of these roles that somebody holds there.
MANAGERS = ("CARE_HOME_MANAGER", "ADMISSION_OFFICE", "HEAD_NURSE", "HOME_BED_NURSE", "COORDINATOR")
