"""How candidate units are ranked for a transfer, and the reasons in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

EARTH_KM = 6371.0
Why = dict[str, Any]  # a code and its values, as they are kept with an offer


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
    outbreak: bool = False
    by_agreement: bool = False


@dataclass(frozen=True)
class Word:
    """A clinician's word against the criteria that counts for whoever is to be moved."""

    qualifies: bool
    clinician: str


@dataclass(frozen=True)
class Ranked:
    candidate: Candidate
    rank: int
    why: list[Why] = field(default_factory=list)
    blocked: str = ""

    @property
    def reasons(self) -> list[str]:
        """Why it stands there, in the reader's language."""
        return in_words(self.why)


def rank(candidates: list[Candidate], *, urgent: bool, word: Word | None = None) -> list[Ranked]:
    """Best first. A unit that cannot be offered stays in the list with the reason why.

    A clinician's word that the person does not qualify closes all of them; one that the person does is a reason.
    """
    ordered = sorted(candidates, key=lambda c: _key(c, urgent))
    return [
        Ranked(candidate, position, _why(candidate, word), _refused(word) or _blocked(candidate, urgent))
        for position, candidate in enumerate(ordered, start=1)
    ]


def _key(c: Candidate, urgent: bool) -> tuple[object, ...]:
    return (
        bool(_blocked(c, urgent)),
        not c.chosen,
        c.contract_id is None,
        c.free == 0,
        not c.features_met,
        not c.by_agreement,
        c.designated_first if c.designated_first is not None else 99,
        c.been_there is None,
        c.km if c.km is not None else 999.0,
        c.free_from.timestamp() if c.free_from else 9e12,
        c.name,
    )


def _blocked(c: Candidate, urgent: bool) -> str:
    if c.closed and c.outbreak:
        return _("closed for an outbreak")
    if c.closed:
        return _("closed to new arrivals")
    if c.contract_id is None and not c.chosen and not urgent:
        return _("no contract: possible only as the person's own choice")
    return ""


def _refused(word: Word | None) -> str:
    if word is None or word.qualifies:
        return ""
    return _("does not qualify: overridden by {clinician}").format(clinician=word.clinician)


def _why(c: Candidate, word: Word | None) -> list[Why]:
    found: list[Why] = [{"code": "CHOSEN"}] if c.chosen else []
    if word is not None and word.qualifies:
        found.append({"code": "OVERRIDDEN", "clinician": word.clinician})
    found.append({"code": "CONTRACT" if c.contract_id else "NO_CONTRACT"})
    if c.free:
        found.append({"code": "FREE_NOW", "number": c.free})
    elif c.free_from:
        found.append({"code": "NEXT_BED", "when": timezone.localtime(c.free_from).strftime("%m-%d")})
    else:
        found.append({"code": "NO_BED"})
    if c.by_agreement:
        found.append({"code": "AGREEMENT"})
    if c.designated_first is not None:
        found.append({"code": "DESIGNATED", "number": c.designated_first})
    if c.been_there:
        found.append({"code": "WAS_THERE", "month": timezone.localtime(c.been_there).strftime("%Y-%m")})
    if c.km is not None:
        found.append({"code": "DISTANCE", "km": round(c.km, 1)})
    if not c.features_met:
        found.append({"code": "LACKS"})
    return found


WORDS: dict[str, Any] = {
    "CHOSEN": gettext_lazy("chosen by the person"),
    "CONTRACT": gettext_lazy("contract in force"),
    "NO_CONTRACT": gettext_lazy("no contract"),
    "FREE_NOW": gettext_lazy("%(number)d free now"),
    "NEXT_BED": gettext_lazy("next bed expected %(when)s"),
    "NO_BED": gettext_lazy("no bed free"),
    "AGREEMENT": gettext_lazy("designated hospital of the agreement"),
    "DESIGNATED": gettext_lazy("designated, place %(number)d"),
    "WAS_THERE": gettext_lazy("was there in %(month)s"),
    "DISTANCE": gettext_lazy("%(km).1f km away"),
    "OVERRIDDEN": gettext_lazy("qualifies: overridden by %(clinician)s"),
    "LACKS": gettext_lazy("lacks something that is needed"),
}


def in_words(kept: Iterable[Why | str]) -> list[str]:
    """Reasons as their reader reads them; what was kept as a sentence before there were codes stays as it is."""
    return [one if isinstance(one, str) else str(WORDS[one["code"]]) % one for one in kept]


def distance_km(one: tuple[float, float] | None, other: tuple[float, float] | None) -> float | None:
    """Great-circle distance of two (latitude, longitude) pairs in km; None when one is not known."""
    if one is None or other is None:
        return None
    lat1, lon1, lat2, lon2 = map(radians, (*one, *other))
    a = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(a))
