"""The waiting list: its order and why, places offered and answered; and who is ready to leave with nowhere to go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from yiyang.access.bed_kinds import BedKind
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.access.queries import units
from yiyang.beds import commands
from yiyang.beds.forms import waiting as forms
from yiyang.beds.forms.calls import PhoneAboutTransfer
from yiyang.beds.models.waiting import Channel
from yiyang.beds.queries import eligibility_shown
from yiyang.beds.queries import units as stays
from yiyang.beds.queries import waiting_list as queries
from yiyang.beds.queries.waiting import waiting_entry as find
from yiyang.duty import queries as duty
from yiyang.kernel.acting import act, asked
from yiyang.kernel.components import Table
from yiyang.kernel.components.lists import link
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now
from yiyang.kernel.words import shown
from yiyang.people import queries as people

EXPORTED = 10_000


@require_GET
@needs(P.MANAGE_WAITING_LIST, P.COORDINATE)
def waiting_list(request: Any) -> HttpResponse:
    """Everybody who waits for a kind of bed, in their order, each with the reason for the place; exported too."""
    owner = queries.list_owner(request.actor)
    counts = queries.counts(request.actor, owner)
    kind = request.GET.get("kind", "")
    if kind not in BedKind.values:
        kind = max(counts, key=lambda one: counts[one]) if any(counts.values()) else BedKind.INSTITUTION.value
    channel = request.GET.get("channel", "")
    channel = channel if channel in Channel.values else ""
    if request.GET.get("format") in ("csv", "xlsx"):
        return _exported(request, kind, owner, channel)
    offset = int(request.GET["after"]) if request.GET.get("after", "").isdecimal() else 0
    found = queries.waiting_list(request.actor, kind, owner, channel=channel, offset=min(offset, 10**6))
    lines = found[: queries.PAGE]
    seen(request.actor, _named(lines), "beds.waiting_list")
    context = {
        "lines": lines,
        "kind": kind,
        "tabs": [
            NavigationItem(BedKind(one).label, link(request, kind=one, after=None), one == kind, count=number)
            for one, number in counts.items()
        ],
        "channels": [
            NavigationItem(
                label, link(request, channel=value or None, after=None), value == channel, count=None
            )
            for value, label in [("", _("all channels")), *Channel.choices]
        ],
        "table": Table((), request, exports=("csv", "xlsx")),
        "after": str(offset + queries.PAGE) if len(found) > queries.PAGE else "",
        "manages": owner is not None and request.actor.may(P.MANAGE_WAITING_LIST, owner),
        "placed": queries.moved_lately(kind, owner),
    }
    return render(request, "beds/waiting_list.html", context)


def _exported(request: Any, kind: str, owner: UUID | None, channel: str) -> HttpResponse:
    """The same rows as a file; whose name stands in it was read."""
    lines = queries.waiting_list(request.actor, kind, owner, channel=channel, limit=EXPORTED)
    heads = [
        pgettext("in the order", "Place"),
        _("Who"),
        _("Wants"),
        _("Channel"),
        _("Place in the channel"),
        _("Joined"),
        _("Days"),
        _("Why this place"),
        _("State"),
        _("Place offered"),
        _("Answer by"),
    ]
    rows = [
        [
            line.rank,
            _whom(line),
            line.entry.wanted_unit.name if line.entry.wanted_unit else _("any unit"),
            line.entry.get_channel_display(),
            line.rank_in_channel,
            shown(line.entry.joined_at),
            line.days,
            line.why,
            line.entry.get_state_display(),
            f"{line.entry.offered_bed.unit.name} {line.entry.offered_bed.label}"
            if line.entry.offered_bed
            else "",
            shown(line.entry.offer_expires_at) if line.entry.offer_expires_at else "",
        ]
        for line in lines
    ]
    seen(request.actor, _named(lines), "beds.waiting_list")
    return export(request.GET["format"], f"{_('Waiting list')} {BedKind(kind).label}", heads, rows)


def _named(lines: Sequence[queries.Line | queries.Ready]) -> list[UUID]:
    return [one.who.person_id for one in lines if one.who and one.who.name]


def _whom(line: queries.Line) -> str:
    """By name where the actor may see the record, otherwise by sex and age, as the page shows them."""
    if line.who is None:
        return ""
    years = _("%(n)s years") % {"n": line.who.age} if line.who.age is not None else ""
    return line.who.name or " ".join(word for word in (line.who.sex, years) if word)


@require_GET
@needs(P.SEE_BOARD)
def ready_to_leave(request: Any) -> HttpResponse:
    """Who could leave but has nowhere to go, with the days waited."""
    lines = queries.ready_to_leave(request.actor)
    seen(request.actor, _named(lines), "beds.ready_to_leave")
    return render(request, "beds/waiting_ready.html", {"lines": lines})


@needs(P.MANAGE_WAITING_LIST, P.COORDINATE)
def waiting_entry(request: Any, waiting_entry_id: UUID) -> HttpResponse:
    """One entry: the place, why, and what can be done."""
    entry = _entry(request, waiting_entry_id)
    line = queries.line(request.actor, entry)
    seen(
        request.actor, [entry.person_id] if line and line.who and line.who.name else [], "beds.waiting_entry"
    )
    context = {
        "entry": entry,
        "line": line,
        "manages": request.actor.may(P.MANAGE_WAITING_LIST, entry.list_owner_id),
        "sees": request.actor.sees(entry.person_id),
    }
    if line and context["sees"]:
        context["one"] = eligibility_shown.shown(
            request.actor, entry.person_id, now(), kinds=[entry.kind]
        ).kind(entry.kind)
    if context["manages"] and context["sees"]:
        context["contacts"] = [
            one for one in people.contacts_of(request.actor, entry.person_id) if one.number
        ]
        context["calls"] = duty.calls_about(entry.pk)
    return render(request, "beds/waiting_entry.html", context)


@needs(P.RECORD_CALL)
def phone_about_place(request: Any, waiting_entry_id: UUID) -> HttpResponse:
    """I phoned the person or the family about the place that was offered."""
    entry = _entry(request, waiting_entry_id, sees=True)
    contact = next((one for one in people.contacts_of(request.actor, entry.person_id) if one.number), None)
    start = {"to_name": contact.full_name, "telephone": contact.number} if contact else {}
    form = PhoneAboutTransfer(asked(request), initial=start)
    return act(
        request,
        form,
        lambda: commands.phone_about_place(by=request.actor, at=now(), entry=entry, **form.cleaned_data),
        heading=_("I phoned about {name}").format(name=entry.person.full_name),
        submit=_("Record the call"),
        back=_url(entry),
        done=_("The call is recorded."),
        trail=_trail(),
    )


@needs(P.MANAGE_WAITING_LIST)
def join_waiting_list(request: Any, person_id: UUID) -> HttpResponse:
    """Enter a person in the district's list."""
    person = stays.person(request.actor, person_id)
    known = [(str(one.pk), one.name) for one in units(request.actor)]
    form = forms.JoinWaitingList(asked(request), units=known)
    seen(request.actor, [person.pk], "beds.join_waiting_list")
    owner = queries.list_owner(request.actor)
    return act(
        request,
        form,
        lambda: commands.join_waiting_list(
            by=request.actor,
            at=now(),
            person=person,
            kind=form.cleaned_data["kind"],
            list_owner=owner,
            wanted_unit=UUID(form.cleaned_data["wanted_unit"]) if form.cleaned_data["wanted_unit"] else None,
            channel=form.cleaned_data["channel"],
            channel_reason=form.cleaned_data["channel_reason"],
            channel_approved_by=form.cleaned_data["channel_approved_by"],
        ),
        heading=_("Enter {name} in the waiting list").format(name=person.full_name),
        submit=_("Enter in the list"),
        back=reverse("beds:waiting_list") + f"?kind={request.POST.get('kind', '')}",
        lead=_("The order is: special channel, priority channel, ordinary channel; in each, who came first."),
        done=_("Entered in the waiting list."),
    )


@needs(P.MANAGE_WAITING_LIST)
def change_channel(request: Any, waiting_entry_id: UUID) -> HttpResponse:
    entry = _entry(request, waiting_entry_id, sees=True)
    form = forms.ChangeChannel(
        asked(request),
        initial={"channel": entry.channel, "reason": entry.channel_reason, "version": entry.version},
    )
    return act(
        request,
        form,
        lambda: commands.change_channel(by=request.actor, at=now(), entry=entry, **form.cleaned_data),
        heading=_("Channel of {name}").format(name=entry.person.full_name),
        submit=_("Approve the channel"),
        back=_url(entry),
        lead=_("You are written down as the one who approved it. The day of joining stays."),
        trail=_trail(),
    )


@needs(P.MANAGE_WAITING_LIST)
def offer_place(request: Any, waiting_entry_id: UUID) -> HttpResponse:
    """Offer a free bed; it is kept until the answer."""
    entry = _entry(request, waiting_entry_id, sees=True)
    beds = queries.places_for(request.actor, entry)
    form = forms.OfferPlace(asked(request), beds=beds)
    return act(
        request,
        form,
        lambda: commands.offer_place(
            by=request.actor,
            at=now(),
            entry=entry,
            bed=form.chosen,
            out_of_order_reason=form.cleaned_data["out_of_order_reason"],
        ),
        heading=_("Offer a place to {name}").format(name=entry.person.full_name),
        submit=_("Offer the place"),
        back=_url(entry),
        lead=_("The bed is kept for the person until the answer, or until the time to answer ends.")
        if beds
        else _("No bed of this kind is free in the units that the person wants."),
        trail=_trail(),
        done=_("The place is offered and kept."),
    )


@needs(P.ANSWER_PLACE)
def answer_place(request: Any, waiting_entry_id: UUID) -> HttpResponse:
    entry = _entry(request, waiting_entry_id, sees=True)
    form = forms.AnswerPlace(asked(request))
    return act(
        request,
        form,
        lambda: commands.answer_place(
            by=request.actor,
            at=now(),
            entry=entry,
            takes=form.cleaned_data["takes"] == "yes",
            reason=form.cleaned_data["reason"],
        ),
        heading=_("Does {name} take the place?").format(name=entry.person.full_name),
        submit=_("Save the answer"),
        **_around(request, _url(entry)),
    )


@needs(P.ANSWER_PLACE)
def give_up_waiting(request: Any, waiting_entry_id: UUID) -> HttpResponse:
    entry = _entry(request, waiting_entry_id, sees=True)
    form = forms.GiveUp(asked(request))
    return act(
        request,
        form,
        lambda: commands.give_up_waiting(
            by=request.actor, at=now(), entry=entry, reason=form.cleaned_data["reason"]
        ),
        heading=_("Does {name} no longer want to wait?").format(name=entry.person.full_name),
        submit=_("End the waiting"),
        consequences=[
            _("The place in the list is lost; coming back means joining at the end."),
            _("A bed that was offered is free for others."),
        ],
        danger=True,
        **_around(request, reverse("beds:waiting_list")),
    )


def _entry(request: Any, entry_id: UUID, *, sees: bool = False) -> Any:
    """404 unless it concerns the actor's units; what is done about it needs sight of the person."""
    entry = find(request.actor, entry_id)
    if sees and not request.actor.sees(entry.person_id):
        raise NotAllowed
    return entry


def _url(entry: Any) -> str:
    return reverse("beds:waiting_entry", args=[entry.pk])


def _around(request: Any, back: str) -> dict[str, Any]:
    """Staff go back to the list; person and family to their first page, in large type."""
    if request.actor.membership_id is None:
        return {"back": reverse("portals:home"), "at_home": True}
    return {"back": back, "trail": _trail()}


def _trail() -> list[tuple[Any, str]]:
    return [(_("Waiting list"), reverse("beds:waiting_list"))]
