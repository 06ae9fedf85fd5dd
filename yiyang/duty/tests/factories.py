"""Posts, shifts and matters; only what matters to the test is said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from yiyang.access.models import Organisation
from yiyang.duty import commands
from yiyang.duty.models import Matter, Post, Shift
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.ids import new_id
from yiyang.kernel.time import now

HOUR = timedelta(hours=1)


def post(unit: Organisation, kind: str = "CARE_HOME_NURSE", **fields: Any) -> Post:
    fields = {"telephone": "021-5550 1001", "cover": "ALWAYS", **fields}
    return commands.add_post(by=SYSTEM, at=now(), unit_id=unit.pk, kind=kind, **fields)


def shift(on: Post, who: Any, since: datetime, hours: float = 12, **fields: Any) -> Shift:
    deputy = fields.pop("deputy", None)
    return commands.add_shift(
        by=SYSTEM, at=now(), post=on, account_id=who.account_id, since=since, until=since + hours * HOUR,
        deputy_id=deputy.account_id if deputy else None, **fields,
    )  # fmt: skip


def matter(unit: Organisation, at: datetime, **fields: Any) -> Matter:
    fields = {"act": "ANSWER", "urgency": "URGENT", "subject_kind": "Test", "subject_id": new_id(), **fields}
    return commands.open_matter(by=SYSTEM, at=at, unit_id=unit.pk, **fields)
