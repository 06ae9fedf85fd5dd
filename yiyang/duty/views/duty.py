"""Who is on duty now, taking over a shift, gaps, and the telephone log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yiyang.access import queries as access
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.duty import commands, forms, panels, queries
from yiyang.duty.views.forms_shown import form_page, posted
from yiyang.kernel.components import Column, Table
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.time import midnight, now
from yiyang.kernel.words import shown

LOOKED_AHEAD = timedelta(days=7)
LISTED, EXPORTED = 100, 10_000


@needs(Permission.TAKE_DUTY)
def duty(request: Any) -> HttpResponse:
    """Who is on duty now in the actor's units, the actor's own shifts, and what is open."""
    at, actor = now(), request.actor
    on_now = [
        one for one in queries.shifts(actor, at, at + timedelta(minutes=1)) if one.post.closed_at is None
    ]
    mine = [one for one in on_now if one.post.unit_id in actor.organisation_ids]
    gaps = [one for one in queries.gaps(actor, at, at + timedelta(hours=24))]
    open_now = queries.open_matters(actor.organisation_ids) if actor.reads_records else []
    seen(actor, {one.person_id for one in open_now if one.person_id}, "duty.duty")
    context = {
        "unit": actor.organisation,
        "on_now": mine,
        "others_now": [one for one in on_now if one not in mine],
        "own": queries.own_shifts(actor, at),
        "gaps": gaps[:10],
        "matters": open_now,
        "posts": queries.posts(actor, actor.organisation_id),
        "panels": panels.drawn(request, actor.organisation_ids) if actor.reads_records else [],
        "keeps": actor.may(Permission.MANAGE_ROSTER, actor.organisation_id),
        "at": at,
        "year": timezone.localdate(at).year,
        "unpublished": not queries.published(timezone.localdate(at).year),
    }
    return render(request, "duty/duty.html", context)


@needs(Permission.TAKE_DUTY)
def shift(request: Any, shift_id: UUID) -> HttpResponse:
    """One shift: the notes for it, what is open, and taking it over."""
    found = queries.shift(request.actor, shift_id)
    at = now()
    running = (
        found.cancelled_at is None and found.period.lower - timedelta(hours=2) <= at < found.period.upper
    )
    open_now = queries.open_matters([found.post.unit_id])
    context = {
        "shift": found,
        "notes": queries.notes(found.post),
        "matters": open_now,
        "panels": panels.drawn(request, [found.post.unit_id]) if request.actor.reads_records else [],
        "mine": request.actor.account_id in (found.account_id, found.deputy_id),
        "running": running,
        "keeps": request.actor.may(Permission.MANAGE_ROSTER, found.post.unit_id) and found.period.upper > at,
        "may_note": request.actor.may(Permission.TAKE_DUTY, found.post.unit_id),
    }
    return render(request, "duty/shift.html", context)


@needs(Permission.TAKE_DUTY)
def take_over_shift(request: Any, shift_id: UUID) -> HttpResponse:
    found = queries.shift(request.actor, shift_id)
    return form_page(
        request,
        forms.Nothing(posted(request)),
        lambda at: commands.take_over_shift(by=request.actor, at=at, shift=found),
        heading=_("Take over the shift: {name}").format(name=found.post.label),
        lead=_("You have read the notes and what is open. From now on it is yours."),
        submit=_("I take over"),
        back=reverse("duty:shift", args=[found.pk]),
    )


@needs(Permission.TAKE_DUTY)
def write_shift_note(request: Any, shift_id: UUID) -> HttpResponse:
    found = queries.shift(request.actor, shift_id)
    form = forms.NoteForm(posted(request))
    return form_page(
        request,
        form,
        lambda at: commands.write_shift_note(
            by=request.actor, at=at, post=found.post, shift=found, **form.cleaned_data
        ),
        heading=_("Hand-over note: {name}").format(name=found.post.label),
        submit=_("Write it down"),
        back=reverse("duty:shift", args=[found.pk]),
    )


@needs(Permission.MANAGE_ROSTER)
def gaps(request: Any) -> HttpResponse:
    """When nobody is on a post that must be staffed, in the next seven days."""
    at = now().replace(second=0, microsecond=0)
    return render(
        request,
        "duty/gaps.html",
        {"gaps": queries.gaps(request.actor, at, at + LOOKED_AHEAD), "at": at, "year": at.year,
         "unpublished": not queries.published(timezone.localdate(at).year)},
    )  # fmt: skip


@needs(Permission.RECORD_CALL)
def calls(request: Any) -> HttpResponse:
    """The telephone log: who phoned whom, when, and what came of it."""
    filters = forms.CallFilter(request.GET or None)
    given = filters.cleaned_data if filters.is_bound and filters.is_valid() else {}
    since = until = None
    if given.get("on"):
        since = midnight(given["on"])
        until = since + timedelta(days=1)
    found = queries.calls(request.actor, since=since, until=until, result=given.get("result", ""))
    table = Table(
        (
            Column(_("When")), Column(_("Who phoned")), Column(_("Whom")), Column(_("Number")),
            Column(_("Result")), Column(_("What was said")),
        ),
        request,
        caption=_("Telephone log"),
        exports=("csv", "xlsx"),
    )  # fmt: skip
    kind = request.GET.get("format")
    rows = list(found[: EXPORTED if kind in ("csv", "xlsx") else LISTED])
    seen(request.actor, {one.person_id for one in rows if one.person_id}, "duty.calls")
    if kind in ("csv", "xlsx"):
        heads = [column.label for column in table.columns]
        return export(kind, _("Telephone log"), heads, [_line(one) for one in rows])
    return render(request, "duty/calls.html", {"rows": rows, "table": table, "filters": filters})


def _line(one: Any) -> list[Any]:
    whom = " · ".join(part for part in (one.to_unit.name if one.to_unit else "", one.to_name) if part)
    who = f"{one.from_unit.name} · {one.by_label}"
    return [shown(one.at), who, whom, one.telephone, one.get_result_display(), one.note]


@needs(Permission.RECORD_CALL)
def note_call(request: Any, organisation_id: UUID) -> HttpResponse:
    """I phoned a unit, about nothing in particular."""
    unit = access.organisation(request.actor, organisation_id)
    form = forms.CallForm(posted(request), initial={"telephone": unit.phone or unit.night_contact})
    return form_page(
        request,
        form,
        lambda at: commands.note_call(
            by=request.actor,
            at=at,
            from_unit=request.actor.organisation_id,
            to_unit=unit.pk,
            **form.cleaned_data,
        ),
        heading=_("I phoned {name}").format(name=unit.name),
        submit=_("Record the call"),
        back=reverse("duty:calls"),
    )
