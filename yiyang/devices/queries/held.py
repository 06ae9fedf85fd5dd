"""The limits that held for a person through a window of time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils.timezone import localdate

from yiyang.devices.models import AlarmRule, Limit, Loan
from yiyang.devices.queries.rules import Rules, by_scope
from yiyang.devices.rules.held import Line, Piece, lines
from yiyang.devices.rules.kinds import BY_KIND, DeviceKind
from yiyang.devices.rules.quantities import Quantity
from yiyang.devices.rules.spans import Window
from yiyang.kernel.policy import NoPolicy
from yiyang.people import queries as people

MOST_PIECES = 60  # a rule that was signed more often than this in one window is drawn as it is now


def limits_held(
    person_id: UUID, person_ids: list[UUID], quantity: Quantity, window: Window, loans: Iterable[Loan]
) -> list[Line]:
    """Own limits and rules from the beginning of the window to its end. The caller has authorised."""
    seen = DateTimeTZRange(window.since, window.until)
    every = [str(one) for one in person_ids]
    wide = Q(whom__in=every) | ~Q(scope=AlarmRule.Scope.PERSON)
    signed = list(AlarmRule.objects.filter(wide, period__overlap=seen).order_by("number"))
    own = list(
        Limit.objects.filter(person_id__in=person_ids, code=quantity.no, period__overlap=seen).order_by(
            "set_at"
        )
    )
    told = [one for one in loans if quantity in BY_KIND[DeviceKind(one.device.kind)].quantities]
    groups: frozenset[str] = frozenset()
    if any(one.scope == AlarmRule.Scope.GROUP for one in signed):
        known = people.circumstances([person_id], localdate(window.until)).get(person_id)
        groups = known.groups if known else frozenset()
    rows: list[AlarmRule | Limit | Loan] = [*signed, *own, *told]
    cuts = _cuts(window, [one.period for one in rows])
    pieces = []
    for since, until in pairwise(cuts):
        limit = next((one for one in reversed(own) if _holds(one.period, since)), None)
        try:
            scopes, _watches = by_scope(since, [one for one in signed if _holds(one.period, since)])
        except NoPolicy:
            scopes = {}
        mine = Rules(
            scopes, limits={(person_id, quantity.no): limit} if limit else {}, groups={person_id: groups},
            former={person_id: every},
        )  # fmt: skip
        kind = next((one.device.kind for one in reversed(told) if _holds(one.period, since)), "")
        held = [rule for rule in mine.of(person_id, kind) if rule.quantity == quantity.no]
        low, high = (limit.low, limit.high) if limit else (None, None)
        pieces.append(Piece(since, until, held, low, high))
    return lines(pieces)


def _cuts(window: Window, periods: list[DateTimeTZRange]) -> list[datetime]:
    """Where something begins or ends inside the window, with both its ends."""
    ends = {end for one in periods for end in (one.lower, one.upper) if end is not None}
    inside = sorted(end for end in ends if window.since < end < window.until)
    return [window.since, *inside[-MOST_PIECES:], window.until]


def _holds(period: DateTimeTZRange, at: datetime) -> bool:
    return (period.lower is None or period.lower <= at) and (period.upper is None or at < period.upper)
