"""Screens of the end of a stay: expected, by discharge, by death."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms import stays as forms
from yiyang.beds.queries import units as queries
from yiyang.beds.views.on_stays import act_on_stay, typed
from yiyang.kernel.acting import asked
from yiyang.kernel.time import now


@needs(P.DISCHARGE)
def set_expected_end(request: Any, episode_id: UUID) -> HttpResponse:
    """When the stay is expected to end, and whether the person is ready to leave already."""
    episode = queries.episode(request.actor, episode_id)
    form = forms.ExpectedEnd(
        asked(request),
        initial={"until": episode.expected_until, "ready": episode.ready_to_leave_at is not None},
    )
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.set_expected_end(
            by=request.actor, at=now(), episode=episode, **typed(form, "until", "ready")
        ),
        heading=_("Expected end of the stay of {name}"),
        submit=_("Save"),
    )


@needs(P.DISCHARGE)
def discharge(request: Any, episode_id: UUID) -> HttpResponse:
    """Close the stay."""
    episode = queries.episode(request.actor, episode_id)
    form = forms.Discharge(asked(request), initial={"version": episode.version})
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.discharge(
            by=request.actor,
            at=form.happened_at,
            episode=episode,
            **typed(form, "reason", "note", "earliest", "version"),
        ),
        heading=_("End the stay of {name}?"),
        submit=_("End the stay"),
        consequences=[
            _("The stay at {unit} is closed; the bed is cleaned and is then free.").format(
                unit=episode.unit.name
            ),
            _("A care bed that another unit keeps for the person stays kept."),
            _("To move to another unit's bed, ask for a transfer instead: the record goes along."),
        ],
        danger=True,
    )


@needs(P.RECORD_DEATH)
def record_death(request: Any, episode_id: UUID) -> HttpResponse:
    """The person died; one transaction ends everything that must end."""
    episode = queries.episode(request.actor, episode_id)
    form = forms.RecordDeath(asked(request))
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.record_death(
            by=request.actor,
            at=form.cleaned_data["died_at"],
            person=episode.person,
            earliest=form.cleaned_data["earliest"],
        ),
        heading=_("Record the death of {name}"),
        submit=_("Record the death"),
        consequences=[
            _("All stays, holds, transfers and places in waiting lists end at this hour."),
            _("What was entered for later becomes void and stays readable."),
        ],
        danger=True,
    )
