"""Gateways: the boxes and services that send for the devices of a unit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.forms import registry as forms
from yiyang.devices.queries import credentials, refused
from yiyang.devices.queries import devices as queries
from yiyang.devices.queries.silence import patience_at
from yiyang.devices.rules.silence import silent
from yiyang.devices.views.keeping import issue_key
from yiyang.devices.views.shared import units_of
from yiyang.kernel.acting import act, asked
from yiyang.kernel.time import now


def _trail(gateway: Any = None) -> list[tuple[Any, str]]:
    trail = [(_("Devices"), reverse("devices:devices")), (_("Gateways"), reverse("devices:gateways"))]
    return [*trail, (str(gateway), _of(gateway))] if gateway else trail


def _of(gateway: Any) -> str:
    return reverse("devices:gateway", args=[gateway.pk])


def is_silent(gateway: Any) -> bool:
    if gateway.stopped_at is not None:
        return False
    at = now()
    return silent(at, gateway.created_at, gateway.last_seen_at, gateway.expected_seconds, patience_at(at))


@needs(Permission.MANAGE_DEVICES)
def gateways(request: Any) -> HttpResponse:
    found = queries.gateways(request.actor)
    rows = [(one, is_silent(one)) for one in found]
    return render(request, "devices/gateways.html", {"rows": rows})


@needs(Permission.MANAGE_DEVICES)
def gateway(request: Any, device_gateway_id: UUID) -> HttpResponse:
    found = queries.gateway(request.actor, device_gateway_id)
    context = {
        "gateway": found,
        "silent": is_silent(found),
        "keys": credentials.credentials_of(found),
        "refused": refused.refused_of_gateway(found),
        "keeps": request.actor.may(Permission.MANAGE_DEVICES, found.unit_id) and found.stopped_at is None,
        "at": now(),
    }
    return render(request, "devices/gateway.html", context)


@needs(Permission.MANAGE_DEVICES)
def add_gateway(request: Any) -> HttpResponse:
    form = forms.GatewayForm(asked(request), units=units_of(request.actor))

    def run() -> Any:
        told = dict(form.cleaned_data)
        return commands.register_gateway(by=request.actor, at=now(), unit_id=UUID(told.pop("unit")), **told)

    return act(
        request, form, run, heading=_("Add a gateway"), submit=_("Add the gateway"),
        lead=_("It sends for the devices of its unit and of the units below."),
        back=reverse("devices:gateways"), trail=_trail(), onward=_of,
    )  # fmt: skip


@needs(Permission.MANAGE_DEVICES)
def stop_gateway(request: Any, device_gateway_id: UUID) -> HttpResponse:
    found = queries.gateway(request.actor, device_gateway_id)
    form = forms.Reason(asked(request))
    return act(
        request, form,
        lambda: commands.stop_gateway(by=request.actor, at=now(), gateway=found, **form.cleaned_data),
        heading=_("Stop the gateway {device}?").format(device=found), submit=_("Stop it"), danger=True,
        consequences=[_("Its keys end at once; what it sends is refused."), _("Its silence calls nobody.")],
        back=_of(found), trail=_trail(found),
    )  # fmt: skip


@needs(Permission.MANAGE_DEVICES)
def issue_gateway_key(request: Any, device_gateway_id: UUID) -> HttpResponse:
    found = queries.gateway(request.actor, device_gateway_id)
    return issue_key(request, found, _trail(found), _of(found))
