"""Secrets of devices and gateways: shown once, kept as a digest, exchanged and taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.secrets import new_secret
from yiyang.devices.models.registry import Device, DeviceCredential, DeviceGateway, DeviceState
from yiyang.devices.rules.secrets import digest_of
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal

LONGEST_OVERLAP_HOURS = 24 * 30
LONGEST_DAYS = 366 * 5

Owner = Device | DeviceGateway


class OverlapTooLong(Refusal):
    message = _("The old key stays valid for 30 days at most. Choose a shorter time.")
    status = 422


class KeyLastsTooLong(Refusal):
    message = _("A key of a device lasts from 1 day to 5 years. Choose another time.")
    status = 422


class KeyOver(Refusal):
    message = _("This key was taken back already, or has run out. Issue a new one.")


class SendsNoMore(Refusal):
    message = _("This device or gateway is not in use any more, so it gets no key. Register another one.")


@command(Permission.MANAGE_DEVICES, within="owner.unit_id")
def issue_credential(
    *, by: Actor, at: datetime, owner: Owner, overlap_hours: int = 0, days: int | None = None
) -> tuple[DeviceCredential, str]:
    """A new key for a device or a gateway; its text is returned once, never again.

    Keys issued before end at once, or are still valid for `overlap_hours`, so that nothing is lost while the new one
    is brought to the device.
    """
    if not 0 <= overlap_hours <= LONGEST_OVERLAP_HOURS:
        raise OverlapTooLong(field="overlap_hours")
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise KeyLastsTooLong(field="days")
    owner = _in_use(owner)
    _end_former(owner, by, at, timedelta(hours=overlap_hours))
    raw = new_secret("d_")
    made = DeviceCredential.objects.create(
        device=owner if isinstance(owner, Device) else None,
        gateway=owner if isinstance(owner, DeviceGateway) else None,
        digest=digest_of(raw), issued_at=at, issued_by=by.account_id,
        expires_at=at + timedelta(days=days) if days else None,
    )  # fmt: skip
    record(
        "device_credential.issued", by=by, at=at, subject=owner, unit=owner.unit_id, credential=made,
        overlap_hours=overlap_hours, expires_at=made.expires_at,
    )  # fmt: skip
    return made, raw


@command(Permission.MANAGE_DEVICES, within="credential.owner.unit_id")
def revoke_credential(*, by: Actor, at: datetime, credential: DeviceCredential) -> DeviceCredential:
    """Nothing more is taken under this key, from now on."""
    found = DeviceCredential.objects.select_for_update(no_key=True).get(pk=credential.pk)
    if not found.live(at):
        raise KeyOver
    _revoke(found, by, at)
    return found


def revoke_all(owner: Owner, *, by: Actor, at: datetime) -> None:
    """For commands that take the device or gateway out of use."""
    for one in live_of(owner, at).select_for_update(no_key=True):
        _revoke(one, by, at)


def live_of(owner: Owner, at: datetime) -> QuerySet[DeviceCredential]:
    mine = Q(device=owner) if isinstance(owner, Device) else Q(gateway=owner)
    return DeviceCredential.objects.filter(mine, revoked_at=None).filter(
        Q(expires_at=None) | Q(expires_at__gt=at)
    )


def _revoke(one: DeviceCredential, by: Actor, at: datetime) -> None:
    one.revoked_at, one.revoked_by = at, by.account_id
    one.save(update_fields=["revoked_at", "revoked_by"])
    owner = one.owner
    record("device_credential.revoked", by=by, at=at, subject=owner, unit=owner.unit_id, credential=one)


def _end_former(owner: Owner, by: Actor, at: datetime, overlap: timedelta) -> None:
    if not overlap:
        revoke_all(owner, by=by, at=at)
        return
    until = at + overlap
    live_of(owner, at).filter(Q(expires_at=None) | Q(expires_at__gt=until)).update(expires_at=until)


def _in_use(owner: Owner) -> Owner:
    """The row, locked, so that of two who exchange the key at once the second sees the first."""
    found: Owner
    if isinstance(owner, Device):
        found = Device.objects.select_for_update(no_key=True).get(pk=owner.pk)
        over = found.state == DeviceState.RETIRED
    else:
        found = DeviceGateway.objects.select_for_update(no_key=True).get(pk=owner.pk)
        over = found.stopped_at is not None
    if over:
        raise SendsNoMore
    return found
