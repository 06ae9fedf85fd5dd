"""The board of one unit, and the administration of its wards, rooms and beds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms import happening, units
from yiyang.beds.queries import handling
from yiyang.beds.queries import units as queries
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now

ACTIONS = (
    P.ADMIT, P.CHANGE_BED, P.RECORD_LEAVE, P.DECIDE_HOLD, P.DISCHARGE, P.MANAGE_BEDS, P.RECORD_CALL, P.RECORD_FALL,
)  # fmt: skip


@require_GET
@needs(P.SEE_BOARD)
def unit(request: Any, unit_id: UUID) -> HttpResponse:
    """Wards, rooms and beds; who is in them, who is away, who comes and who goes."""
    return render(request, "beds/unit.html", _board(request, unit_id))


@require_GET
@needs(P.SEE_BOARD)
def unit_beds(request: Any, unit_id: UUID) -> HttpResponse:
    """The changing part of the unit's board, as it fetches it again."""
    return render(request, "beds/unit_beds.html", _board(request, unit_id))


def _board(request: Any, unit_id: UUID) -> dict[str, Any]:
    of = queries.unit(request.actor, unit_id)
    board = queries.unit_board(request.actor, of)
    seen(request.actor, board.named, what="beds.unit")
    may = {one.value: request.actor.may(one, of.pk) for one in ACTIONS}
    companions = list(handling.companions_in(request.actor, of.pk))
    seen(request.actor, [one.person_id for one in companions], what="beds.companions")
    outbreaks = handling.outbreaks(of.pk)
    return {
        "unit": of,
        "board": board,
        "may": may,
        "companions": companions,
        "outbreaks": outbreaks,
        **_messages(request.actor, of.pk),
    }


def _messages(actor: Any, unit_id: UUID) -> dict[str, Any]:
    """The door to what families have written, for the unit's own staff."""
    own = unit_id in actor.organisation_ids and actor.reads_records and actor.may(P.TAKE_DUTY, unit_id)
    return {"own": own}


@needs(P.MANAGE_BEDS)
def add_ward(request: Any, unit_id: UUID) -> HttpResponse:
    of = queries.unit(request.actor, unit_id)
    form = units.AddWard(asked(request))
    return act(
        request,
        form,
        lambda: commands.add_ward(by=request.actor, at=now(), unit_id=of.pk, **form.cleaned_data),
        heading=_("Add a ward or floor"),
        submit=_("Add the ward"),
        back=_url(of),
        trail=[(of.name, _url(of))],
    )


@needs(P.MANAGE_BEDS)
def add_room(request: Any, ward_id: UUID) -> HttpResponse:
    ward = queries.ward(request.actor, ward_id)
    form = units.AddRoom(asked(request))
    return act(
        request,
        form,
        lambda: commands.add_room(by=request.actor, at=now(), ward=ward, **form.cleaned_data),
        heading=_("Add a room to {ward}").format(ward=ward.name),
        submit=_("Add the room"),
        back=_url(ward.unit),
        trail=[(ward.unit.name, _url(ward.unit))],
    )


@needs(P.MANAGE_BEDS)
def open_bed(request: Any, unit_id: UUID) -> HttpResponse:
    """Put a bed into service; beyond the licence only as an extra bed."""
    of = queries.unit(request.actor, unit_id)
    form = units.OpenBed(
        asked(request), rooms=list(queries.rooms(of)), initial={"room": request.GET.get("room", "")}
    )
    return act(
        request,
        form,
        lambda: commands.open_bed(
            by=request.actor,
            at=form.happened_at,
            unit_id=of.pk,
            kind=form.cleaned_data["kind"],
            label=form.cleaned_data["label"],
            room=form.chosen_room,
            features=form.cleaned_data["features"],
            extra=form.cleaned_data["extra"],
        ),
        heading=_("Open a bed"),
        submit=_("Open the bed"),
        back=_url(of),
        lead=_("It counts from now on as an open bed and can be given to people."),
        trail=[(of.name, _url(of))],
    )


@needs(P.MANAGE_BEDS)
def close_bed(request: Any, bed_id: UUID) -> HttpResponse:
    bed = queries.bed(request.actor, bed_id)
    form = happening.WithReason(asked(request))
    return act(
        request,
        form,
        lambda: commands.close_bed(
            by=request.actor, at=form.happened_at, bed=bed, reason=form.cleaned_data["reason"]
        ),
        heading=_("Take bed {bed} out of service for good?").format(bed=bed.label),
        submit=_("Take it out of service"),
        back=_url(bed.unit),
        consequences=[
            _("It is no longer counted, and cannot be given to anybody."),
            _("Who was in it stays readable. For a time only, block it instead."),
        ],
        danger=True,
        trail=[(bed.unit.name, _url(bed.unit))],
    )


@needs(P.MANAGE_BEDS)
def change_bed_kind(request: Any, bed_id: UUID) -> HttpResponse:
    bed = queries.bed(request.actor, bed_id)
    form = units.ChangeBedKind(asked(request), initial={"kind": bed.kind})
    return act(
        request,
        form,
        lambda: commands.change_bed_kind(
            by=request.actor,
            at=form.happened_at,
            bed=bed,
            kind=form.cleaned_data["kind"],
            reason=form.cleaned_data["reason"],
        ),
        heading=_("Change the kind of bed {bed}").format(bed=bed.label),
        submit=_("Change the kind"),
        back=_url(bed.unit),
        consequences=[
            _("The bed is closed as {kind} and opened as the new kind at the same hour.").format(
                kind=bed.get_kind_display()
            )
        ],
        trail=[(bed.unit.name, _url(bed.unit))],
    )


@needs(P.MANAGE_BEDS)
def block_bed(request: Any, bed_id: UUID) -> HttpResponse:
    bed = queries.bed(request.actor, bed_id)
    form = units.BlockBed(asked(request), initial={"reason": "MAINTENANCE"})
    return act(
        request,
        form,
        lambda: commands.block_bed(
            by=request.actor,
            at=form.happened_at,
            bed=bed,
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
        ),
        heading=_("Block bed {bed}").format(bed=bed.label),
        submit=_("Block the bed"),
        back=_url(bed.unit),
        lead=_("Nobody can be given the bed until it is released."),
        trail=[(bed.unit.name, _url(bed.unit))],
    )


@require_POST
@needs(P.MANAGE_BEDS)
def release_bed(request: Any, bed_id: UUID) -> HttpResponse:
    """Clean, mended or open again: one press."""
    bed = queries.bed(request.actor, bed_id)
    commands.release_bed(by=request.actor, at=now(), bed=bed)
    return redirect(_url(bed.unit))


@needs(P.MANAGE_BEDS)
def close_ward_to_offers(request: Any, ward_id: UUID) -> HttpResponse:
    """An outbreak: the ward takes nobody new; and open again after it."""
    ward = queries.ward(request.actor, ward_id)
    closing = not ward.closed_to_offers
    form = units.CloseWard(asked(request))
    return act(
        request,
        form,
        lambda: commands.close_ward_to_offers(
            by=request.actor, at=now(), ward=ward, closed=closing, reason=form.cleaned_data["reason"]
        ),
        heading=_("Close {ward} to new arrivals?").format(ward=ward.name)
        if closing
        else _("Open {ward} to new arrivals again?").format(ward=ward.name),
        submit=_("Close to new arrivals") if closing else _("Open to new arrivals"),
        back=_url(ward.unit),
        consequences=[
            _("No transfer can be offered here while all wards of the kind are closed."),
            _("Those who live here stay, and come back when their doctor decides so."),
        ]
        if closing
        else [_("Transfers can be offered here again.")],
        danger=closing,
        trail=[(ward.unit.name, _url(ward.unit))],
    )


def _url(of: Any) -> str:
    return reverse("beds:unit", args=[of.pk])
