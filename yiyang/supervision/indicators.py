"""The indicators as data: what each counts, where that definition comes from, and the rows it is made of.

Each `rows` gives id, subject, person_id, unit_id, at, value. A figure is always made of these rows, so that what
stands behind it can be shown. Asked with `since` and `until` (the month), `area` (the codes below a district) and
`units` (null, or the units that the reader may count). Definitions without a source are the platform's own, to be
confirmed by the district. Change a definition: raise its version.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.supervision.rules import How

OWN = _("own definition, to be confirmed by the district")

COUNTED = "(u.area_id LIKE %(area)s AND (%(units)s::uuid[] IS NULL OR u.id = ANY(%(units)s)))"
TRANSFERS = (
    "FROM beds_transfer t JOIN access_organisation u"
    " ON u.id = coalesce(t.from_unit_id, t.requested_unit_id, t.coordinator_id) WHERE " + COUNTED
)


@dataclass(frozen=True)
class Indicator:
    """One indicator: its rows in SQL, and how they make the figure."""

    code: str
    name: Any
    definition: Any
    how: str
    rows: str
    source: Any = OWN
    unit: Any = ""
    version: int = 1


def _transfer(value: str, within: str, at: str, *, more: str = "") -> str:
    return (
        f"SELECT t.id, 'transfer' AS subject, t.person_id, u.id AS unit_id, {at} AS at, ({value})::numeric AS value"
        f" {TRANSFERS} AND {within} >= %(since)s AND {within} < %(until)s {more}"
    )


def _offer(value: str, more: str) -> str:
    return (
        f"SELECT f.id, 'transfer' AS subject, t.person_id, u.id AS unit_id, f.sent_at AS at, ({value})::numeric AS value"
        " FROM beds_offer f JOIN beds_transfer t ON t.id = f.transfer_id"
        f" JOIN access_organisation u ON u.id = f.unit_id WHERE {COUNTED}"
        f" AND f.sent_at >= %(since)s AND f.sent_at < %(until)s AND {more}"
    )


def _waiting(value: str, within: str, more: str = "") -> str:
    return (
        f"SELECT w.id, 'waiting' AS subject, w.person_id, u.id AS unit_id, {within} AS at, ({value})::numeric AS value"
        f" FROM beds_waitingentry w JOIN access_organisation u ON u.id = w.list_owner_id WHERE {COUNTED}"
        f" AND {within} >= %(since)s AND {within} < %(until)s {more}"
    )


def _admissions(kind: str) -> str:
    """Stays opened in the month that were not void: some row of theirs stands."""
    return (
        "SELECT e.id, 'stay' AS subject, e.person_id, u.id AS unit_id, e.opened_at AS at, 1::numeric AS value"
        f" FROM beds_episode e JOIN access_organisation u ON u.id = e.unit_id WHERE {COUNTED} AND e.kind = '{kind}'"
        " AND e.opened_at >= %(since)s AND e.opened_at < %(until)s"
        " AND EXISTS (SELECT 1 FROM beds_occupancy o WHERE o.episode_id = e.id AND o.state <> 'VOID')"
    )


def _bed_days(kind: str) -> str:
    """Days on which somebody was in a bed of the kind, cut at the ends of the month; an open stay counts until now."""
    seconds = "extract(epoch FROM least(coalesce(upper(o.period), %(at)s), %(until)s) - greatest(lower(o.period), %(since)s))"
    return (
        "SELECT o.id, 'stay' AS subject, o.person_id, u.id AS unit_id, lower(o.period) AS at,"
        f" round(({seconds} / 86400)::numeric, 4) AS value"
        " FROM beds_occupancy o JOIN beds_bed b ON b.id = o.bed_id JOIN access_organisation u ON u.id = b.unit_id"
        f" WHERE {COUNTED} AND b.kind = '{kind}' AND o.state = 'PRESENT'"
        " AND o.period && tstzrange(%(since)s, least(%(until)s, greatest(%(since)s, %(at)s)))"
    )


HOURS = "extract(epoch FROM t.arrived_at - t.requested_at) / 3600"
DAYS = "extract(epoch FROM w.ended_at - w.joined_at) / 86400"


def _indicators() -> Iterator[Indicator]:
    yield Indicator(
        "TRANSFERS_ASKED", _("Transfers asked for"),
        _("Transfers whose request falls into the month, by the unit that asked."),
        How.COUNT, _transfer("1", "t.requested_at", "t.requested_at"),
    )  # fmt: skip
    yield Indicator(
        "TRANSFERS_ARRIVED", _("Transfers that arrived"),
        _("Transfers whose person arrived in the month, whenever they were asked for."),
        How.COUNT, _transfer("1", "t.arrived_at", "t.arrived_at"), 
    )  # fmt: skip
    yield Indicator(
        "HOURS_TO_ARRIVAL", _("Hours from request to arrival"),
        _("The middle (median) of the hours between request and arrival, of transfers that arrived in the month."),
        How.MEDIAN, _transfer(HOURS, "t.arrived_at", "t.arrived_at"), unit=_("hours"),
    )  # fmt: skip
    yield Indicator(
        "EMERGENCIES", _("Emergency transfers"),
        _("Transfers of the urgency emergency whose request falls into the month."),
        How.COUNT, _transfer("1", "t.requested_at", "t.requested_at", more="AND t.urgency = 'EMERGENCY'"),
    )  # fmt: skip
    yield Indicator(
        "ANSWERED_IN_TIME", _("Requests answered in time"),
        _("Of 100 requests to units in the month whose answer was due, those that were answered by their deadline. Withdrawn ones do not count."),
        How.SHARE,
        _offer(
            "CASE WHEN f.answered_at <= f.answer_by THEN 1 ELSE 0 END",
            "f.state <> 'WITHDRAWN' AND (f.answered_at IS NOT NULL OR f.answer_by < %(at)s)",
        ), unit=_("of 100"),
    )  # fmt: skip
    yield Indicator(
        "DECLINED", _("Requests declined"),
        _("Of 100 requests to units in the month that were accepted or declined, those declined."),
        How.SHARE,
        _offer("CASE WHEN f.state = 'DECLINED' THEN 1 ELSE 0 END", "f.state IN ('ACCEPTED', 'DECLINED')"),
        unit=_("of 100"),
    )  # fmt: skip
    yield Indicator(
        "WAITING_JOINED", _("Joined the waiting list"),
        _("Entries of the waiting lists that were made in the month."),
        How.COUNT, _waiting("1", "w.joined_at"),
    )  # fmt: skip
    yield Indicator(
        "WAITING_PLACED", _("Got a place from the waiting list"),
        _("Entries that ended in the month because the person got a place."),
        How.COUNT, _waiting("1", "w.ended_at", "AND w.state = 'PLACED'"),
    )  # fmt: skip
    yield Indicator(
        "WAITING_DAYS", _("Days waited for a place"),
        _("The middle (median) of the days between joining the list and getting a place, of places given in the month."),
        How.MEDIAN, _waiting(DAYS, "w.ended_at", "AND w.state = 'PLACED'"), unit=_("days"),
    )  # fmt: skip
    yield Indicator(
        "CRITERIA_OVERRIDDEN", _("Answers against the criteria"),
        _("Words of clinicians in the month that a person qualifies, or does not, against what the criteria of the bed gave; withdrawn ones too. By the clinician's unit."),
        How.COUNT,
        "SELECT v.id, 'override' AS subject, v.person_id, u.id AS unit_id, v.at, 1::numeric AS value"
        f" FROM beds_eligibilityoverride v JOIN access_organisation u ON u.id = v.unit_id WHERE {COUNTED}"
        " AND v.at >= %(since)s AND v.at < %(until)s",
    )  # fmt: skip
    for kind in BedKind:
        yield Indicator(
            f"ADMISSIONS_{kind.value}", kind.label, _("Stays and home beds of this kind that were opened in the month."),
            How.COUNT, _admissions(kind.value), unit=_("stays opened"),
        )  # fmt: skip
    for kind in BedKind:
        yield Indicator(
            f"BED_DAYS_{kind.value}", kind.label,
            _("Days on which somebody was in a bed of this kind, parts of days counted as such. Beds kept for somebody do not count."),
            How.SUM, _bed_days(kind.value), unit=_("bed-days"),
        )  # fmt: skip


INDICATORS: dict[str, Indicator] = {one.code: one for one in _indicators()}
