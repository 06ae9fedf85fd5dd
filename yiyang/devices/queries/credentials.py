"""Whose key it is: asked for every message that comes in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yiyang.devices.models.registry import Device, DeviceCredential, DeviceGateway
from yiyang.devices.packs import Sender
from yiyang.devices.rules.secrets import digest_of
from yiyang.kernel import prepared
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound

LONGEST = 200
# The units for whose devices the sender may speak: a device for its own alone, a gateway for those below its unit.
SENDER = """
    SELECT c.id, d.no, g.id,
           CASE WHEN g.id IS NULL THEN ARRAY[d.unit_id]
                ELSE ARRAY(SELECT o.id FROM access_organisation o WHERE o.path @> ARRAY[g.unit_id]) END
    FROM devices_devicecredential c
    LEFT JOIN devices_device d ON d.id = c.device_id
    LEFT JOIN devices_devicegateway g ON g.id = c.gateway_id
    WHERE c.digest = %s AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > %s)
      AND c.issued_at <= %s AND d.state IS DISTINCT FROM 'RETIRED' AND g.stopped_at IS NULL
"""


def sender_of(secret: str, at: datetime) -> Sender | None:
    """Who sends with this key, while it is valid; None for every other text."""
    if not secret or len(secret) > LONGEST:
        return None
    row = prepared.first(SENDER, [digest_of(secret), at, at])
    if row is None:
        return None
    return Sender(credential_id=row[0], device_no=row[1], gateway_id=row[2], unit_ids=frozenset(row[3]))


def sender_with(credential_id: UUID) -> Sender | None:
    """Whose key this is or was: for what came under it while it was valid."""
    row = prepared.first(SENDER.partition("WHERE c.digest")[0] + "WHERE c.id = %s", [credential_id])
    return Sender(row[0], row[1], row[2], frozenset(row[3])) if row else None


@dataclass(frozen=True, slots=True)
class Known:
    """Whose key it is, and by what name its owner may send."""

    sender: Sender
    urn: str


SENDERS = SENDER.replace("SELECT c.id", "SELECT c.digest, coalesce(d.urn, g.urn), c.id").replace(
    "c.digest = %s", "c.digest = ANY(%s)"
)


def senders_of(secrets: Iterable[str], at: datetime) -> dict[str, Known]:
    """As `sender_of`, for many at once; keys that are not valid are not in the answer."""
    digests = {digest_of(secret): secret for secret in secrets if 0 < len(secret) <= LONGEST}
    return {
        digests[bytes(row[0])]: Known(Sender(row[2], row[3], row[4], frozenset(row[5])), row[1])
        for row in prepared.every(SENDERS, [list(digests), at, at])
    }


def credential(actor: Actor, credential_id: UUID) -> DeviceCredential:
    """404 unless its device or gateway is in the actor's charge."""
    found = DeviceCredential.objects.select_related("device", "gateway").filter(pk=credential_id).first()
    if found is None or not (actor.sees_all or found.owner.unit_id in getattr(actor, "reach", ())):
        raise NotFound
    return found


def credentials_of(owner: Device | DeviceGateway) -> list[DeviceCredential]:
    """The keys of a device or gateway that the caller holds, the newest first."""
    mine = DeviceCredential.objects.select_related("device", "gateway")
    found = mine.filter(device=owner) if isinstance(owner, Device) else mine.filter(gateway=owner)
    return list(found.order_by("-issued_at")[:20])
