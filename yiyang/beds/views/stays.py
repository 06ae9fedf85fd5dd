"""Screens of one stay: where somebody is, and everything that may be done about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.access.bed_kinds import BedKind
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms import happening, stays
from yiyang.beds.models.occupancy import State
from yiyang.beds.queries import units as queries
from yiyang.beds.queries.home_beds import reviews_of
from yiyang.beds.views.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people.queries import search_persons

STAFF = (
    P.CHANGE_BED,
    P.RECORD_LEAVE,
    P.DISCHARGE,
    P.DECIDE_HOLD,
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
        "in_unit": request.actor.sees_all or episode.unit_id in request.actor.reach,
    }
    return render(request, "beds/stay.html", context)


@needs(P.CHANGE_BED)
def change_bed(request: Any, episode_id: UUID) -> HttpResponse:
    """Another bed of the same unit and kind (调床): no offers."""
    episode = queries.episode(request.actor, episode_id)
    beds = queries.free_beds(episode.unit_id, episode.kind, episode.lane)
    form = stays.ChangeBed(asked(request), beds=beds, initial={"version": episode.version})
    return act(
        request,
        form,
        lambda: commands.change_bed(
            by=request.actor,
            at=form.happened_at,
            episode=episode,
            to_bed=form.chosen,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        ),
        heading=_("Change bed of {name}").format(name=episode.person.full_name),
        submit=_("Change bed"),
        back=_stay(episode),
        lead=_("The bed that is left is cleaned and is then free.")
        if beds
        else _("No bed of this kind is free here. You can swap two residents instead."),
        trail=_trail(episode),
        done=_("The bed was changed."),
    )


@needs(P.CHANGE_BED)
def swap_beds(request: Any, episode_id: UUID) -> HttpResponse:
    """Two residents change places at one instant."""
    episode = queries.episode(request.actor, episode_id)
    form = stays.SwapBeds(asked(request), rows=queries.residents(request.actor, episode))
    seen(request.actor, [row.person_id for row in form.by_id.values()], what="beds.swap_beds")
    return act(
        request,
        form,
        lambda: commands.swap_beds(
            by=request.actor,
            at=form.happened_at,
            episode=episode,
            other=form.chosen,
            reason=form.cleaned_data["reason"],
        ),
        heading=_("{name} changes places").format(name=episode.person.full_name),
        submit=_("Swap the two beds"),
        back=_stay(episode),
        trail=_trail(episode),
        done=_("The two have changed places."),
    )


@needs(P.RECORD_LEAVE)
def begin_leave(request: Any, episode_id: UUID) -> HttpResponse:
    """The resident leaves for a while with somebody; the bed is held."""
    episode = queries.episode(request.actor, episode_id)
    form = stays.BeginLeave(asked(request))
    return act(
        request,
        form,
        lambda: commands.begin_leave(
            by=request.actor,
            at=form.happened_at,
            episode=episode,
            **{
                name: form.cleaned_data[name]
                for name in ("due_back_at", "companion", "companion_phone", "destination")
            },
        ),
        heading=_("Leave of {name}").format(name=episode.person.full_name),
        submit=_("Record the leave"),
        back=_stay(episode),
        lead=_("The bed is kept until the return. If the return is overdue, the unit is told."),
        trail=_trail(episode),
        done=_("The leave is recorded; the bed is kept."),
    )


@require_POST
@needs(P.RECORD_LEAVE)
def return_to_held_bed(request: Any, episode_id: UUID) -> HttpResponse:
    """The person is back in the bed that was kept: one press."""
    episode = queries.episode(request.actor, episode_id)
    commands.return_to_held_bed(by=request.actor, at=now(), episode=episode)
    return redirect((request.POST.get("next") == "unit" and _unit(episode)) or _stay(episode))


@needs(P.DECIDE_HOLD)
def extend_hold(request: Any, episode_id: UUID) -> HttpResponse:
    """Keep the bed for longer."""
    episode = queries.episode(request.actor, episode_id)
    row = queries.current_row(episode)
    form = stays.ExtendHold(asked(request), initial={"until": row.held_until if row else None})
    return act(
        request,
        form,
        lambda: commands.extend_hold(
            by=request.actor, at=now(), episode=episode, until=form.cleaned_data["until"]
        ),
        heading=_("Keep the bed of {name} for longer").format(name=episode.person.full_name),
        submit=_("Keep the bed"),
        back=_stay(episode),
        lead=_("Fee rule: {rule}").format(rule=row.fee_rule) if row and row.fee_rule else "",
        trail=_trail(episode),
    )


@needs(P.DECIDE_HOLD)
def release_hold(request: Any, episode_id: UUID) -> HttpResponse:
    """Give up a held bed."""
    episode = queries.episode(request.actor, episode_id)
    form = happening.WithReason(asked(request))
    return act(
        request,
        form,
        lambda: commands.release_hold(
            by=request.actor, at=form.happened_at, episode=episode, note=form.cleaned_data["reason"]
        ),
        heading=_("Give up the bed kept for {name}?").format(name=episode.person.full_name),
        submit=_("Give up the bed"),
        back=_stay(episode),
        consequences=[
            _("The stay here is closed."),
            _("The bed is cleaned and is then free for others."),
            _("Coming back later means a new admission, perhaps after waiting."),
        ],
        danger=True,
        trail=_trail(episode),
    )


@needs(P.RECORD_LEAVE)
def report_missing(request: Any, episode_id: UUID) -> HttpResponse:
    """The resident cannot be found."""
    episode = queries.episode(request.actor, episode_id)
    form = stays.ReportMissing(asked(request))
    return act(
        request,
        form,
        lambda: commands.report_missing(
            by=request.actor, at=form.happened_at, episode=episode, note=form.cleaned_data["note"]
        ),
        heading=_("Report {name} missing").format(name=episode.person.full_name),
        submit=_("Report missing"),
        back=_stay(episode),
        consequences=[
            _("The unit is told at once, as an emergency."),
            _("The bed is kept; where the person is, is recorded as not known."),
        ],
        danger=True,
        trail=_trail(episode),
    )


@needs(P.DISCHARGE)
def discharge(request: Any, episode_id: UUID) -> HttpResponse:
    """Close the stay."""
    episode = queries.episode(request.actor, episode_id)
    form = stays.Discharge(asked(request), initial={"version": episode.version})
    return act(
        request,
        form,
        lambda: commands.discharge(
            by=request.actor,
            at=form.happened_at,
            episode=episode,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            earliest=form.cleaned_data["earliest"],
            version=form.cleaned_data["version"],
        ),
        heading=_("End the stay of {name}?").format(name=episode.person.full_name),
        submit=_("End the stay"),
        back=_stay(episode),
        consequences=[
            _("The stay at {unit} is closed; the bed is cleaned and is then free.").format(
                unit=episode.unit.name
            ),
            _("A care bed that another unit keeps for the person stays kept."),
            _("To move to another unit's bed, ask for a transfer instead: the record goes along."),
        ],
        danger=True,
        trail=_trail(episode),
    )


@needs(P.DISCHARGE)
def set_expected_end(request: Any, episode_id: UUID) -> HttpResponse:
    """When the stay is expected to end, and whether the person is ready to leave already."""
    episode = queries.episode(request.actor, episode_id)
    form = stays.ExpectedEnd(
        asked(request),
        initial={"until": episode.expected_until, "ready": episode.ready_to_leave_at is not None},
    )
    return act(
        request,
        form,
        lambda: commands.set_expected_end(
            by=request.actor,
            at=now(),
            episode=episode,
            until=form.cleaned_data["until"],
            ready=form.cleaned_data["ready"],
        ),
        heading=_("Expected end of the stay of {name}").format(name=episode.person.full_name),
        submit=_("Save"),
        back=_stay(episode),
        trail=_trail(episode),
    )


@needs(P.CHANGE_BED)
def take_room(request: Any, episode_id: UUID) -> HttpResponse:
    """Take the room as a whole."""
    episode = queries.episode(request.actor, episode_id)
    form = happening.Confirm(asked(request))
    return act(
        request,
        form,
        lambda: commands.take_room(by=request.actor, at=form.happened_at, episode=episode),
        heading=_("Give the whole room to {name}?").format(name=episode.person.full_name),
        submit=_("Give the whole room"),
        back=_stay(episode),
        consequences=[_("The other beds of the room are kept empty until this stay ends.")],
        trail=_trail(episode),
    )


@needs(P.RECORD_DEATH)
def record_death(request: Any, episode_id: UUID) -> HttpResponse:
    """The person died; one transaction ends everything that must end."""
    episode = queries.episode(request.actor, episode_id)
    form = stays.RecordDeath(asked(request))
    return act(
        request,
        form,
        lambda: commands.record_death(
            by=request.actor,
            at=form.cleaned_data["died_at"],
            person=episode.person,
            earliest=form.cleaned_data["earliest"],
        ),
        heading=_("Record the death of {name}").format(name=episode.person.full_name),
        submit=_("Record the death"),
        back=_stay(episode),
        consequences=[
            _("All stays, holds, transfers and places in waiting lists end at this hour."),
            _("What was entered for later becomes void and stays readable."),
        ],
        danger=True,
        trail=_trail(episode),
    )


@needs(P.CORRECT_RECORD)
def correct_occupancy(request: Any, occupancy_id: UUID) -> HttpResponse:
    """Put right when somebody was in a bed."""
    row = queries.row(request.actor, occupancy_id)
    form = stays.CorrectOccupancy(
        asked(request), initial={"since": row.period.lower, "until": row.period.upper}
    )
    return act(
        request,
        form,
        lambda: commands.correct_occupancy(
            by=request.actor,
            at=now(),
            row=row,
            since=form.cleaned_data["since"],
            until=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
        ),
        heading=_("Correct the times of {name} in {bed}").format(
            name=row.person.full_name, bed=row.bed.label if row.bed else row.place_name
        ),
        submit=_("Correct the entry"),
        back=_stay(row.episode),
        consequences=[
            _("The wrong entry stays visible, marked as entered in error and linked to the new one.")
        ],
        trail=_trail(row.episode),
    )


@needs(P.CORRECT_RECORD)
def void_episode(request: Any, episode_id: UUID) -> HttpResponse:
    """A stay that never was."""
    episode = queries.episode(request.actor, episode_id)
    form = happening.WithNeededReason(asked(request))
    return act(
        request,
        form,
        lambda: commands.void_episode(
            by=request.actor, at=now(), episode=episode, reason=form.cleaned_data["reason"]
        ),
        heading=_("Was this stay of {name} entered in error?").format(name=episode.person.full_name),
        submit=_("Withdraw the stay"),
        back=_stay(episode),
        consequences=[
            _("All entries of this stay become void and stay readable."),
            _("The bed is free at once."),
        ],
        danger=True,
        trail=_trail(episode),
    )


@needs(P.ADMIT)
def find_for_bed(request: Any, bed_id: UUID) -> HttpResponse:
    """Whom to admit to this bed: found by name or number, then chosen."""
    bed = queries.bed(request.actor, bed_id)
    form = stays.FindPerson(asked(request))
    found = (
        search_persons(request.actor, form.cleaned_data["q"]) if form.is_bound and form.is_valid() else None
    )
    if found is not None:
        seen(request.actor, found.persons, what="people.search")
    return render(request, "beds/admit_find.html", {"bed": bed, "form": form, "found": found})


@needs(P.ADMIT)
def admit(request: Any, person_id: UUID) -> HttpResponse:
    """Open a stay directly, without a transfer."""
    person = queries.person(request.actor, person_id)
    beds = queries.own_free_beds(request.actor)
    form = stays.Admit(asked(request), beds=beds, initial={"bed": request.GET.get("bed", "")})
    seen(request.actor, [person.pk], what="beds.admit")
    return act(
        request,
        form,
        lambda: commands.admit(
            by=request.actor,
            at=form.happened_at,
            person=person,
            bed=form.chosen,
            reason=form.cleaned_data["why"],
            responsible=form.cleaned_data["responsible"],
            expected_until=form.cleaned_data["expected_until"],
            whole_room=form.cleaned_data["whole_room"],
        ),
        heading=_("Admit {name}").format(name=person.full_name),
        submit=_("Admit"),
        back=f"/people/{person.pk}/",
        lead=_("For somebody who comes by themselves. Who comes from another unit comes by a transfer.")
        if beds
        else _("No bed of your unit is free. Open a bed, or enter the person in the waiting list."),
        done=_("The person was admitted."),
    )


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
        P.RECORD_DEATH.value: actor.may(P.RECORD_DEATH, actor.organisation_id),
        P.REQUEST_TRANSFER.value: actor.may(P.REQUEST_TRANSFER, actor.organisation_id),
    }


def _stay(episode: Any) -> str:
    return reverse("beds:stay", args=[episode.pk])


def _unit(episode: Any) -> str:
    return reverse("beds:unit", args=[episode.unit_id])


def _trail(episode: Any) -> list[tuple[Any, str]]:
    return [(episode.unit.name, _unit(episode)), (episode.person.full_name, _stay(episode))]
