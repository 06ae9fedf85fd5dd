"""Screens of a bed that is kept: leave, return, who cannot be found, kept longer, given up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms import happening
from yiyang.beds.forms import stays as forms
from yiyang.beds.queries import units as queries
from yiyang.beds.queries.holds import at_home
from yiyang.beds.rules import fees
from yiyang.beds.views import own_holds
from yiyang.beds.views.on_stays import act_on_stay, stay_page, typed, unit_page
from yiyang.kernel.acting import asked
from yiyang.kernel.time import now


@needs(P.RECORD_LEAVE)
def begin_leave(request: Any, episode_id: UUID) -> HttpResponse:
    """The resident leaves for a while with somebody; the bed is held."""
    episode = queries.episode(request.actor, episode_id)
    form = forms.BeginLeave(asked(request))
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.begin_leave(
            by=request.actor,
            at=form.happened_at,
            episode=episode,
            **typed(form, "due_back_at", "companion", "companion_phone", "destination"),
        ),
        heading=_("Leave of {name}"),
        submit=_("Record the leave"),
        lead=_("The bed is kept until the return. If the return is overdue, the unit is told."),
        done=_("The leave is recorded; the bed is kept."),
    )


@require_POST
@needs(P.RECORD_LEAVE)
def return_to_held_bed(request: Any, episode_id: UUID) -> HttpResponse:
    """The person is back in the bed that was kept: one press."""
    episode = queries.episode(request.actor, episode_id)
    commands.return_to_held_bed(by=request.actor, at=now(), episode=episode)
    return redirect((request.POST.get("next") == "unit" and unit_page(episode)) or stay_page(episode))


@needs(P.RECORD_LEAVE)
def report_missing(request: Any, episode_id: UUID) -> HttpResponse:
    """The resident cannot be found."""
    episode = queries.episode(request.actor, episode_id)
    form = forms.ReportMissing(asked(request))
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.report_missing(
            by=request.actor, at=form.happened_at, episode=episode, note=form.cleaned_data["note"]
        ),
        heading=_("Report {name} missing"),
        submit=_("Report missing"),
        consequences=[
            _("The unit is told at once, as an emergency."),
            _("The bed is kept; where the person is, is recorded as not known."),
        ],
        danger=True,
    )


@needs(P.DECIDE_HOLD)
def extend_hold(request: Any, episode_id: UUID) -> HttpResponse:
    """Keep the bed for longer."""
    episode = queries.episode(request.actor, episode_id)
    if at_home(request.actor):
        return own_holds.keep_own_bed(request, episode)
    row = queries.current_row(episode)
    form = forms.ExtendHold(asked(request), initial={"until": row.held_until if row else None})
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.extend_hold(
            by=request.actor, at=now(), episode=episode, until=form.cleaned_data["until"]
        ),
        heading=_("Keep the bed of {name} for longer"),
        submit=_("Keep the bed"),
        lead=_("Fee rule: {rule}").format(rule=fees.in_words(row.fee_rule)) if row and row.fee_rule else "",
    )


@needs(P.DECIDE_HOLD)
def release_hold(request: Any, episode_id: UUID) -> HttpResponse:
    """Give up a held bed."""
    episode = queries.episode(request.actor, episode_id)
    if at_home(request.actor):
        return own_holds.give_up_own_bed(request, episode)
    form = happening.WithReason(asked(request))
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.release_hold(
            by=request.actor, at=form.happened_at, episode=episode, note=form.cleaned_data["reason"]
        ),
        heading=_("Give up the bed kept for {name}?"),
        submit=_("Give up the bed"),
        consequences=[
            _("The stay here is closed."),
            _("The bed is cleaned and is then free for others."),
            _("Coming back later means a new admission, perhaps after waiting."),
        ],
        danger=True,
    )


@require_POST
@needs(P.DECIDE_HOLD)
def withdraw_release(request: Any, episode_id: UUID) -> HttpResponse:
    """A bed that was given up stays kept after all: one press."""
    episode = queries.episode(request.actor, episode_id)
    commands.withdraw_release(by=request.actor, at=now(), episode=episode)
    messages.success(request, _("The bed stays kept."))
    return redirect(own_holds.messages_page(episode) if at_home(request.actor) else stay_page(episode))
