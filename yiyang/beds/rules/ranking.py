"""How candidate units are ranked for a transfer, and the reasons in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from uuid import UUID

from django.utils.translation import gettext as _

EARTH_KM = 6371.0


@dataclass(frozen=True)
class Candidate:
    """What is known of a unit that could take the person."""

    unit_id: UUID
    name: str
    free: int
    free_from: datetime | None
    contract_id: UUID | None
    designated_first: int | None
    chosen: bool
    km: float | None
    been_there: datetime | None
    features_met: bool
    declined_lately: int = 0
    answer_minutes: int | None = None
    phone: str = ""
    closed: bool = False


@dataclass(frozen=True)
class Ranked:
    candidate: Candidate
    rank: int
    reasons: list[str] = field(default_factory=list)
    blocked: str = ""


def rank(candidates: list[Candidate], *, urgent: bool) -> list[Ranked]:
    """Best first. A unit that cannot be offered stays in the list with the reason why."""
    ordered = sorted(candidates, key=lambda c: _key(c, urgent))
    return [
        Ranked(candidate, position, _reasons(candidate), _blocked(candidate, urgent))
        for position, candidate in enumerate(ordered, start=1)
    ]


def _key(c: Candidate, urgent: bool) -> tuple[object, ...]:
    return (
        bool(_blocked(c, urgent)),
        not c.chosen,
        c.contract_id is None,
        c.free == 0,
        not c.features_met,
        c.designated_first if c.designated_first is not None else 99,
        c.been_there is None,
        c.km if c.km is not None else 999.0,
        c.free_from.timestamp() if c.free_from else 9e12,
        c.name,
    )


def _blocked(c: Candidate, urgent: bool) -> str:
    if c.closed:
        return _("closed to new arrivals")
    if c.contract_id is None and not c.chosen and not urgent:
        return _("no contract: possible only as the person's own choice")
    return ""


def _reasons(c: Candidate) -> list[str]:
    reasons = []
    if c.chosen:
        reasons.append(_("chosen by the person"))
    reasons.append(_("contract in force") if c.contract_id else _("no contract"))
    if c.free:
        reasons.append(_("%(number)d free now") % {"number": c.free})
    elif c.free_from:
        reasons.append(_("next bed expected %(when)s") % {"when": c.free_from.strftime("%m-%d")})
    else:
        reasons.append(_("no bed free"))
    if c.designated_first is not None:
        reasons.append(_("designated, place %(number)d") % {"number": c.designated_first})
    if c.been_there:
        reasons.append(_("was there in %(month)s") % {"month": c.been_there.strftime("%Y-%m")})
    if c.km is not None:
        reasons.append(_("%(km).1f km away") % {"km": c.km})
    if not c.features_met:
        reasons.append(_("lacks something that is needed"))
    return reasons


def distance_km(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    """Great-circle distance of two (latitude, longitude) pairs in km; None when one is not known."""
    if one is None or other is None:
        return None
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    a = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(a))
