"""The list of transfers: what it is narrowed to, its order, and page after page by a marker.

A marker says after which row the next page begins, so that nothing is shown twice or left out while
transfers come and go; the hundredth page costs as much as the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing
from django.db.models import Case, Count, F, Q, When

from yiyang.beds.models import Transfer
from yiyang.beds.models.transfers import ENDED, TransferQuerySet, TransferState
from yiyang.beds.queries.transfer_pages import transfers
from yiyang.kernel.actors import Actor

# What each column is ordered by. States come in the order of the process, the most urgent first.
SORTS: dict[str, Any] = {
    "act_by": F("act_by"),
    "requested_at": F("requested_at"),
    "ended_at": F("ended_at"),
    "kind": F("target_kind"),
    "urgency": Case(When(urgency="EMERGENCY", then=0), When(urgency="URGENT", then=1), default=2),
    "state": Case(*[When(state=state, then=n) for n, state in enumerate(TransferState)], default=99),
}
INSTANTS = ("act_by", "requested_at", "ended_at")


@dataclass(frozen=True)
class Wanted:
    """What a list of transfers is narrowed to."""

    ended: bool = False
    state: str = ""
    kind: str = ""
    urgency: str = ""
    trigger: str = ""
    unit: UUID | None = None
    escalated: bool = False


@dataclass(frozen=True)
class PageOfTransfers:
    """The rows of one page; `after` is the marker of the next, empty on the last."""

    rows: list[Transfer]
    after: str


def board(actor: Actor, wanted: Wanted, sort: str = "act_by") -> TransferQuerySet:
    """Transfers in the order asked for; those without a value come last, then the newest first."""
    found = transfers(actor)
    found = found.filter(state__in=ENDED) if wanted.ended else found.live()
    for column, value in (
        ("state", wanted.state),
        ("target_kind", wanted.kind),
        ("urgency", wanted.urgency),
        ("trigger", wanted.trigger),
    ):
        if value:
            found = found.filter(**{column: value})
    if wanted.unit:
        found = found.filter(
            Q(from_unit=wanted.unit) | Q(to_unit=wanted.unit) | Q(requested_unit=wanted.unit)
        )
    if wanted.escalated:
        found = found.exclude(escalated_at=None)
    key = F("sort_key")
    asked = key.desc(nulls_last=True) if sort.startswith("-") else key.asc(nulls_last=True)
    return found.annotate(sort_key=_column(sort)).order_by(asked, "-requested_at", "pk")


def page_of(found: TransferQuerySet, sort: str, after: str, rows: int) -> PageOfTransfers:
    """The page that follows a marker of the same order; the first one when the marker is none of ours."""
    marker = _read(after, sort)
    if marker is not None:
        found = found.filter(_later(sort, *marker))
    shown: list[Any] = list(found[: rows + 1])
    last = shown[rows - 1] if len(shown) > rows else None
    return PageOfTransfers(shown[:rows], _write(last, sort) if last is not None else "")


def _column(sort: str) -> Any:
    return SORTS.get(sort.lstrip("-"), SORTS["act_by"])


def _later(sort: str, key: Any, requested_at: datetime, pk: UUID) -> Q:
    """Rows behind this one: by the column asked for, those without a value last; then newest first."""
    behind = Q(requested_at__lt=requested_at) | Q(requested_at=requested_at, pk__gt=pk)
    if key is None:
        return Q(sort_key=None) & behind
    further = Q(sort_key__lt=key) if sort.startswith("-") else Q(sort_key__gt=key)
    return further | Q(sort_key=None) | Q(sort_key=key) & behind


def _write(row: Any, sort: str) -> str:
    values = [row.sort_key, row.requested_at, row.pk]
    plain = [one.isoformat() if isinstance(one, datetime) else one for one in values[:2]]
    return signing.Signer(salt=_salt(sort)).sign_object([*plain, str(row.pk)])


def _read(marker: str, sort: str) -> tuple[Any, datetime, UUID] | None:
    if not marker:
        return None
    try:
        key, requested_at, pk = signing.Signer(salt=_salt(sort)).unsign_object(marker)
    except (signing.BadSignature, ValueError):
        return None
    if sort.lstrip("-") in INSTANTS and key is not None:
        key = datetime.fromisoformat(key)
    return key, datetime.fromisoformat(requested_at), UUID(pk)


def _salt(sort: str) -> str:
    return f"beds.transfers.{sort}"


def count_by_state(actor: Actor) -> dict[str, int]:
    """How many live transfers the actor may see in each state."""
    rows = Transfer.objects.visible_to(actor).live().values_list("state").annotate(number=Count("pk"))
    return dict(rows.order_by("state"))


def units_with_transfers(actor: Actor) -> list[tuple[UUID, str]]:
    """Units that the filter of the board offers: the partners of what is under way."""
    found: dict[UUID, str] = {}
    live = (
        Transfer.objects.visible_to(actor)
        .live()
        .select_related("from_unit", "to_unit")
        .only("from_unit__name_zh", "from_unit__name_en", "to_unit__name_zh", "to_unit__name_en")
    )
    for one in live[:500]:
        for unit in (one.from_unit, one.to_unit):
            if unit is not None:
                found[unit.pk] = unit.name
    return sorted(found.items(), key=lambda pair: pair[1])
