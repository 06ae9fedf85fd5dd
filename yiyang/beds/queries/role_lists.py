"""What each role looks at first in a day: short lists beside the own duties, one statement each, names asked once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, When
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from yiyang.beds.models import Episode, Leave, Occupancy, Transfer, WaitingEntry
from yiyang.beds.models.occupancy import State
from yiyang.beds.queries.answering import stay_call_address
from yiyang.beds.queries.board import end_of_day, somebody
from yiyang.beds.queries.role_rows import LATE, LISTED, Listing, Row
from yiyang.beds.queries.role_ways import coming, coming_and_owed, under_way
from yiyang.kernel.time import now

LATELY = timedelta(days=30)


def listings(actor: Any) -> list[Listing]:
    """The lists of the actor's role without names; none for those who read no records."""
    if not getattr(actor, "reads_records", False):
        return []
    mine = list(actor.organisation_ids)
    made = [make(actor, mine) for make in OF_ROLE.get(actor.role, ())]
    return [one for lists in made for one in (lists if isinstance(lists, list) else [lists])]


def persons_of(found: Sequence[Listing]) -> list[UUID]:
    return [row.person.pk for one in found for row in one.rows if row.person is not None]


def name(actor: Any, found: Sequence[Listing], known: set[UUID]) -> None:
    """Put in who it is, as the actor may know them; `followed` shows only those whose record is open."""
    for one in found:
        for row in one.rows:
            row.who = somebody(actor, row.person, known) if row.person is not None else None
            if row.who is not None and not row.who.name:
                row.phoned = ""  # the page where a call is recorded names the person
        if one.key in ("followed", "under_way"):
            one.rows = [row for row in one.rows if row.who is not None and row.who.name]


def named(found: Sequence[Listing]) -> list[UUID]:
    """Whose names are shown."""
    return [row.who.person_id for one in found for row in one.rows if row.who is not None and row.who.name]


def away(actor: Any, mine: list[UUID]) -> Listing:
    """Whose bed is kept here while they are elsewhere: since when, where, who returns today."""
    elsewhere = Occupancy.objects.filter(
        person=OuterRef("person"), state=State.PRESENT, period__endswith=None
    ).order_by("-recorded_at")
    leave = Leave.objects.filter(episode=OuterRef("episode"), returned_at=None)
    rows = (
        Occupancy.objects.filter(bed__unit__in=mine, state=State.HELD, period__endswith=None)
        .select_related("person", "bed")
        .annotate(
            where_name=Subquery(elsewhere.annotate(unit_name=_unit_name()).values("unit_name")[:1]),
            where_phone=Subquery(elsewhere.values("unit__phone")[:1]),
            due_back=Subquery(leave.values("due_back_at")[:1]),
            companion=Subquery(leave.values("companion")[:1]),
            companion_phone=Subquery(leave.values("companion_phone")[:1]),
        )
        .order_by(F("due_back").asc(nulls_last=True), "held_until", "pk")[:LISTED]
    )
    today = end_of_day()
    return Listing(
        "away", gettext_lazy("Who is away"), gettext_lazy("Everybody is here."),
        [
            Row(
                what=_away_words(row, today), url=reverse("beds:stay", args=[row.episode_id]), person=row.person,
                at=row.period.lower, until=row.due_back or row.held_until,
                at_words=_("away since"), until_words=_("back by") if row.due_back else _("bed kept until"),
                phone=row.companion_phone or row.where_phone or "",
                phone_of=row.companion if row.companion_phone else row.where_name or "", kind=row.bed.kind,
                phoned=stay_call_address(actor, row.episode_id, row.unit_id),
                tag=LATE if row.due_back is not None and row.due_back <= now() else "",
            )
            for row in rows
        ],
    )  # fmt: skip


def _away_words(row: Any, today: datetime) -> str:
    where = row.companion or row.where_name or str(row.get_state_display())
    if row.reason == "MISSING":
        return _("missing")
    if row.due_back and row.due_back < today:
        return _("returns today · with {where}").format(where=where)
    return _("bed {bed} · {where}").format(bed=row.bed.label, where=where)


def _unit_name() -> Case:
    """The unit's name as the reader reads it, within a statement."""
    if (get_language() or "zh").startswith("zh"):
        return Case(default=F("unit__name_zh"))
    return Case(When(unit__name_en="", then=F("unit__name_zh")), default=F("unit__name_en"))


def beds_promised(actor: Any, mine: list[UUID]) -> Listing:
    """Which bed is given to whom, by the hour from which it is kept."""
    rows = (
        Occupancy.objects.filter(bed__unit__in=mine, state=State.RESERVED, period__endswith=None)
        .select_related("person", "bed", "transfer")
        .order_by("claim__startswith", "pk")[:LISTED]
    )
    soon = now() + timedelta(hours=1)
    return Listing(
        "promised", gettext_lazy("Beds promised, by the hour"), gettext_lazy("No bed is promised now."),
        [
            Row(
                what=_("bed {bed} · {state}").format(
                    bed=row.bed.label, state=row.transfer.get_state_display() if row.transfer else _("not arrived yet")
                ),
                url=reverse("beds:transfer", args=[row.transfer_id]) if row.transfer_id else "",
                person=row.person, at=row.claim.lower, until=row.expires_at, kind=row.bed.kind,
                at_words=_("wanted from"), until_words=_("kept free until"),
                tag=_("soon lapses") if row.expires_at and row.expires_at <= soon else "",
            )
            for row in rows
        ],
    )  # fmt: skip


def returns(actor: Any, mine: list[UUID]) -> Listing:
    """Transfers that lead somebody back to a bed that was kept."""
    party = Q(from_unit__in=mine) | Q(to_unit__in=mine) | Q(requested_unit__in=mine)
    rows = (
        Transfer.objects.live()
        .filter(party, is_return=True, suspended_at=None)
        .select_related("person", "to_unit")
        .order_by("act_by", "pk")[:LISTED]
    )
    return Listing(
        "returns", gettext_lazy("Returns to agree"), gettext_lazy("Nobody is to return now."),
        [_of_transfer(one) for one in rows],
    )  # fmt: skip


def contracted(actor: Any, mine: list[UUID]) -> Listing:
    """People of the centre's family doctors who are in a bed or on the way to one."""
    moving = Transfer.objects.live().filter(person=OuterRef("person"))
    rows = (
        Episode.objects.filter(
            closed_at=None,
            person__family_doctor_contracts__organisation__in=mine,
            person__family_doctor_contracts__ended_at=None,
        )
        .select_related("person", "unit")
        .annotate(moves=Exists(moving))
        .order_by("-moves", "-opened_at", "pk")[:LISTED]
    )
    return Listing(
        "contracted", gettext_lazy("My contracted people in a bed"), gettext_lazy("None of them is in a bed."),
        [
            Row(
                what=f"{one.unit.name} · {_('a transfer is under way')}" if one.moves else one.unit.name,
                url=reverse("people:person", args=[one.person_id]), person=one.person, at=one.opened_at,
                at_words=_("since"), phone=one.unit.phone, phone_of=one.unit.name, kind=one.kind,
            )
            for one in rows
        ],
    )  # fmt: skip


def ready(actor: Any, mine: list[UUID]) -> Listing:
    """Who could leave a bed and has nowhere to go, the longest wait first."""
    moving = Transfer.objects.live().filter(person=OuterRef("person"))
    rows = (
        Episode.objects.filter(closed_at=None, ready_to_leave_at__isnull=False)
        .filter(~Exists(moving), unit__area__code__startswith=actor.district)
        .select_related("person", "unit")
        .order_by("ready_to_leave_at", "pk")[:LISTED]
    )
    return Listing(
        "ready", gettext_lazy("Ready to leave, nowhere to go"), gettext_lazy("Nobody is kept waiting."),
        [
            Row(
                what=one.unit.name, url=reverse("people:person", args=[one.person_id]), person=one.person,
                at=one.ready_to_leave_at, at_words=_("ready since"), phone=one.unit.phone, phone_of=one.unit.name,
                phoned=stay_call_address(actor, one.pk, one.unit_id), kind=one.kind,
            )
            for one in rows
        ],
        reverse("beds:ready_to_leave"),
    )  # fmt: skip


def of_units(actor: Any, mine: list[UUID]) -> list[Listing]:
    """Wards that take nobody now, and the units that declined most in thirty days; one statement for both."""
    with connection.cursor() as cursor:
        told: dict[str, Any] = {
            "area": f"{actor.district}%",
            "since": now() - LATELY,
            "zh": get_language() != "en",
        }
        cursor.execute(UNITS, told)
        found = cursor.fetchall()
    shut = [
        Row(what=f"{name} · {ward}", url=reverse("beds:unit", args=[unit]), phone=phone, phone_of=name)
        for ward, unit, name, phone, *_numbers in found
        if ward
    ]
    declined = [
        Row(
            what=_("{unit}: asked {asked} times, declined {declined}, did not answer {silent}").format(
                unit=name, asked=asked, declined=no, silent=silent
            ),
            url=reverse("beds:unit", args=[unit]),
            phone=phone,
            phone_of=name,
        )
        for ward, unit, name, phone, asked, no, silent in found
        if not ward
    ]
    return [
        Listing(
            "closed", gettext_lazy("Homes and wards closed to offers"), gettext_lazy("All take people."), shut
        ),
        Listing(
            "decline",
            gettext_lazy("Who declined most in 30 days"),
            gettext_lazy("Nobody declined."),
            declined,
        ),
    ]


UNITS = """
    (SELECT w.name, u.id, {name}, u.phone, 0, 0, 0 FROM beds_ward w JOIN access_organisation u ON u.id = w.unit_id
     WHERE w.closed_to_offers AND u.area_id LIKE %(area)s ORDER BY u.name_zh, w.name LIMIT 30)
    UNION ALL
    (SELECT '', u.id, {name}, u.phone, count(*), count(*) FILTER (WHERE f.state = 'DECLINED') AS no,
        count(*) FILTER (WHERE f.state = 'EXPIRED') AS silent
     FROM beds_offer f JOIN access_organisation u ON u.id = f.unit_id
     WHERE f.sent_at >= %(since)s AND u.area_id LIKE %(area)s GROUP BY u.id
     HAVING count(*) FILTER (WHERE f.state IN ('DECLINED', 'EXPIRED')) > 0 ORDER BY no DESC, silent DESC LIMIT 5)
""".replace("{name}", "CASE WHEN %(zh)s OR u.name_en = '' THEN u.name_zh ELSE u.name_en END")


def followed(actor: Any, mine: list[UUID]) -> Listing:
    """Elders for whom this office asked for a bed: where it stands."""
    rows = (
        WaitingEntry.objects.filter(state__in=["WAITING", "OFFERED"])
        .filter(Q(requested_unit__in=mine) | Q(person__residence_area__startswith=actor.area))
        .select_related("person", "wanted_unit")
        .order_by("-state", "joined_at", "pk")[:LISTED]
    )
    return Listing(
        "followed", gettext_lazy("Elders of my area who wait for a bed"), gettext_lazy("Nobody of the area waits."),
        [
            Row(
                what=" · ".join(
                    str(part) for part in (one.get_state_display(), one.wanted_unit.name if one.wanted_unit else "") if part
                ),
                url=reverse("people:person", args=[one.person_id]), person=one.person, at=one.joined_at, at_words=_("waits since"), kind=one.kind,
            )
            for one in rows
        ],
    )  # fmt: skip


def _of_transfer(one: Any) -> Row:
    return Row(
        what=" · ".join(str(part) for part in (one.get_state_display(), one.to_unit.name if one.to_unit else "") if part),
        url=reverse("beds:transfer", args=[one.pk]), person=one.person, until=one.act_by, until_words=_("to act by"),
        kind=one.target_kind, tag=LATE if one.act_by is not None and one.act_by <= now() else "",
    )  # fmt: skip


Make = Callable[[Any, "list[UUID]"], "Listing | list[Listing]"]
CARE_HOME: tuple[Make, ...] = (away, coming_and_owed)
OF_ROLE: dict[str, tuple[Make, ...]] = {
    "CARE_WORKER": (away, coming),
    "CARE_HOME_NURSE": CARE_HOME,
    "CARE_HOME_MANAGER": CARE_HOME,
    "NIGHT_DUTY_OFFICER": (coming, away),
    "ADMISSION_OFFICE": (coming, beds_promised),
    "HEAD_NURSE": (coming_and_owed, beds_promised),
    "WARD_DOCTOR": (returns,),
    "PALLIATIVE_TEAM": (returns, coming),
    "FAMILY_DOCTOR": (returns, contracted),
    "HOME_BED_DOCTOR": (returns, contracted),
    "HOME_BED_NURSE": (coming, contracted),
    "COORDINATOR": (ready, of_units),
    "ADVISER": (followed, under_way),
    "COMMITTEE_WORKER": (followed, under_way),
}
