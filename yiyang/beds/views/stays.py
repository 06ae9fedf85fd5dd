"""One stay: where somebody is, since when, and everything that may be done about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from yiyang.access.bed_kinds import BedKind
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds.models.occupancy import State
from yiyang.beds.queries import answering
from yiyang.beds.queries import units as queries
from yiyang.beds.queries.home_beds import reviews_of
from yiyang.duty import queries as duty
from yiyang.kernel.facts import seen

STAFF = (
    P.CHANGE_BED,
    P.RECORD_LEAVE,
    P.DISCHARGE,
    P.CORRECT_RECORD,
    P.SEE_BOARD,
    P.ADMIT,
    P.SET_UP_HOME_BED,
)


@needs(*STAFF)
def stay(request: Any, episode_id: UUID) -> HttpResponse:
    """One stay: since when, in which beds, what was recorded, what can be done now."""
    episode = queries.episode(request.actor, episode_id)
    seen(request.actor, [episode.person_id], what="beds.stay")
    row = queries.current_row(episode)
    may = _may(request.actor, episode)
    context = {
        "episode": episode,
        "row": row,
        "leave": queries.leave_of(episode) if row is not None and row.state == State.HELD else None,
        "rows": queries.rows_of(episode),
        "may": may,
        "open": episode.closed_at is None,
        "present": row is not None and row.state == State.PRESENT,
        "held": row is not None and row.state == State.HELD,
        "home_medical": episode.kind == BedKind.HOME_MEDICAL,
        "reviews": reviews_of(episode) if episode.kind == BedKind.HOME_MEDICAL else [],
        "writes": episode.unit_id in request.actor.organisation_ids
        and request.actor.may(P.TAKE_DUTY, episode.unit_id),
        "in_unit": request.actor.sees_all or episode.unit_id in request.actor.reach,
    }
    if context["held"]:
        context |= {
            "calls": duty.calls_about(episode.pk),
            "whom": answering.whom_to_call_about(request.actor, episode),
            "phoned": answering.stay_call_address(request.actor, episode.pk, episode.unit_id),
        }
    return render(request, "beds/stay.html", context)


def _may(actor: Any, episode: Any) -> dict[str, bool]:
    return {
        one.value: actor.may(one, episode.unit_id)
        for one in (
            P.CHANGE_BED,
            P.RECORD_LEAVE,
            P.DECIDE_HOLD,
            P.DISCHARGE,
            P.CORRECT_RECORD,
            P.SET_UP_HOME_BED,
        )
    } | {
        P.RECORD_FALL.value: actor.may(P.RECORD_FALL, actor.organisation_id),
        P.RECORD_DEATH.value: actor.may(P.RECORD_DEATH, actor.organisation_id),
        P.REQUEST_TRANSFER.value: actor.may(P.REQUEST_TRANSFER, actor.organisation_id),
    }
