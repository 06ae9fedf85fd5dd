"""The posts of a unit, when each must be staffed, and which of them answers for what. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from yiyang.duty.rules.hours import Hours, off_hours, on_hours

Span = tuple[datetime, datetime]


class PostKind(models.TextChoices):
    NIGHT_DUTY = "NIGHT_DUTY", _("night duty officer")
    ADMISSION = "ADMISSION", _("admission office")
    WARD_DOCTOR = "WARD_DOCTOR", _("emergency or ward doctor")
    FAMILY_DOCTOR = "FAMILY_DOCTOR", _("family doctor")
    HOME_BED = "HOME_BED", _("home-bed team")
    CARE_HOME_NURSE = "CARE_HOME_NURSE", _("care-home nurse")
    COORDINATOR = "COORDINATOR", _("coordinator")
    OTHER = "OTHER", _("another post")


class Cover(models.TextChoices):
    """When somebody must be on the post; what lacks then is a gap."""

    ALWAYS = "ALWAYS", _("day and night")
    OFF_HOURS = "OFF_HOURS", _("nights, weekends and holidays")
    DUTY_HOURS = "DUTY_HOURS", _("duty hours")
    AS_PLANNED = "AS_PLANNED", _("only when planned")


class Act(models.TextChoices):
    """What is waited for."""

    ANSWER = "ANSWER", _("answer a request")
    GIVE_BED = "GIVE_BED", _("give a bed")
    SEND = "SEND", _("prepare and send")
    RECEIVE = "RECEIVE", _("receive the person")
    COORDINATE = "COORDINATE", _("coordinate")
    FIND_OUT = "FIND_OUT", _("find out who is late from leave")
    DECIDE_HOLD = "DECIDE_HOLD", _("decide about a held bed")
    ACT_ON_ALERT = "ACT_ON_ALERT", _("do at once what an assessment demands")
    ACT_ON_ALARM = "ACT_ON_ALARM", _("see to an alarm of a device")
    VISIT = "VISIT", _("visit somebody after an alarm")


# Told at once, and the next one only when the time has come at which it should have been done.
FROM_DUE = frozenset({Act.RECEIVE, Act.DECIDE_HOLD, Act.VISIT})


K = PostKind
# Who answers, the first that is staffed; after these any other post of the unit.
ANSWERS: dict[str, tuple[PostKind, ...]] = {
    Act.ANSWER: (K.WARD_DOCTOR, K.HOME_BED, K.FAMILY_DOCTOR, K.CARE_HOME_NURSE, K.ADMISSION, K.NIGHT_DUTY),
    Act.GIVE_BED: (K.ADMISSION, K.HOME_BED, K.CARE_HOME_NURSE, K.NIGHT_DUTY, K.WARD_DOCTOR),
    Act.SEND: (K.CARE_HOME_NURSE, K.WARD_DOCTOR, K.FAMILY_DOCTOR, K.HOME_BED, K.ADMISSION, K.NIGHT_DUTY),
    Act.RECEIVE: (K.ADMISSION, K.CARE_HOME_NURSE, K.HOME_BED, K.NIGHT_DUTY, K.WARD_DOCTOR),
    Act.COORDINATE: (K.COORDINATOR, K.NIGHT_DUTY),
    Act.FIND_OUT: (K.CARE_HOME_NURSE, K.NIGHT_DUTY, K.HOME_BED, K.WARD_DOCTOR),
    Act.DECIDE_HOLD: (K.CARE_HOME_NURSE, K.HOME_BED, K.ADMISSION, K.NIGHT_DUTY, K.WARD_DOCTOR),
    Act.ACT_ON_ALARM: (K.CARE_HOME_NURSE, K.WARD_DOCTOR, K.HOME_BED, K.NIGHT_DUTY, K.FAMILY_DOCTOR),
    Act.VISIT: (K.CARE_HOME_NURSE, K.HOME_BED, K.FAMILY_DOCTOR, K.WARD_DOCTOR, K.NIGHT_DUTY),
    Act.ACT_ON_ALERT: (K.CARE_HOME_NURSE, K.WARD_DOCTOR, K.HOME_BED, K.FAMILY_DOCTOR, K.NIGHT_DUTY),
}


def order(act: str, kind: str) -> int:
    """How early a post is asked for an act: smaller is earlier."""
    first = ANSWERS.get(act, ())
    return first.index(PostKind(kind)) if kind in first else len(first)


@dataclass(frozen=True)
class Staffed:
    """A post as the rules see it: when it must be staffed, and by whom it is, in the time looked at."""

    post_id: UUID
    kind: str
    cover: str
    shifts: tuple[Span, ...] = ()


def needed(cover: str, hours: Hours, since: datetime, until: datetime) -> list[Span]:
    """When somebody must be on a post, within a time."""
    if cover == Cover.ALWAYS:
        return [(since, until)]
    if cover == Cover.OFF_HOURS:
        return off_hours(hours, since, until)
    if cover == Cover.DUTY_HOURS:
        return on_hours(hours, since, until)
    return []


def gaps(post: Staffed, hours: Hours, since: datetime, until: datetime) -> list[Span]:
    """When somebody must be on the post and nobody is, within a time."""
    return without(needed(post.cover, hours, since, until), post.shifts)


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """The parts of spans that nothing taken covers."""
    left = list(spans)
    for begins, ends in sorted(taken):
        cut: list[Span] = []
        for since, until in left:
            if ends <= since or begins >= until:
                cut.append((since, until))
                continue
            if begins > since:
                cut.append((since, begins))
            if ends < until:
                cut.append((ends, until))
        left = cut
    return left
