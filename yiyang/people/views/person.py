from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.kernel.components import Entry
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people import commands, panels, queries
from yiyang.people.fact_words import detail_of, words_of
from yiyang.people.forms import DetailsForm, EditPersonForm
from yiyang.people.models import Scope
from yiyang.people.queries.search import CursorMalformed

FAMILY = {"ELDER", "RELATIVE", "GUARDIAN"}


def person(request: Any, pk: UUID) -> HttpResponse:
    """One person: who they are, whom to call, who looks after them; the contexts above add theirs."""
    record = queries.record(request.actor, pk)
    if record.person.pk != pk:
        return redirect("people:person", record.person.pk)
    seen(request.actor, [pk], "people.person")
    scope = request.person_scope = queries.scope(request.actor, pk)
    shows_all = scope != Scope.BASIC
    at_home = request.actor.role in FAMILY
    return render(
        request,
        "people/person_family.html" if at_home else "people/person.html",
        {
            "person": record.person,
            "record": record,
            "is_self": queries.is_self(request.actor, pk),
            "shows_all": shows_all,
            "scope": Scope(scope).label,
            "residence": address(record.areas, record.person.residence_area, record.person.residence_address),
            "registered": address(
                record.areas, record.person.registered_area, record.person.registered_address
            ),
            "panels": panels.drawn(request, record),
            "actions": [
                *panels.actions(request, record),
                *_fell(request, record.person, shows_all),
                *_assist(request, record.person),
            ],
            **{
                name: shows_all and request.actor.may(permission)
                for name, permission in (
                    ("may_edit", Permission.EDIT_PERSON),
                    ("may_merge", Permission.MERGE_PERSONS),
                    ("may_entrust", Permission.MANAGE_DELEGATION),
                )
            },
        },
    )


def _assist(request: Any, person: Any) -> list[panels.Action]:
    """Whoever stands at a counter may act for the person, or for a relative who is entrusted."""
    if person.died_at or not request.actor.may(Permission.ASSIST, request.actor.organisation_id):
        return []
    return [panels.Action(_("Act for this person"), reverse("people:start_assistance", args=[person.pk]))]


def _fell(request: Any, person: Any, shows_all: bool) -> list[panels.Action]:
    """Whoever cares for the person says with one press that they fell."""
    actor = request.actor
    if person.died_at or not shows_all or not actor.may(Permission.RECORD_FALL, actor.organisation_id):
        return []
    return [panels.Action(_("Record a fall"), reverse("people:record_fall", args=[person.pk]))]


def edit_person(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    if not request.actor.may(Permission.EDIT_PERSON):
        raise NotAllowed
    initial = {**DetailsForm.initial_of(found), "version": found.version}
    form = EditPersonForm(request.POST or None, initial=initial, district=request.actor.district)
    with form.refusals():
        if form.is_valid():
            commands.edit_person(
                by=request.actor,
                at=now(),
                person=found,
                details=form.details(unknown=found.unknown),
                version=form.cleaned_data["version"],
            )
            return redirect("people:person", found.pk)
    seen(request.actor, [found], "people.edit_person")
    return render(
        request,
        "people/form_page.html",
        {"person": found, "form": form, "heading": _("Edit details"), "wide": True},
    )


def history(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person(request.actor, pk)
    facts = queries.timeline(request.actor, pk, before=_before(request))
    seen(request.actor, [found], "people.history")
    entries = [Entry(words_of(one.name), one.at, one.by_label, _said(request, one)) for one in facts]
    after = facts[-1].at.isoformat() if len(facts) == queries.PAGE else ""
    return render(request, "people/history.html", {"person": found, "entries": entries, "after": after})


def _said(request: Any, fact: Any) -> Any:
    """Why, or what is told of it: staff read that in their own words, the family only that it happened."""
    if detail := detail_of(fact.name, fact.data):
        return "" if request.actor.role in FAMILY else detail
    return fact.data.get("reason", "")


def address(areas: dict[str, str], code: str, text: str) -> str:
    """Sub-district, community and the lane, house and room, in the order in which they are said."""
    names = [areas.get(part, "") for part in (code[:9], code[:12]) if len(part) >= 9]
    return " ".join(dict.fromkeys(part for part in (*names, text) if part))


def _before(request: Any) -> datetime | None:
    if not request.GET.get("after"):
        return None
    try:
        return datetime.fromisoformat(request.GET["after"])
    except ValueError as error:
        raise CursorMalformed from error
