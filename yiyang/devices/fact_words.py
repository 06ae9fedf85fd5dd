"""How the facts of this context read in a person's history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.devices.models.registry import Sensed
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.people.fact_words import declare, declare_details

declare(
    {
        "device.lent": _("A device was handed out"),
        "device.returned": _("A device was taken back"),
        "device.return_asked": _("Asked that a device is taken back"),
        "device_consent.given": _("Agreed that devices tell more"),
        "device_consent.withdrawn": _("No longer agrees that devices tell more"),
    }
)


def _device(data: dict[str, Any]) -> Any:
    kind = data.get("kind")
    return f"{DeviceKind(kind).label} {data.get('serial', '')}" if kind in DeviceKind.values else ""


def _what(data: dict[str, Any]) -> Any:
    what = data.get("what")
    return Sensed(what).label if what in Sensed.values else ""


declare_details(
    {
        **dict.fromkeys(("device.lent", "device.returned", "device.return_asked"), _device),
        **dict.fromkeys(("device_consent.given", "device_consent.withdrawn"), _what),
    }
)
