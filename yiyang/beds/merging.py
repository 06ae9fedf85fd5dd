"""Why two records cannot be one person: two stays at one time, or a stay that is still open under the duplicate."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from yiyang.beds.models import Occupancy, Transfer
from yiyang.beds.models.occupancy import LIVE, State
from yiyang.kernel.words import shown
from yiyang.people import merging


@merging.register
def stays_that_forbid_it(kept: list[UUID], duplicate: list[UUID]) -> list[str]:
    """Sentences that list the stays; new rows are written under the kept record, so the other must be at rest."""
    return [*_overlaps(kept, duplicate), *_still_open(duplicate)]


def _overlaps(kept: list[UUID], duplicate: list[UUID]) -> list[str]:
    mine = _present(kept)
    found = []
    for other in _present(duplicate):
        for one in mine:
            if _meet(one, other):
                found.append(
                    _("present in %(one)s and in %(other)s at %(when)s")
                    % {
                        "one": _place(one),
                        "other": _place(other),
                        "when": shown(max(one.period.lower, other.period.lower)),
                    }
                )
    return found


def _still_open(duplicate: list[UUID]) -> list[str]:
    rows = Occupancy.objects.filter(person_id__in=duplicate, state__in=LIVE, period__endswith=None)
    found = [
        _("a stay in %(place)s is still open under the duplicate; merge the other way, or close it first")
        % {"place": _place(row)}
        for row in rows.select_related("unit")
    ]
    if Transfer.objects.live().filter(person_id__in=duplicate).exists():
        found.append(_("a transfer is still under way under the duplicate"))
    return found


def _present(ids: list[UUID]) -> list[Occupancy]:
    return list(Occupancy.objects.filter(person_id__in=ids, state=State.PRESENT).select_related("unit"))


def _meet(one: Occupancy, other: Occupancy) -> bool:
    same_part = one.part.lower < other.part.upper and other.part.lower < one.part.upper
    begins = max(one.period.lower, other.period.lower)
    ends = [row.period.upper for row in (one, other) if row.period.upper]
    return same_part and (not ends or begins < min(ends))


def _place(row: Occupancy) -> str:
    return row.unit.name if row.unit else row.place_name
