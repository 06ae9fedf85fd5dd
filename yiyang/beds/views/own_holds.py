"""A kept bed, decided about by the person or the family: one thing on a page, in large type."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.beds import commands
from yiyang.beds.commands.episodes import NotAway
from yiyang.beds.forms import stays as forms
from yiyang.beds.queries import holds
from yiyang.beds.rules import fees
from yiyang.beds.rules.holds import end_of
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now
from yiyang.kernel.words import shown


def messages_page(episode: Any) -> str:
    return reverse("beds:unit_messages", args=[episode.person_id, episode.unit_id])


def keep_own_bed(request: Any, episode: Any) -> HttpResponse:
    """Until which day the bed is kept, within what was agreed."""
    own = _own(request, episode)
    form = forms.KeepOwnBed(asked(request), initial={"day": _a_week_more(own)})
    terms = _("Kept until {until} so far.").format(until=shown(own.row.held_until))
    if own.latest is not None:
        terms += " " + _("By the agreement {latest} at most.").format(latest=shown(own.latest))
    rule = own.row.fee_rule
    return act(
        request,
        form,
        lambda: commands.extend_hold(
            by=request.actor, at=now(), episode=episode, until=end_of(form.cleaned_data["day"], own.latest)
        ),
        heading=_("Keep the bed {bed} at {unit} for longer").format(
            bed=own.row.bed.label, unit=own.row.unit.name
        ),
        submit=_("Keep the bed"),
        lead=terms,
        consequences=[
            _("The unit is told at once."),
            *([_("Fee while it is kept: {rule}.").format(rule=fees.in_words(rule))] if rule else []),
        ],
        done=_("The bed is kept for longer."),
        back=messages_page(episode),
        at_home=True,
    )


def _a_week_more(own: holds.OwnHold) -> date:
    """What the form begins with: a week more than now, as far as was agreed."""
    week = (own.row.held_until or now()) + timedelta(days=7)
    return localdate(min(week, own.latest) if own.latest else week)


def give_up_own_bed(request: Any, episode: Any) -> HttpResponse:
    """What is lost by it, and until when it can be taken back, before it is done."""
    own = _own(request, episode)
    form = forms.GiveUpOwnBed(asked(request))
    at = now()
    hours = policy("beds.hold_take_back_hours", on=localdate(at)).value
    return act(
        request,
        form,
        lambda: commands.release_hold(
            by=request.actor, at=now(), episode=episode, note=form.cleaned_data["reason"]
        ),
        heading=_("Give up the bed {bed} at {unit}?").format(bed=own.row.bed.label, unit=own.row.unit.name),
        submit=pgettext("wish", "Give the bed up"),
        consequences=[
            _("The place may be given to somebody else from {free_from}.").format(
                free_from=shown(at + timedelta(hours=hours))
            ),
            _("Until then it can be taken back, on the page of the messages with the unit."),
            _(
                "After that the stay at {unit} is over. Coming back means a new admission, perhaps after waiting."
            ).format(unit=own.row.unit.name),
            _("The unit and everybody who is entrusted are told at once."),
        ],
        danger=True,
        done=_("The bed is given up. You can still take it back for some time."),
        back=messages_page(episode),
        at_home=True,
    )


def _own(request: Any, episode: Any) -> holds.OwnHold:
    row = holds.row_kept(episode.pk)
    if row is None:
        raise NotAway
    seen(request.actor, [episode.person_id], "beds.own_hold")
    return holds.own_hold(request.actor, row, now())
