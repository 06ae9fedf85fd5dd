"""The person's own pages of devices, in plain words: what is sent, who sees it, how to stop it. Staff see them too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.forms import registry as forms
from yiyang.devices.models.registry import Sensed
from yiyang.devices.queries import consents as agreed
from yiyang.devices.queries import devices as queries
from yiyang.devices.queries import vitals
from yiyang.devices.queries.open_records import waiting_alarms
from yiyang.devices.queries.silence import patience_at
from yiyang.devices.rules.kinds import BY_KIND, DeviceKind
from yiyang.devices.rules.telling import asks_consent, how_often, quiet_for_long, tells
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.consent_forms import SaidForm
from yiyang.people.rules.kinds_of_data import KindOfData

FAMILY = ("ELDER", "RELATIVE", "GUARDIAN")
WHO_AT_MOST = 12


def own_devices(request: Any, person_id: UUID) -> HttpResponse:
    """Every device that is with the person now, and what was agreed to beside."""
    person = people.person_in_full(request.actor, person_id)
    loans = queries.loans_of_person(request.actor, person.pk)
    given = agreed.consents_of(request.actor, person.pk)
    seen(request.actor, [person], "devices.own_devices")
    live = [one for one in loans if one.returned_at is None]
    context = {
        "person": person,
        "devices": [_told(one) for one in live],
        "past": [one for one in loans if one.returned_at is not None],
        "consents": _consents(live, given, people.is_self(request.actor, person.pk)),
        "may_decide": request.actor.may(Permission.MANAGE_DELEGATION),
        "lends": request.actor.may(Permission.LEND_DEVICE, request.actor.organisation_id),
        **_reader(request, person),
    }
    return render(request, "devices/own_devices.html", context)


def _sees_readings(one: Any) -> bool:
    """Whoever has the whole record open, or by a consent what is measured."""
    return one.scope == "FULL" or KindOfData.RESULTS in (one.kinds or ())


def devices_panel(request: Any, person_id: UUID) -> HttpResponse:
    """What is with the person now, and whether it is heard from: a part of the person's page."""
    person, actor, at = people.person_in_full(request.actor, person_id), request.actor, now()
    ids, own = people.ids(person.pk), actor.organisation_id is None
    held, patience = queries.held_by(ids), patience_at(at)
    seen(actor, [person], "devices.devices_panel")
    context = {
        "person": person,
        "rows": [(one, quiet_for_long(one.device, one.period.lower, at, patience)) for one in held],
        "lends": not person.died_at and actor.may(Permission.LEND_DEVICE, actor.organisation_id),
        "newest": [] if own else vitals.newest(person.pk, at, sparks=False),
        "alarms": [] if own else waiting_alarms(actor, ids),
        "on_duty": actor.may(Permission.TAKE_DUTY),
        "own": own,
    }
    return render(request, "devices/parts/devices_of_person.html", context)


def own_device(request: Any, loan_id: UUID) -> HttpResponse:
    """One device in plain words."""
    loan = queries.loan(request.actor, loan_id)
    person = people.person_in_full(request.actor, loan.person_id)
    given = agreed.consents_of(request.actor, person.pk)
    who = [one for one in people.who_can_see(request.actor, person.pk) if one.live and _sees_readings(one)]
    seen(request.actor, [person], "devices.own_device")
    context = {
        "person": person,
        "one": _told(loan),
        "who": list(dict.fromkeys(one.who for one in who))[:WHO_AT_MOST],
        "consents": _consents([loan], given, people.is_self(request.actor, person.pk)),
        "may_decide": request.actor.may(Permission.MANAGE_DELEGATION),
        "may_ask": request.actor.may(Permission.ASK_FOR_RETURN) and loan.returned_at is None,
        **_reader(request, person),
    }
    return render(request, "devices/own_device.html", context)


def ask_for_return(request: Any, loan_id: UUID) -> HttpResponse:
    loan = queries.loan(request.actor, loan_id)
    if not request.actor.may(Permission.ASK_FOR_RETURN):
        raise NotAllowed
    back = reverse("devices:own_device", args=[loan.pk])
    form = forms.AskReturnForm(asked(request))
    return act(
        request, form,
        lambda: commands.ask_for_return(by=request.actor, at=now(), loan=loan, **form.cleaned_data),
        heading=_("Have it taken back: {device}").format(device=loan.device.get_kind_display()),
        lead=_("{unit} is told and arranges to fetch it. Until then it may simply be switched off or taken off.").format(
            unit=loan.device.unit.name
        ),
        submit=_("Please take it back"), back=back, at_home=True,
        done=_("Done. {unit} has been told.").format(unit=loan.device.unit.name),
    )  # fmt: skip


def give_device_consent(request: Any, person_id: UUID, sensed: str) -> HttpResponse:
    person = _entrusted(request, person_id)
    if sensed not in Sensed.values:
        raise NotFound
    home = _at_home(request)
    words = asks_consent(sensed, people.is_self(request.actor, person.pk))
    form: Any = (
        forms.Nothing(asked(request)) if home else SaidForm(request.POST or None, request.FILES or None)
    )
    return act(
        request, form,
        lambda: commands.give_device_consent(
            by=request.actor, at=now(), person=person, what=sensed, said=None if home else form.said()
        ),
        heading=words.question,
        lead=" ".join(str(one) for one in (
            words.told, _("It can be taken back here at any time, with immediate effect."),
            _("Nobody gets worse care for saying no."),
        )),
        submit=_("I agree") if home else _("Record the consent"),
        back=reverse("devices:own_devices", args=[person.pk]), at_home=home,
    )  # fmt: skip


def withdraw_device_consent(request: Any, device_consent_id: UUID) -> HttpResponse:
    found = agreed.consent(request.actor, device_consent_id)
    person = _entrusted(request, found.person_id)
    home = _at_home(request)
    return act(
        request, forms.Nothing(asked(request)),
        lambda: commands.withdraw_device_consent(by=request.actor, at=now(), consent=found),
        heading=asks_consent(found.what, people.is_self(request.actor, person.pk)).stop,
        lead=_("From this moment nothing more is taken, and what is there is no longer shown."),
        submit=_("Stop it"), back=reverse("devices:own_devices", args=[person.pk]), at_home=home,
        done=_("Done. Nothing more is taken."),
    )  # fmt: skip


def _entrusted(request: Any, person_id: UUID) -> Any:
    found = people.person_in_full(request.actor, person_id)
    if not request.actor.may(Permission.MANAGE_DELEGATION):
        raise NotAllowed
    return found


def _told(loan: Any) -> dict[str, Any]:
    """A loan with what is said of it."""
    device, at = loan.device, now()
    kind = BY_KIND[DeviceKind(device.kind)]
    quiet = quiet_for_long(device, loan.period.lower, at, patience_at(at))
    return {
        "loan": loan,
        "device": device,
        "kind": kind,
        "tells": tells(kind),
        "often": how_often(device.kind, device.expected_seconds),
        "silent": loan.returned_at is None and quiet,
    }


def _consents(live: list[Any], given: list[Any], own: bool) -> list[dict[str, Any]]:
    """What is asked of the person because of their devices, and what is agreed to now."""
    held = {one.what: one for one in given if one.withdrawn_at is None}
    kinds = [BY_KIND[DeviceKind(one.device.kind)] for one in live]
    wanted = {Sensed.LOCATION: any(one.locates for one in kinds),
              Sensed.CAMERA: any(one.kind == DeviceKind.CAMERA for one in kinds)}  # fmt: skip
    return [
        {"what": what, "consent": held.get(what.value), "words": asks_consent(what, own)}
        for what, needed in wanted.items()
        if needed or what.value in held
    ]


def _at_home(request: Any) -> bool:
    return request.actor.role in FAMILY


def _reader(request: Any, person: Any) -> dict[str, Any]:
    return {"at_home": _at_home(request), "own": people.is_self(request.actor, person.pk), "at": now()}
