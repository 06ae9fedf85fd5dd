"""The move itself: the bed, the handover, departure, arrival; and the emergency's one-tap times."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.access import queries as access
from yiyang.beds import commands
from yiyang.beds.forms import transfers as forms
from yiyang.beds.queries import candidates, ribbon
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.queries.whereabouts import kept_for_return, reserved_bed
from yiyang.beds.views.acts import act_on, asked, posted, to_transfer
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now


def allocate_bed(request: Any, transfer_id: UUID) -> HttpResponse:
    """The admission office gives a bed to a person whom its doctor has accepted."""
    found = asked(request, transfer_id, "allocate_bed")
    beds = candidates.free_beds(found)
    accepted = next((one for one in queries.offers_of(found) if one.state == "ACCEPTED"), None)
    if accepted and accepted.ward:
        beds.sort(key=lambda bed: bed.room is None or bed.room.ward_id != accepted.ward_id)
    beds.sort(key=lambda bed: not set(found.needs) <= set(bed.features))
    form = forms.AllocateBed(posted(request), about=found, beds=beds)
    explains = _("The bed is reserved for this person, and free again if nobody arrives in time.")
    return act_on(
        request,
        found,
        form,
        commands.allocate_bed,
        explains=explains,
        accepted=accepted,
        number=len(beds),
        template="beds/allocate_bed.html",
    )


def take_back(request: Any, transfer_id: UUID) -> HttpResponse:
    """The care home takes its resident back into the bed that it kept."""
    found = queries.transfer(request.actor, transfer_id)
    keeping = kept_for_return(ribbon.rows_of(found.person_id), found)
    asked(request, transfer_id, "take_back", keeping.unit_id if keeping else None)
    form = forms.TakeBack(posted(request), about=found)
    explains = _(
        "The bed was kept, so no offer and no contract is needed. Have you assessed the person again?"
    )
    return act_on(request, found, form, commands.take_back, explains=explains)


def look_elsewhere(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "look_elsewhere")
    form = forms.Reason(posted(request))
    explains = _("%(unit)s is told that it is no longer needed, and its reserved bed is freed.") % {
        "unit": found.to_unit.name if found.to_unit else ""
    }
    return act_on(request, found, form, commands.look_elsewhere, explains=explains)


@require_POST
def confirm_handover_read(request: Any, transfer_id: UUID) -> HttpResponse:
    """One press: we know what is coming."""
    return _pressed(
        request, transfer_id, commands.confirm_handover_read, _("The sending team sees that you know.")
    )


def depart(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "depart")
    form = forms.Depart(posted(request), about=found, timed=True)
    if request.method == "POST" and "quick" in request.POST:
        return _pressed(request, transfer_id, commands.depart, "depart")
    explains = _("From now on the person is on the way, until somebody confirms the arrival.")
    return act_on(request, found, form, commands.depart, explains=explains)


def arrive(request: Any, transfer_id: UUID) -> HttpResponse:
    """The person is in the bed."""
    found = asked(request, transfer_id, "arrive")
    rows = ribbon.rows_of(found.person_id)
    promised, kept = reserved_bed(rows, found), kept_for_return(rows, found)
    if promised is not None and promised.bed is not None:
        given = _("the reserved bed: %(bed)s") % {"bed": promised.bed.label}
    elif kept is not None and found.is_return and kept.bed is not None:
        given = _("the bed that was kept: %(bed)s") % {"bed": kept.bed.label}
    else:
        given = _("the bed that was last reserved")
    form = forms.Arrive(
        posted(request), about=found, timed=True, beds=candidates.free_beds(found), given=given
    )
    explains = _("The stay begins, and the transfer is complete.")
    return act_on(request, found, form, commands.arrive, explains=explains)


def arrive_outside(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "arrive_outside")
    form = forms.ArriveOutside(posted(request), timed=True, initial={"place_name": found.destination_outside})
    explains = _("For a hospital or a home that is not in the network: where the person is stays known.")
    return act_on(request, found, form, commands.arrive_outside, explains=explains)


@require_POST
def note_emergency_time(request: Any, transfer_id: UUID) -> HttpResponse:
    """One tap: 120 called, ambulance there, ambulance left, hospital named, handed over."""
    what, hospital = request.POST.get("what", ""), request.POST.get("hospital", "").strip()[:160]
    return _pressed(request, transfer_id, commands.note_emergency_time, what, what=what, hospital=hospital)


def enter_emergency_room(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "enter_emergency_room")
    hospitals = access.units(request.actor, kind="HOSPITAL")
    form = forms.EnterEmergencyRoom(
        posted(request),
        timed=True,
        units=[(str(one.pk), one.name) for one in hospitals],
        initial={"hospital": found.destination_outside},
    )
    explains = _(
        "In an emergency room or under observation the person has no bed yet; the care bed stays kept."
    )
    return act_on(request, found, form, commands.enter_emergency_room, explains=explains)


def move_on(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "move_on")
    form = forms.Hospital(posted(request), timed=True)
    explains = _("The person is on the way to another hospital.")
    return act_on(request, found, form, commands.move_on, explains=explains)


def send_back(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "send_back")
    form = forms.SendBack(posted(request), timed=True)
    explains = _("The kept bed is theirs again at once, and a suspended transfer goes on.")
    return act_on(request, found, form, commands.send_back, explains=explains)


def fail_transfer(request: Any, transfer_id: UUID) -> HttpResponse:
    found = asked(request, transfer_id, "fail_transfer")
    form = forms.Reason(posted(request), timed=True)
    explains = _("The person never arrived and is back in the kept bed, or at home. The transfer ends.")
    return act_on(request, found, form, commands.fail_transfer, explains=explains)


def _pressed(request: Any, transfer_id: UUID, command: Any, said: str, **given: Any) -> HttpResponse:
    """An act of one press: what it is refused for is said on the page of the transfer."""
    found = queries.transfer(request.actor, transfer_id)
    try:
        command(by=request.actor, at=now(), transfer=found, **given)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("beds:transfer", transfer_id)
    return to_transfer(request, transfer_id, said)
