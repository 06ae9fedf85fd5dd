"""What an alarm can be about, how grave it is, and what came of it. Pure."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.devices.rules.quantities import BY_NO


class Severity(models.TextChoices):
    """As urgent as what it makes somebody do; shown with its figure, 3 being the gravest."""

    ROUTINE = "ROUTINE", pgettext_lazy("alarm", "to be looked at")
    URGENT = "URGENT", pgettext_lazy("alarm", "urgent")
    EMERGENCY = "EMERGENCY", pgettext_lazy("alarm", "danger to life")


FIGURE = {Severity.ROUTINE: 1, Severity.URGENT: 2, Severity.EMERGENCY: 3}


class Outcome(models.TextChoices):
    TRUE = "TRUE", _("it was real")
    FALSE = "FALSE", _("false alarm")
    TEST = "TEST", _("a test")


class Cause(models.TextChoices):
    """One open alarm of a person for each; a second cause makes a second alarm."""

    FALL = "FALL", pgettext_lazy("alarm", "Fall")
    CALL = "CALL", _("Call button pressed")
    GAS_ALARM = "GAS_ALARM", _("Gas at home")
    SMOKE_ALARM = "SMOKE_ALARM", _("Smoke at home")
    OUT_OF_FENCE = "OUT_OF_FENCE", _("Outside the agreed area")
    CAMERA_EVENT = "CAMERA_EVENT", _("The camera tells of something unusual")
    LEFT_BED = "LEFT_BED", _("Out of bed at night")
    NO_MOTION = "NO_MOTION", _("No movement for long")
    PULSE_LOW = "PULSE_LOW", _("Pulse too slow")
    PULSE_HIGH = "PULSE_HIGH", _("Pulse too fast")
    OXYGEN_LOW = "OXYGEN_LOW", _("Oxygen too low")
    BREATHING_LOW = "BREATHING_LOW", _("Breaths too slow")
    BREATHING_HIGH = "BREATHING_HIGH", _("Breaths too fast")
    PRESSURE_LOW = "PRESSURE_LOW", _("Blood pressure too low")
    PRESSURE_HIGH = "PRESSURE_HIGH", _("Blood pressure too high")
    TEMPERATURE_LOW = "TEMPERATURE_LOW", _("Too cold")
    TEMPERATURE_HIGH = "TEMPERATURE_HIGH", _("Fever")
    GLUCOSE_LOW = "GLUCOSE_LOW", _("Blood glucose too low")
    GLUCOSE_HIGH = "GLUCOSE_HIGH", _("Blood glucose too high")
    GLUCOSE_FALLING = "GLUCOSE_FALLING", _("Blood glucose falls fast")
    PULSE_JUMP = "PULSE_JUMP", _("Pulse rises fast")
    NEWS2 = "NEWS2", _("Early warning score high")
    SILENT = "SILENT", _("Device is not heard from")
    BATTERY = "BATTERY", _("Battery low")
    GATEWAY_SILENT = "GATEWAY_SILENT", _("Gateway is not heard from")
    INTAKE_SILENT = "INTAKE_SILENT", _("No device at all is heard from")
    INTAKE_DOWN = "INTAKE_DOWN", _("Readings are not taken in, or nobody is called")
    SET_ASIDE = "SET_ASIDE", _("Messages of devices are set aside")


# What happened to a person: it alarms however late it comes, and stays until somebody has seen the person.
EVENTS = frozenset(
    {Cause.FALL, Cause.CALL, Cause.GAS_ALARM, Cause.SMOKE_ALARM, Cause.OUT_OF_FENCE, Cause.CAMERA_EVENT}
)  # fmt: skip
# Of devices, not of bodies.
TECHNICAL = frozenset(
    {
        Cause.SILENT, Cause.BATTERY, Cause.GATEWAY_SILENT, Cause.INTAKE_SILENT, Cause.INTAKE_DOWN,
        Cause.SET_ASIDE,
    }
)  # fmt: skip
EVENT_CODES = {no: Cause(one.name) for no, one in BY_NO.items() if one.name in EVENTS}
GRAVER = {"": 0, **{severity.value: figure for severity, figure in FIGURE.items()}}


def rises(before: str, after: str) -> bool:
    return GRAVER[after] > GRAVER[before]
