"""Handing out and taking back, on a telephone: scan the label, say who, one button."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands, places
from yiyang.devices.forms import registry as forms
from yiyang.devices.queries import devices as queries
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people import queries as people

OFFERED = 12


@needs(Permission.LEND_DEVICE)
def find_device(request: Any) -> HttpResponse:
    """Without a camera: the number as it stands on the device."""
    person_id = people.id_from(request.GET.get("person", ""))
    person = people.person_in_full(request.actor, person_id) if person_id else None
    typed = request.GET.get("serial", "").strip()[:120]
    found = queries.device_by_serial(request.actor, typed) if typed else []
    onward = f"?{urlencode({'person': person.pk})}" if person else ""
    if len(found) == 1:
        return redirect(reverse("devices:hand_out", args=[found[0].pk]) + onward)
    form = forms.FindForm({"serial": typed} if typed else None)
    if person:
        seen(request.actor, [person], "devices.find_device")
    stock = queries.devices(request.actor, state="IN_STOCK")[:20] if person and not typed else []
    context = {
        "form": form, "typed": typed, "found": found or stock, "person": person, "onward": onward,
        "may_add": request.actor.may(Permission.MANAGE_DEVICES, request.actor.organisation_id),
    }  # fmt: skip
    return render(request, "devices/find.html", context)


@needs(Permission.LEND_DEVICE)
def hand_out(request: Any, device_id: UUID) -> HttpResponse:
    """The page behind the label: give the device to somebody, or take it back from whoever has it."""
    device = queries.device(request.actor, device_id)
    [row] = queries.rows(request.actor, [device])
    if row.loan is not None:
        seen(request.actor, [row.loan.person_id] if row.named else [], "devices.hand_out")
        form: Any = forms.ReturnForm()
        return render(request, "devices/hand_out.html", {"device": device, "row": row, "form": form})
    who = forms.WhoForm(request.GET)
    persons = _offered(request, who)
    seen(request.actor, persons, "devices.hand_out")
    form = forms.HandOutForm(asked(request), persons=_choices(persons))
    if len(persons) == 1:
        form.initial["person"] = str(persons[0].pk)
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                told = dict(form.cleaned_data)
                person = people.person(request.actor, UUID(told.pop("person")))
                commands.lend_device(by=request.actor, at=now(), device=device, person=person, **told)
                messages.success(
                    request, _("{device} is with {name} now.").format(device=device, name=person.full_name)
                )
                return redirect("devices:hand_out", device.pk)
    refusal = getattr(form, "refusal", None)
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    context = {"device": device, "row": row, "form": form, "who": who, "persons": persons}
    return render(request, "devices/hand_out.html", context, status=status)


def _offered(request: Any, who: Any) -> list[Any]:
    """The one who was chosen before, those with the name that was typed, or the first of the unit's persons."""
    chosen = people.id_from(request.POST.get("person", "") or request.GET.get("person", ""))
    if chosen:
        return [people.person_in_full(request.actor, chosen)]
    typed = who.cleaned_data["q"].strip() if who.is_valid() else ""
    if sum(sign.isdigit() for sign in typed) > 4:
        typed = ""  # numbers of persons do not go into addresses
    return list(people.search_persons(request.actor, typed, limit=OFFERED).persons)


def _choices(persons: list[Any]) -> list[tuple[str, str]]:
    beds = places.places_of([one.pk for one in persons])
    doors = {person_id: place.door for person_id, place in beds.items() if not place.away}
    return [(str(one.pk), _told(one, doors.get(one.pk, ""))) for one in persons]


def _told(person: Any, place: str) -> str:
    """Two of one name lie in different beds, or live in different places."""
    age = people.age_of(person)
    years = _("{n} years old").format(n=age) if age is not None else ""
    return " · ".join(part for part in (person.full_name, place, years, person.residence_address) if part)


@needs(Permission.LEND_DEVICE)
def return_device(request: Any, loan_id: UUID) -> HttpResponse:
    found = queries.loan_of_unit(request.actor, loan_id)
    device = found.device
    form = forms.ReturnForm(asked(request))
    return act(
        request, form,
        lambda: commands.return_device(by=request.actor, at=now(), loan=found, **form.cleaned_data),
        heading=_("Take back {device}").format(device=device), submit=_("Take it back"),
        back=reverse("devices:hand_out", args=[device.pk]), done=_("{device} is back.").format(device=device),
        trail=[(_("Devices"), reverse("devices:devices")),
               (str(device), reverse("devices:device", args=[device.pk]))],
    )  # fmt: skip
