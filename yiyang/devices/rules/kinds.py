"""Kinds of devices: what each tells, how often, and how its maker says "no reading". Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .quantities import BY_NAME, Quantity


class DeviceKind(models.TextChoices):
    BRACELET = "BRACELET", _("Bracelet")
    ECG_PATCH = "ECG_PATCH", _("ECG patch")
    OXIMETER = "OXIMETER", _("Oximeter")
    GLUCOSE_METER = "GLUCOSE_METER", _("Glucose meter")
    GLUCOSE_SENSOR = "GLUCOSE_SENSOR", _("Glucose sensor that is worn")
    PRESSURE_METER = "PRESSURE_METER", _("Blood-pressure meter")
    THERMOMETER = "THERMOMETER", _("Thermometer")
    SCALE = "SCALE", _("Scale")
    MONITOR = "MONITOR", _("Bedside monitor")
    MATTRESS = "MATTRESS", _("Mattress sensor")
    DOOR_SENSOR = "DOOR_SENSOR", _("Door sensor")
    MOTION_SENSOR = "MOTION_SENSOR", _("Movement sensor")
    FALL_DETECTOR = "FALL_DETECTOR", _("Fall detector")
    GAS_ALARM = "GAS_ALARM", _("Gas and smoke alarm")
    CALL_BUTTON = "CALL_BUTTON", _("Call button")
    LOCATOR = "LOCATOR", _("Locator")
    ANALYSER = "ANALYSER", _("Point-of-care analyser")
    CAMERA = "CAMERA", _("Camera that tells events")


class Datum(models.TextChoices):
    """In which coordinates places are told: the format or the message says which, else what is known of the device.

    Stored is always WGS-84.
    """

    WGS84 = "WGS84", _("WGS-84 (satellites)")
    GCJ02 = "GCJ02", _("GCJ-02 (maps of Amap and Tencent)")
    BD09 = "BD09", _("BD-09 (maps of Baidu)")


@dataclass(frozen=True)
class Kind:
    """`expected_seconds`: it should be heard from that often; None: it speaks only when something happens."""

    kind: DeviceKind
    quantities: tuple[Quantity, ...]
    expected_seconds: int | None
    zero_is_none: bool = False
    locates: bool = False
    signals: tuple[str, ...] = ()  # raw ones, strip by strip

    @property
    def label(self) -> Any:
        return self.kind.label


def _kind(kind: DeviceKind, names: str, expected: int | None, **more: Any) -> Kind:
    return Kind(kind, tuple(BY_NAME[name] for name in names.split()), expected, **more)


K = DeviceKind
MINUTE, HOUR, DAY = 60, 3600, 86400
KINDS = (
    _kind(K.BRACELET, "HEART_RATE OXYGEN TEMPERATURE STEPS FALL CALL WORN", 5 * MINUTE, zero_is_none=True, locates=True),
    _kind(K.ECG_PATCH, "HEART_RATE BREATHING WORN", MINUTE, zero_is_none=True, signals=("ECG",)),
    _kind(K.OXIMETER, "OXYGEN HEART_RATE", 15 * MINUTE, zero_is_none=True),
    _kind(K.GLUCOSE_METER, "GLUCOSE", None),
    _kind(K.GLUCOSE_SENSOR, "GLUCOSE", 15 * MINUTE, zero_is_none=True),
    _kind(K.PRESSURE_METER, "SYSTOLIC DIASTOLIC MEAN_PRESSURE HEART_RATE", 2 * DAY, zero_is_none=True),
    _kind(K.THERMOMETER, "TEMPERATURE", None),
    _kind(K.SCALE, "WEIGHT", None),
    _kind(K.MONITOR, "HEART_RATE OXYGEN BREATHING SYSTOLIC DIASTOLIC MEAN_PRESSURE TEMPERATURE", MINUTE, zero_is_none=True),
    _kind(K.MATTRESS, "HEART_RATE BREATHING OUT_OF_BED MOTION", 5 * MINUTE, zero_is_none=True),
    _kind(K.DOOR_SENSOR, "DOOR_OPEN", DAY),
    _kind(K.MOTION_SENSOR, "MOTION ROOM_TEMPERATURE", DAY),
    _kind(K.FALL_DETECTOR, "FALL MOTION WORN", HOUR, signals=("ACCELERATION",)),
    _kind(K.GAS_ALARM, "GAS GAS_ALARM SMOKE_ALARM", DAY),
    _kind(K.CALL_BUTTON, "CALL", DAY),
    _kind(K.LOCATOR, "CALL OUT_OF_FENCE WORN", 15 * MINUTE, locates=True),
    _kind(K.ANALYSER, "GLUCOSE HAEMOGLOBIN_A1C LACTATE POTASSIUM CREATININE HAEMOGLOBIN", None),
    _kind(K.CAMERA, "FALL CAMERA_EVENT", HOUR),
)  # fmt: skip
BY_KIND = {one.kind: one for one in KINDS}
