"""The roster of a unit: the week, its posts and its shifts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yiyang.access import queries as access
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.duty import commands, forms, queries
from yiyang.duty.views.forms_shown import form_page, posted
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now


@needs(Permission.TAKE_DUTY)
def roster(request: Any, organisation_id: UUID) -> HttpResponse:
    """A week of the unit: a row for each post; who is on, the deputy, what is missing."""
    unit = queries.unit_of(request.actor, organisation_id)
    monday = _monday(request)
    days, rows = queries.week(unit, monday)
    keeps = request.actor.may(Permission.MANAGE_ROSTER, unit.pk)
    context = {
        "unit": unit,
        "days": days,
        "rows": rows,
        "columns": [
            (day, [(row.post, row.cells[number]) for row in rows]) for number, day in enumerate(days)
        ],
        "monday": timezone.localdate(monday),
        "sunday": days[-1].day,
        "before": timezone.localdate(monday) - timedelta(days=7),
        "after": timezone.localdate(monday) + timedelta(days=7),
        "today": timezone.localdate(now()),
        "keeps": keeps,
        "at": now(),
        "empty": keeps and not any(cell.shifts for row in rows for cell in row.cells),
        "unpublished": [year for year in {day.day.year for day in days} if not queries.published(year)],
    }
    return render(request, "duty/roster.html", context)


@needs(Permission.TAKE_DUTY)
def roster_sheet(request: Any, organisation_id: UUID) -> HttpResponse:
    """The week on one page of paper: posts, days, names and telephones, and who is called when nobody answers."""
    unit = queries.unit_of(request.actor, organisation_id)
    monday = _monday(request)
    days, rows = queries.week(unit, monday)
    context = {
        "unit": unit,
        "days": days,
        "rows": rows,
        "monday": timezone.localdate(monday),
        "sunday": days[-1].day,
        "at": now(),
        "emergency_number": policy("beds.emergency_number", on=timezone.localdate(now())).value,
        "unpublished": [year for year in {day.day.year for day in days} if not queries.published(year)],
    }
    return render(request, "duty/roster_sheet.html", context)


def _monday(request: Any) -> datetime:
    """The week asked for, by any of its days; this week when it is none."""
    try:
        day = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        day = timezone.localdate(now())
    return queries.week_of(min(max(day, date(2000, 1, 3)), date(2190, 1, 1)))


@needs(Permission.MANAGE_ROSTER)
def add_post(request: Any, organisation_id: UUID) -> HttpResponse:
    unit = queries.unit_of(request.actor, organisation_id)
    form = forms.PostForm(posted(request), initial={"telephone": unit.night_contact or unit.phone})
    return form_page(
        request,
        form,
        lambda at: commands.add_post(by=request.actor, at=at, unit_id=unit.pk, **form.cleaned_data),
        heading=_("Add a post to the roster of {name}").format(name=unit.name),
        submit=_("Add the post"),
        back=reverse("duty:roster", args=[unit.pk]),
    )


@needs(Permission.MANAGE_ROSTER)
def edit_post(request: Any, post_id: UUID) -> HttpResponse:
    post = queries.post(request.actor, post_id)
    start = {"name": post.name, "telephone": post.telephone, "cover": post.cover}
    form = forms.PostForm(posted(request), initial=start, fixed=("kind",))
    return form_page(
        request,
        form,
        lambda at: commands.edit_post(by=request.actor, at=at, post=post, **form.cleaned_data),
        heading=_("Change the post {name}").format(name=post.label),
        submit=_("Save"),
        back=reverse("duty:roster", args=[post.unit_id]),
        more=[(_("Close the post"), reverse("duty:close_post", args=[post.pk]))],
    )


@needs(Permission.MANAGE_ROSTER)
def close_post(request: Any, post_id: UUID) -> HttpResponse:
    post = queries.post(request.actor, post_id)
    return form_page(
        request,
        forms.Nothing(posted(request)),
        lambda at: commands.close_post(by=request.actor, at=at, post=post),
        heading=_("Close the post {name}?").format(name=post.label),
        lead=_("It leaves the roster. What was planned and noted on it stays in the record."),
        submit=_("Close the post"),
        back=reverse("duty:roster", args=[post.unit_id]),
        danger=True,
    )


@needs(Permission.MANAGE_ROSTER)
def add_shift(request: Any, post_id: UUID) -> HttpResponse:
    """Plan somebody; a day or a gap in the address fills the times in."""
    post = queries.post(request.actor, post_id)
    since, until = _times(request)
    form = forms.ShiftForm(
        posted(request),
        staff=access.colleagues(post.unit_id, since),
        initial={"since": since, "until": until},
    )
    return form_page(
        request,
        form,
        lambda at: commands.add_shift(by=request.actor, at=at, post=post, **form.told),
        heading=_("Plan a shift: {name}").format(name=post.label),
        lead=post.unit.name,
        submit=_("Plan the shift"),
        back=_week_at(post.unit_id, since),
    )


def _times(request: Any) -> tuple[datetime, datetime]:
    """From and until as the address gives them; else a working day of today."""
    zone = timezone.get_current_timezone()
    try:
        since = datetime.fromisoformat(request.GET.get("since", "").replace(" ", "+"))
    except ValueError:
        since = timezone.localtime(now()).replace(hour=8, minute=0, second=0, microsecond=0, tzinfo=None)
    since = since if since.tzinfo else since.replace(tzinfo=zone)
    try:
        until = datetime.fromisoformat(request.GET.get("until", "").replace(" ", "+"))
        until = until if until.tzinfo else until.replace(tzinfo=zone)
    except ValueError:
        until = since + timedelta(hours=9)
    return since, min(until, since + commands.LONGEST)


@needs(Permission.MANAGE_ROSTER)
def change_shift(request: Any, shift_id: UUID) -> HttpResponse:
    shift = queries.shift(request.actor, shift_id)
    start = {
        "account_id": str(shift.account_id), "since": shift.period.lower, "until": shift.period.upper,
        "telephone": shift.telephone, "deputy_id": str(shift.deputy_id or ""), "version": shift.version,
        "deputy_telephone": shift.deputy_telephone, "also_elsewhere": shift.also_elsewhere,
    }  # fmt: skip
    staff = access.colleagues(shift.post.unit_id, shift.period.lower)
    form = forms.ShiftForm(posted(request), staff=staff, versioned=True, initial=start)
    return form_page(
        request,
        form,
        lambda at: commands.change_shift(by=request.actor, at=at, shift=shift, **form.told),
        heading=_("Change the shift: {name}").format(name=shift.post.label),
        lead=shift.post.unit.name,
        submit=_("Save"),
        back=_week_at(shift.post.unit_id, shift.period.lower),
        more=[
            (_("Swap with another shift"), reverse("duty:swap_shifts", args=[shift.pk])),
            (_("Cancel the shift"), reverse("duty:cancel_shift", args=[shift.pk])),
        ],
    )


@needs(Permission.MANAGE_ROSTER)
def swap_shifts(request: Any, shift_id: UUID) -> HttpResponse:
    shift = queries.shift(request.actor, shift_id)
    form = forms.SwapForm(posted(request), shifts=queries.others_of(shift, now()))
    return form_page(
        request,
        form,
        lambda at: commands.swap_shifts(
            by=request.actor, at=at, shift=shift, other=form.chosen, reason=form.cleaned_data["reason"]
        ),
        heading=_("Swap the shift of {name}").format(name=shift.account.name),
        lead=_("Both people take each other's shift, with their own telephone."),
        submit=_("Swap"),
        back=_week_at(shift.post.unit_id, shift.period.lower),
    )


@needs(Permission.MANAGE_ROSTER)
def cancel_shift(request: Any, shift_id: UUID) -> HttpResponse:
    shift = queries.shift(request.actor, shift_id)
    form = forms.ReasonForm(posted(request))
    return form_page(
        request,
        form,
        lambda at: commands.cancel_shift(by=request.actor, at=at, shift=shift, **form.cleaned_data),
        heading=_("Cancel the shift of {name}?").format(name=shift.account.name),
        lead=_("What is left becomes a gap until somebody else is planned."),
        submit=_("Cancel the shift"),
        back=_week_at(shift.post.unit_id, shift.period.lower),
        danger=True,
    )


@needs(Permission.MANAGE_ROSTER)
def copy_week(request: Any, organisation_id: UUID) -> HttpResponse:
    """Take over the week before; what does not fit is named on the page that follows."""
    unit = queries.unit_of(request.actor, organisation_id)
    monday = _monday(request)

    def run(at: datetime) -> None:
        copied = commands.copy_week(by=request.actor, at=at, unit_id=unit.pk, since=monday)
        number = len(copied.shifts)
        messages.success(
            request, ngettext("{n} shift copied.", "{n} shifts copied.", number).format(n=number)
        )
        for one, refusal in copied.left_out:
            messages.warning(request, f"{one.post.label} · {one.account.name}: {refusal}")

    return form_page(
        request,
        forms.Nothing(posted(request)),
        run,
        heading=_("Copy the roster of the week before?"),
        lead=_("{name}, week of {day}. Shifts that are planned already stay; what does not fit is left out and named.").format(
            name=unit.name, day=timezone.localdate(monday).isoformat()
        ),
        submit=_("Copy the week"),
        back=_week_at(unit.pk, monday),
    )  # fmt: skip


def _week_at(unit_id: UUID, at: datetime) -> str:
    week = timezone.localdate(at).isoformat()
    return redirect("duty:roster", unit_id).url + f"?week={week}"
