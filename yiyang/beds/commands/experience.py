"""Three questions to the person or family after a completed move."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.models import Experience, Transfer
from yiyang.beds.models.transfers import TransferState
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal, refuses


class AskedTooEarly(Refusal):
    message = _("The questions are asked once the person has arrived.")


class AnsweredAlready(Refusal):
    message = _("These questions were answered already. Thank you.")


class AnswerAllThree(Refusal):
    message = _("Please answer all three questions.")
    status = 422


@refuses("experience_answers_all_three")
def _all_three(given: dict[str, Any]) -> Refusal:
    return AnswerAllThree()


@command(Permission.RECORD_AGREEMENT, within=lambda by, **_: by.organisation_id, about="transfer.person_id")
def answer_experience(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    told_in_time: str,
    well_treated: str,
    well_received: str,
    by_whom: str,
    how: str,
) -> Experience:
    """Keep the three answers; who wrote them down is no part of them."""
    transfer = locks.transfer(transfer)
    if transfer.state != TransferState.COMPLETED:
        raise AskedTooEarly
    if Experience.objects.filter(transfer=transfer).exists():
        raise AnsweredAlready
    made = Experience.objects.create(
        transfer=transfer,
        told_in_time=told_in_time,
        well_treated=well_treated,
        well_received=well_received,
        by_whom=by_whom,
        how=how,
        answered_on=localdate(at),
    )
    record_of(transfer, "transfer.experience_answered", by=by, at=at)
    return made
