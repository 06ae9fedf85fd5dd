"""How the facts of this context read in a person's history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.devices.models.registry import Sensed
from yiyang.devices.rules.alarms import Cause
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.people.fact_words import declare, declare_details

declare(
    {
        "device.lent": _("A device was handed out"),
        "device.returned": _("A device was taken back"),
        "device.return_asked": _("Asked that a device is taken back"),
        "device_consent.given": _("Agreed that devices tell more"),
        "device_consent.withdrawn": _("No longer agrees that devices tell more"),
        "alarm.raised": _("A device alarmed"),
        "alarm.repeated": _("A device alarmed again"),
        "alarm.returned": _("An alarm came back"),
        "alarm.taken_back": _("A call for help was said to be a mistake"),
        "alarm.severity_changed": _("An alarm became more or less urgent"),
        "alarm.cleared": _("An alarm was over by itself"),
        "alarm.acknowledged": _("Somebody took an alarm"),
        "alarm.person_seen": _("Somebody saw the person after an alarm"),
        "alarm.commented": _("A comment on an alarm"),
        "alarm.assigned": _("Somebody was put in charge of an alarm"),
        "alarm.closed": _("An alarm was closed"),
        "alarm.outcome_corrected": _("What an alarm was, was corrected"),
        "alarm.contact_asked": _("The emergency contact was asked to call about an alarm"),
        "alarm_visit.ordered": _("A visit was ordered after an alarm"),
        "alarm_visit.made": _("A visit after an alarm was made"),
        "alarm_visit.cancelled": _("A visit after an alarm was cancelled"),
        "alarm_limit.set": _("Own limits for alarms were set"),
        "alarm_limit.ended": _("Own limits for alarms were ended"),
        "alarm_watch.set": _("How long is waited for movement, or for the way back to bed, was set"),
        "alarm_watch.ended": _("What was set about movement or the bed at night was ended"),
        "alarm_pause.begun": _("Alarms of one kind were paused"),
        "alarm_pause.ended": _("A pause of alarms was ended"),
        "fence.set": _("An agreed area was set"),
        "fence.ended": _("An agreed area was ended"),
        "reading_note.written": _("A note was written on readings"),
        "reading_note.withdrawn": _("A note on readings was withdrawn"),
    }
)


def _device(data: dict[str, Any]) -> Any:
    kind = data.get("kind")
    return f"{DeviceKind(kind).label} {data.get('serial', '')}" if kind in DeviceKind.values else ""


def _what(data: dict[str, Any]) -> Any:
    what = data.get("what")
    return Sensed(what).label if what in Sensed.values else ""


def _cause(data: dict[str, Any]) -> Any:
    cause = data.get("cause")
    return Cause(cause).label if cause in Cause.values else ""


declare_details(
    {
        **dict.fromkeys(("device.lent", "device.returned", "device.return_asked"), _device),
        **dict.fromkeys(
            (
                "alarm.raised",
                "alarm.repeated",
                "alarm.returned",
                "alarm.cleared",
                "alarm.outcome_corrected",
                "alarm_watch.set",
                "alarm_watch.ended",
            ),
            _cause,
        ),
        **dict.fromkeys(("device_consent.given", "device_consent.withdrawn"), _what),
    }
)
