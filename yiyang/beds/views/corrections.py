"""Screens on which a wrong entry is put right."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms import happening
from yiyang.beds.forms import stays as forms
from yiyang.beds.queries import units as queries
from yiyang.beds.views.on_stays import act_on_stay, typed
from yiyang.kernel.acting import asked
from yiyang.kernel.time import now


@needs(P.CORRECT_RECORD)
def correct_occupancy(request: Any, occupancy_id: UUID) -> HttpResponse:
    """Put right when somebody was in a bed."""
    row = queries.row(request.actor, occupancy_id)
    form = forms.CorrectOccupancy(
        asked(request), initial={"since": row.period.lower, "until": row.period.upper}
    )
    return act_on_stay(
        request,
        row.episode,
        form,
        lambda: commands.correct_occupancy(
            by=request.actor, at=now(), row=row, **typed(form, "since", "until", "reason")
        ),
        heading=_("Correct the times of {name} in {bed}"),
        bed=row.bed.label if row.bed else row.place_name,
        submit=_("Correct the entry"),
        consequences=[
            _("The wrong entry stays visible, marked as entered in error and linked to the new one.")
        ],
    )


@needs(P.CORRECT_RECORD)
def void_episode(request: Any, episode_id: UUID) -> HttpResponse:
    """A stay that never was."""
    episode = queries.episode(request.actor, episode_id)
    form = happening.WithNeededReason(asked(request))
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.void_episode(
            by=request.actor, at=now(), episode=episode, reason=form.cleaned_data["reason"]
        ),
        heading=_("Was this stay of {name} entered in error?"),
        submit=_("Withdraw the stay"),
        consequences=[
            _("All entries of this stay become void and stay readable."),
            _("The bed is free at once."),
        ],
        danger=True,
    )
