"""Screens of another bed inside a stay: a change, a swap of two, a whole room."""

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
from yiyang.kernel.facts import seen


@needs(P.CHANGE_BED)
def change_bed(request: Any, episode_id: UUID) -> HttpResponse:
    """Another bed of the same unit and kind (调床): no offers."""
    episode = queries.episode(request.actor, episode_id)
    beds = queries.free_beds(episode.unit_id, episode.kind, episode.lane)
    form = forms.ChangeBed(asked(request), beds=beds, initial={"version": episode.version})
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.change_bed(
            by=request.actor,
            at=form.happened_at,
            episode=episode,
            to_bed=form.chosen,
            **typed(form, "reason", "version"),
        ),
        heading=_("Change bed of {name}"),
        submit=_("Change bed"),
        lead=_("The bed that is left is cleaned and is then free.")
        if beds
        else _("No bed of this kind is free here. You can swap two residents instead."),
        done=_("The bed was changed."),
    )


@needs(P.CHANGE_BED)
def swap_beds(request: Any, episode_id: UUID) -> HttpResponse:
    """Two residents change places at one instant."""
    episode = queries.episode(request.actor, episode_id)
    form = forms.SwapBeds(asked(request), rows=queries.residents(request.actor, episode))
    seen(request.actor, [row.person_id for row in form.by_id.values()], what="beds.swap_beds")
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.swap_beds(
            by=request.actor,
            at=form.happened_at,
            episode=episode,
            other=form.chosen,
            reason=form.cleaned_data["reason"],
        ),
        heading=_("{name} changes places"),
        submit=_("Swap the two beds"),
        done=_("The two have changed places."),
    )


@needs(P.CHANGE_BED)
def take_room(request: Any, episode_id: UUID) -> HttpResponse:
    """Take the room as a whole."""
    episode = queries.episode(request.actor, episode_id)
    form = happening.Confirm(asked(request))
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.take_room(by=request.actor, at=form.happened_at, episode=episode),
        heading=_("Give the whole room to {name}?"),
        submit=_("Give the whole room"),
        consequences=[_("The other beds of the room are kept empty until this stay ends.")],
    )
