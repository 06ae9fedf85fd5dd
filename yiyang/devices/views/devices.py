"""The devices of a unit, and one of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.access.queries import account_name
from yiyang.devices.forms.registry import DeviceFilter
from yiyang.devices.queries import credentials, refused
from yiyang.devices.queries import devices as queries
from yiyang.devices.rules.kinds import BY_KIND, DeviceKind
from yiyang.devices.rules.signals import name_of
from yiyang.devices.rules.telling import how_often
from yiyang.devices.views.shared import open_to, page_of, units_of
from yiyang.kernel.components import Column, Table
from yiyang.kernel.facts import seen
from yiyang.kernel.squares import square
from yiyang.kernel.time import now

KEEPS = (Permission.MANAGE_DEVICES, Permission.LEND_DEVICE)
LABELS = 200


@needs(*KEEPS)
def devices(request: Any) -> HttpResponse:
    """All devices in the reader's charge: with whom they are, whether they are heard from."""
    form, found = _filtered(request)
    listed, after = page_of(request, found.order_by("-is_silent", "kind", "serial", "id"))
    rows = queries.rows(request.actor, listed)
    seen(request.actor, [one.loan.person_id for one in rows if one.loan and one.named], "devices.devices")
    columns = (
        Column(_("Device")), Column(pgettext("device", "With whom")), Column(_("State")), Column(_("Last heard")),
        Column(_("Battery"), number=True), Column(_("Unit")),
    )  # fmt: skip
    context = {
        "rows": rows,
        "filter": form,
        "after": after,
        "table": Table(columns, request, caption=_("Devices")),
        "filtered": any(request.GET.get(name) for name in ("search", "kind", "state", "unit")),
        "keeps": request.actor.may(Permission.MANAGE_DEVICES),
        "own_unit": request.actor.organisation_id,
    }
    return render(request, "devices/devices.html", context)


def _filtered(request: Any) -> tuple[DeviceFilter, Any]:
    form = DeviceFilter(request.GET, units=units_of(request.actor))
    told = form.cleaned_data if form.is_valid() else {}
    unit = told.get("unit") or ""
    return form, queries.devices(
        request.actor,
        unit_id=UUID(unit) if unit else None,
        kind=told.get("kind", ""),
        state=told.get("state", ""),
        search=told.get("search", "").strip(),
    )


@needs(*KEEPS)
def device(request: Any, device_id: UUID) -> HttpResponse:
    """One device: its details, with whom it is and was, its keys, what it sends."""
    found = queries.device(request.actor, device_id)
    [row] = queries.rows(request.actor, [found])
    loans = queries.loans_of_device(found)
    named = open_to(request.actor, [one.person_id for one in loans])
    seen(request.actor, named, "devices.device")
    kind = BY_KIND[DeviceKind(found.kind)]
    sends = [
        *(f"{one.label} ({one.shown_unit})" if one.shown_unit else str(one.label) for one in kind.quantities),
        *(str(name_of(code)) for code in kind.signals), *([_("place, with consent")] if kind.locates else []),
    ]  # fmt: skip
    context = {
        "device": found,
        "row": row,
        "kind": kind,
        "sends": sends,
        "owner": account_name(found.quiet_by) if row.state == "MAINTENANCE" and found.quiet_by else "",
        "often": how_often(found.kind, found.expected_seconds),
        "loans": [(one, one.person_id in named) for one in loans],
        "keys": credentials.credentials_of(found),
        "refused": refused.refused_of_device(found),
        # Of one that was given up nothing can be changed, and no key issued.
        "keeps": row.state != "RETIRED" and request.actor.may(Permission.MANAGE_DEVICES, found.unit_id),
        "lends": request.actor.may(Permission.LEND_DEVICE, found.unit_id),
        "at": now(),
    }
    return render(request, "devices/device.html", context)


@needs(*KEEPS)
def label(request: Any, device_id: UUID) -> HttpResponse:
    """The label of one device, to print and to stick on it."""
    found = queries.device(request.actor, device_id)
    back = (str(found), reverse("devices:device", args=[found.pk]))
    return _labels(request, [found], back)


@needs(*KEEPS)
def labels(request: Any) -> HttpResponse:
    """The labels of the list as it is filtered."""
    _form, found = _filtered(request)
    return _labels(request, list(found[:LABELS]), (_("Devices"), reverse("devices:devices")))


def _labels(request: Any, found: list[Any], back: tuple[Any, str]) -> HttpResponse:
    drawn = []
    for one in found:
        address = request.build_absolute_uri(reverse("devices:hand_out", args=[one.pk]))
        drawn.append((one, square(address)))
    heading = pgettext("of devices", "Labels")
    return render(request, "devices/labels.html", {"labels": drawn, "back": back, "heading": heading})
