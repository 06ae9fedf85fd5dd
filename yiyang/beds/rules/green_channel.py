"""The green channel: four triggers, their allowed targets, and the lane a target takes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind as K
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.transfers import Trigger, Urgency
from yiyang.kernel.refusals import Refusal


class TargetNotOfThisTrigger(Refusal):
    message = _("“{trigger}” leads to {allowed}. Choose one of these, or another trigger.")
    status = 422


class Opened(models.TextChoices):
    """What opens the green channel."""

    URGENCY = "URGENCY", _("open: it is urgent")
    AGREEMENT = "AGREEMENT", _("open by a service agreement")
    REQUEST = "REQUEST", _("open at the request of person or family")


def opened_by(trigger: str, urgency: str, *, agreement: bool, asked: bool) -> str:
    """What opens it for this transfer; nothing for a mere wish. What is urgent never needs a paper.

    Source: Jing'an implementation opinions 2024, and its notice on who signs a five-bed agreement.
    """
    if not has_priority(trigger):
        return ""
    if urgency != Urgency.ROUTINE:
        return Opened.URGENCY
    if agreement:
        return Opened.AGREEMENT
    return Opened.REQUEST if asked else ""


def check_target(trigger: str, target: str, allowed: list[str]) -> None:
    """Refuse a target kind that the green channel of this trigger does not lead to."""
    if trigger != Trigger.WISH and target not in allowed:
        raise TargetNotOfThisTrigger(
            trigger=Trigger(trigger).label, allowed=" / ".join(str(K(kind).label) for kind in allowed)
        )


def default_lane(kind: str) -> str:
    """The lane of a bed kind where nothing else is said: only home medical beds come to the person."""
    return Lane.OVERLAY if kind == K.HOME_MEDICAL else Lane.RESIDENCE


def has_priority(trigger: str) -> bool:
    """The four triggers of the source give priority in ranking and waiting; a mere wish does not."""
    return trigger != Trigger.WISH
