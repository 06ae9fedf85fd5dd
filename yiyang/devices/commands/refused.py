"""What was not taken is counted, to be looked at; however much it is, it stays a few rows an hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.devices import wire
from yiyang.devices.commands.flattening import Entry
from yiyang.devices.packs import Sender, Taken
from yiyang.kernel.ids import new_id

AT_ONCE = 50  # devices and reasons told apart in one transaction
AN_HOUR = 500  # and for one key in an hour
Key = tuple[UUID, UUID | None, str, str]

COUNTED = """
INSERT INTO devices_rejected (id, hour, credential_id, gateway_id, unit_id, urn, code, count, last_at, detail)
SELECT id, date_trunc('hour', %(at)s::timestamptz), credential_id, nullif(gateway_id, %(nobody)s), (
    SELECT u.unit_id FROM devices_devicecredential c LEFT JOIN devices_device d ON d.id = c.device_id
    LEFT JOIN devices_devicegateway g ON g.id = c.gateway_id
    CROSS JOIN LATERAL (SELECT coalesce(d.unit_id, g.unit_id) AS unit_id) u WHERE c.id = s.credential_id
), urn, code, n, %(at)s, detail
FROM unnest(%(ids)s, %(credentials)s, %(gateways)s, %(urns)s, %(codes)s, %(counts)s, %(details)s)
    s(id, credential_id, gateway_id, urn, code, n, detail)
ORDER BY credential_id, code, urn
ON CONFLICT (credential_id, hour, code, urn) DO UPDATE
SET count = devices_rejected.count + excluded.count, last_at = excluded.last_at, detail = excluded.detail
"""
KNOWN = """
SELECT credential_id::text FROM devices_rejected WHERE credential_id = ANY(%s) AND hour = date_trunc('hour', %s::timestamptz)
GROUP BY 1 HAVING count(*) >= %s
"""


def count(entries: Sequence[Entry], taken: Sequence[Taken], now: datetime) -> None:
    """Add what was refused in these packs to the hour's counts."""
    counts: Counter[Key] = Counter()
    details: dict[Key, str] = {}
    for (sender, pack), one in zip(entries, taken, strict=True):
        for rejection in one.rejected:
            key = (
                sender.credential_id,
                sender.gateway_id,
                pack.urn[:120].replace("\0", ""),
                rejection.code.value,
            )
            counts[key] += 1
            details[key] = rejection.detail[:200].replace("\0", "")
    if counts:
        _write(counts, details, now)


def count_unread(sender: Sender, code: str, detail: str, now: datetime, urn: str = "") -> None:
    """A message of which nothing could be read."""
    key = (sender.credential_id, sender.gateway_id, urn[:120].replace("\0", ""), code)
    _write(Counter([key]), {key: detail[:200].replace("\0", "")}, now)


def _write(counts: Counter[Key], details: dict[Key, str], now: datetime) -> None:
    kept: Counter[Key] = Counter()
    told = dict(counts.most_common(AT_ONCE))
    full = _full({key[0] for key in counts}, now)
    for key, number in counts.items():
        credential, gateway, urn, code = key
        urn = urn if key in told and str(credential) not in full else ""
        kept[credential, gateway, urn, code] += number
    keys = sorted(kept, key=lambda key: (str(key[0]), key[3], key[2]))
    nobody = UUID(int=0)
    values: dict[str, Any] = {
        "at": now,
        "nobody": nobody,
        "ids": wire.sent(wire.UUIDS, _bytes(new_id() for _ in keys)),
        "credentials": wire.sent(wire.UUIDS, _bytes(key[0] for key in keys)),
        "gateways": wire.sent(wire.UUIDS, _bytes(key[1] or nobody for key in keys)),
        "urns": wire.sent(wire.TEXTS, [key[2] for key in keys]),
        "codes": wire.sent(wire.TEXTS, [key[3] for key in keys]),
        "counts": wire.sent(wire.INT8, [kept[key] for key in keys]),
        "details": wire.sent(wire.TEXTS, [details.get(key, "") for key in keys]),
    }
    with wire.cursor() as cursor:
        cursor.execute(COUNTED.encode(), values)


def _full(credentials: set[UUID], now: datetime) -> set[str]:
    """Keys that were refused for so many devices within the hour that no more are told apart."""
    with wire.cursor() as cursor:
        cursor.execute(KNOWN, [list(credentials), now, AN_HOUR])
        return {row[0] for row in cursor.fetchall()}


def _bytes(ids: Iterable[UUID]) -> Any:
    import numpy as np

    return np.frombuffer(b"".join(one.bytes for one in ids), "V16")
