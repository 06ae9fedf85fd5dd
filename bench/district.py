"""The units of the benchmark's city: what they may run, whom they work with, who works there, and their beds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bench.loading import bare, copy

DISTRICT = "310106"
SHARE = {"INSTITUTION": 0.40, "HOME_CARE": 0.13, "HOME_MEDICAL": 0.13, "HOSPITAL": 0.30, "PALLIATIVE": 0.04}
ROOM_OF = {"INSTITUTION": 2, "HOSPITAL": 3}
IN_TWENTY = 20
STAFF = {
    "HOSPITAL": ("WARD_DOCTOR", "ADMISSION_OFFICE"),
    "INSTITUTION": ("CARE_HOME_NURSE",),
    "CHC": ("FAMILY_DOCTOR",),
    "COORDINATION_CENTRE": ("COORDINATOR",),
    "SERVICE_COMPANY": ("CARE_HOME_MANAGER",),
}


@dataclass
class City:
    """The units by kind, as ids."""

    since: datetime
    areas: list[str] = field(default_factory=list)
    centre: UUID | None = None
    company: UUID | None = None
    hospitals: list[UUID] = field(default_factory=list)
    homes: list[UUID] = field(default_factory=list)
    chcs: list[UUID] = field(default_factory=list)

    def units(self, kind: str) -> list[UUID]:
        return {"HOSPITAL": self.hospitals, "PALLIATIVE": self.hospitals, "HOME_MEDICAL": self.chcs}.get(
            kind, self.homes
        )


@dataclass(frozen=True)
class BedMade:
    """A bed of the city: `sex` is whose room it stands in."""

    id: UUID
    unit: UUID
    kind: str
    sex: int | None


def build_city(cursor: Any, people: int, since: datetime) -> tuple[City, list[BedMade]]:
    from yiyang.access.areas import load_district
    from yiyang.access.models import Area

    load_district(DISTRICT)
    city = City(since)
    city.areas = list(Area.objects.filter(level="COMMUNITY").order_by("code").values_list("code", flat=True))
    streets = list(Area.objects.filter(level="STREET").order_by("code").values_list("code", flat=True))
    _units(city, people, streets)
    _papers(city)
    _accounts(city)
    return city, _beds(cursor, city, max(400, people * 3 // 100))


def _units(city: City, people: int, streets: list[str]) -> None:
    from yiyang.access.models import Organisation

    made: list[Organisation] = []

    def add(kind: str, name: str, area: str, parent: Organisation | None = None) -> Organisation:
        one = Organisation(kind=kind, name_zh=name, area_id=area, parent=parent, member_unit=True)
        one.path = [*(parent.path if parent else []), one.pk]
        made.append(one)
        return one

    city.centre = add("COORDINATION_CENTRE", "区五床联动协调中心", DISTRICT).pk
    company = add("SERVICE_COMPANY", "金辉养老服务集团", DISTRICT)
    city.company = company.pk
    for number in range(max(2, people * 12 // 1_000_000)):
        city.hospitals.append(add("HOSPITAL", f"第{number + 1}人民医院", DISTRICT).pk)
    for number in range(max(3, people * 40 // 1_000_000)):
        area = streets[number % len(streets)]
        city.chcs.append(add("CHC", f"第{number + 1}社区卫生服务中心", area).pk)
    for number in range(max(IN_TWENTY + 4, people * 240 // 1_000_000)):
        parent = company if 1 <= number <= IN_TWENTY else None
        area = streets[number % len(streets)]
        city.homes.append(add("INSTITUTION", f"第{number + 1}养老院", area, parent).pk)
    Organisation.objects.bulk_create(made, batch_size=500)


def _papers(city: City) -> None:
    """Each unit's licence, and contracts of each home with two hospitals and a health centre."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from yiyang.access.bed_kinds import BedKind
    from yiyang.access.models import Contract, Licence, LicensedBeds

    valid = DateRange(city.since.date(), (city.since + timedelta(days=3650)).date())
    units = [*city.hospitals, *city.homes, *city.chcs]
    licences = [
        Licence(organisation_id=unit, number=f"示例-{number}", filing_kind="MEDICAL_LICENCE", valid=valid,
                recorded_at=city.since)
        for number, unit in enumerate(units)
    ]  # fmt: skip
    Licence.objects.bulk_create(licences, batch_size=500)
    LicensedBeds.objects.bulk_create(
        [LicensedBeds(licence=one, kind=kind, approved_beds=20_000) for one in licences for kind in BedKind.values],
        batch_size=1000,
    )  # fmt: skip
    pairs = [
        (home, city.hospitals[(number + step) % len(city.hospitals)])
        for number, home in enumerate(city.homes)
        for step in (0, 1)
    ]
    pairs += [(home, city.chcs[number % len(city.chcs)]) for number, home in enumerate(city.homes)]
    signer = UUID(int=1)
    Contract.objects.bulk_create(
        [
            Contract(first_id=first, second_id=second, bed_kinds=BedKind.values, directions=["OUT", "BACK"],
                     designated_order=1, valid=valid, state="SIGNED", first_signed_at=city.since,
                     first_signed_by=signer, second_signed_at=city.since, second_signed_by=signer,
                     created_at=city.since)
            for first, second in pairs
        ],
        batch_size=500,
    )  # fmt: skip


def _accounts(city: City) -> None:
    """One account for each role of each unit; its token is known to the benchmark alone."""
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from yiyang.access.commands.tokens import hash_of
    from yiyang.access.models import Account, ApiToken, Membership, Organisation

    accounts, memberships, tokens = [], [], []
    for unit in Organisation.objects.order_by("pk"):
        for role in STAFF.get(unit.kind, ()):
            login = login_of(unit.pk, role)
            account = Account(login=login, name="李敏", password="!", created_at=city.since)
            member = Membership(account=account, organisation=unit, role=role, created_at=city.since,
                                period=DateTimeTZRange(city.since, None))  # fmt: skip
            raw = token_of(unit.pk, role)
            accounts.append(account)
            memberships.append(member)
            tokens.append(
                ApiToken(account=account, membership=member, hash=hash_of(raw), hint=raw[-4:],
                         created_at=city.since, expires_at=city.since + timedelta(days=36500))
            )  # fmt: skip
    Account.objects.bulk_create(accounts, batch_size=500)
    Membership.objects.bulk_create(memberships, batch_size=500)
    ApiToken.objects.bulk_create(tokens, batch_size=500)


def login_of(unit: UUID, role: str) -> str:
    return f"{role.lower().replace('_', '')[:12]}-{unit.hex[-12:]}-{unit.hex[8:20]}"[:40]


def token_of(unit: UUID, role: str) -> str:
    """A token of a scratch installation that lives for the length of a benchmark."""
    return f"yiyang_bench_{role}_{unit.hex}"


def _beds(cursor: Any, city: City, number: int) -> list[BedMade]:
    """All beds: rooms hold one sex, so every second room is the women's."""
    wards: list[Any] = []
    rooms: list[Any] = []
    beds: list[Any] = []
    made: list[BedMade] = []
    for kind, share in SHARE.items():
        for unit, count in _shared_out(city.units(kind), int(number * share)):
            _beds_of(unit, kind, count, city.since, (wards, rooms, beds, made))
    with bare(cursor, ["beds_ward", "beds_room", "beds_bed"]):
        copy(cursor, "beds_ward", ("id", "name", "unit_id", "closed_to_offers"), wards)
        copy(cursor, "beds_room", ("id", "label", "ward_id", "couple"), rooms)
        columns = ("id", "kind", "lane", "label", "opened_at", "unit_id", "room_id", "extra")
        copy(cursor, "beds_bed", columns, beds)
    return made


def _shared_out(units: list[UUID], number: int) -> Iterator[tuple[UUID, int]]:
    each, over = divmod(number, len(units))
    for place, unit in enumerate(units):
        yield unit, each + (place < over)


def _beds_of(unit: UUID, kind: str, count: int, since: datetime, into: tuple[list[Any], ...]) -> None:
    from yiyang.kernel.ids import new_id

    wards, rooms, beds, made = into
    lane = "OVERLAY" if kind == "HOME_MEDICAL" else "RESIDENCE"
    each = ROOM_OF.get(kind)
    ward = room = None
    for place in range(count):
        number = place // each if each else 0
        if each and place % (each * 10) == 0:
            ward = new_id()
            wards.append((ward, f"{kind}-{number // 10 + 1}", unit, False))
        if each and place % each == 0:
            room = new_id()
            rooms.append((room, f"{number:03d}", ward, False))
        bed = new_id()
        beds.append((bed, kind, lane, f"{place + 1:04d}", since, unit, room, False))
        made.append(BedMade(bed, unit, kind, number % 2 if each else None))
