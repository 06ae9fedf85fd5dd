"""Devices, the gateways that speak for them, their secrets, to whom they are lent, and what persons agreed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from yiyang.devices.rules.kinds import Datum, DeviceKind
from yiyang.kernel.models import Model


class DeviceState(models.TextChoices):
    IN_STOCK = "IN_STOCK", _("in stock")
    LENT = "LENT", _("lent")
    MAINTENANCE = "MAINTENANCE", _("in maintenance")
    RETIRED = "RETIRED", _("retired")


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, actor: Any) -> DeviceQuerySet:
        """The stock of a unit is its own people's, and theirs in whose charge it is."""
        if actor.sees_all:
            return self
        return self.filter(unit__in=actor.reach)


class Device(Model):
    """One device of a unit. `no` is its short number in readings; `urn` is how it names itself when it sends."""

    no = models.BigIntegerField(
        unique=True, editable=False, db_default=Func(Value("devices_device_no"), function="nextval")
    )
    urn = models.CharField(max_length=120, unique=True, db_collation="C")
    kind = models.CharField(max_length=20, choices=DeviceKind)
    model = models.CharField(max_length=80, blank=True)
    serial = models.CharField(max_length=80)
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="devices")
    state = models.CharField(max_length=12, choices=DeviceState, default=DeviceState.IN_STOCK)
    firmware = models.CharField(max_length=40, blank=True)
    udi = models.CharField(max_length=120, blank=True, db_default="")
    datum = models.CharField(max_length=5, choices=Datum, default=Datum.WGS84, db_default=Datum.WGS84)
    battery = models.SmallIntegerField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    expected_seconds = models.PositiveIntegerField(null=True, blank=True)
    quiet_until = models.DateTimeField(null=True, blank=True)
    quiet_reason = models.CharField(max_length=200, blank=True)
    quiet_by = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "serial", "id"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "serial"], name="device_serial_once"),
            models.CheckConstraint(
                condition=Q(battery=None) | Q(battery__gte=0, battery__lte=100), name="device_battery_percent"
            ),
            models.CheckConstraint(
                condition=Q(quiet_until=None) | ~Q(quiet_reason=""), name="device_quiet_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="device_of_unit")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.serial}"


class DeviceGatewayQuerySet(models.QuerySet["DeviceGateway"]):
    def visible_to(self, actor: Any) -> DeviceGatewayQuerySet:
        return self if actor.sees_all else self.filter(unit__in=actor.reach)


class DeviceGateway(Model):
    """A box or service that sends for the devices of its unit and of the units below it."""

    urn = models.CharField(max_length=120, unique=True, db_collation="C")
    name = models.CharField(max_length=80)
    unit = models.ForeignKey("access.Organisation", models.PROTECT, related_name="device_gateways")
    expected_seconds = models.PositiveIntegerField(default=120)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = DeviceGatewayQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class DeviceCredential(Model):
    """The secret of a device or a gateway, kept as its digest alone; shown once when it is issued."""

    device = models.ForeignKey(Device, models.PROTECT, null=True, blank=True, related_name="credentials")
    gateway = models.ForeignKey(
        DeviceGateway, models.PROTECT, null=True, blank=True, related_name="credentials"
    )
    digest = models.BinaryField(max_length=32, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.UUIDField(null=True, blank=True)

    @property
    def owner(self) -> Device | DeviceGateway:
        found = self.device or self.gateway
        assert found is not None  # credential_of_one
        return found

    def live(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)

    class Meta:
        ordering = ["-issued_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(device=None, gateway__isnull=False) | Q(device__isnull=False, gateway=None),
                name="credential_of_one",
            ),
        ]


class Loan(Model):
    """A device is with a person for a time. One device is never with two persons at once."""

    device = models.ForeignKey(Device, models.PROTECT, related_name="loans")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="device_loans")
    period = DateTimeRangeField()
    place = models.CharField(max_length=120, blank=True)
    lent_by = models.UUIDField(null=True)
    return_asked_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.UUIDField(null=True, blank=True)
    return_note = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-period", "id"]
        indexes = [models.Index(fields=["person"], name="loan_of_person")]
        constraints = [
            ExclusionConstraint(
                name="loan_one_person_at_once",
                expressions=[("device", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False), name="loan_begins"
            ),
        ]


class Sensed(models.TextChoices):
    """What is taken of a person only with their own consent."""

    LOCATION = "LOCATION", _("where you are")
    CAMERA = "CAMERA", _("events that a camera tells")


class DeviceConsent(Model):
    """A person agreed that places or camera events are taken of them; withdrawn, nothing more is kept."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="device_consents")
    what = models.CharField(max_length=12, choices=Sensed)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=120)
    recorded_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "what"], condition=Q(withdrawn_at=None), name="device_consent_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="device_consent_in_order",
            ),
        ]
