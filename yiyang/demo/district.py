"""The units of a demo district: who there is, what they may run, what they agreed on, and their beds."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any

from yiyang.access import commands as access
from yiyang.access.areas import load_district
from yiyang.access.bed_kinds import BedKind
from yiyang.access.commands.contracts import ContractTerms
from yiyang.access.models import Account, Area, Organisation
from yiyang.access.roles import ROLES
from yiyang.beds import commands as beds
from yiyang.beds.models import Bed
from yiyang.demo.names import elder_name, phone
from yiyang.demo.places import Place, place_of
from yiyang.kernel.actors import SYSTEM

HOMES = [
    "阳光",
    "金辉",
    "颐和",
    "松鹤",
    "福寿",
    "静雅",
    "康乐",
    "长青",
    "夕照",
    "桃源",
    "瑞祥",
    "和顺",
    "永安",
    "银杏",
    "梧桐",
    "海棠",
]
HOME_ROLES = ["CARE_HOME_NURSE", "CARE_HOME_MANAGER", "NIGHT_DUTY_OFFICER", "CARE_WORKER"]
HOSPITAL_ROLES = ["WARD_DOCTOR", "ADMISSION_OFFICE", "HEAD_NURSE", "PALLIATIVE_TEAM"]
CHC_ROLES = ["FAMILY_DOCTOR", "HOME_BED_DOCTOR", "HOME_BED_NURSE", "PALLIATIVE_TEAM", "ASSESSOR"]
GOVERNMENT_ROLES = [
    "SUPERVISOR_CIVIL_AFFAIRS",
    "SUPERVISOR_HEALTH",
    "SUPERVISOR_INSURANCE",
    "SUPERVISOR_STATISTICS",
    "DATA_PROTECTION_OFFICER",
    "SYSTEM_ADMINISTRATOR",
    "SECURITY_ADMINISTRATOR",
    "AUDIT_ADMINISTRATOR",
]


@dataclass
class District:
    """What was built, for those who people it."""

    area: Area
    communities: list[Area]
    centre: Organisation
    hospitals: list[Organisation] = field(default_factory=list)
    chcs: list[Organisation] = field(default_factory=list)
    homes: list[Organisation] = field(default_factory=list)
    staff: dict[tuple[Any, str], Account] = field(default_factory=dict)
    logins: dict[str, int] = field(default_factory=dict)
    names: dict[Any, str] = field(default_factory=dict)
    password: str = ""

    @property
    def place(self) -> Place:
        return place_of(self.area.code)

    def units(self, kind: str) -> list[Organisation]:
        """The units that run beds of a kind."""
        return {
            BedKind.HOME_CARE: self.homes,
            BedKind.INSTITUTION: self.homes,
            BedKind.HOME_MEDICAL: self.chcs,
            BedKind.HOSPITAL: self.hospitals,
            BedKind.PALLIATIVE: [*self.chcs, self.hospitals[0]],
        }[BedKind(kind)]


def build_district(code: str, people: int, *, since: datetime, password: str, chance: Random) -> District:
    """Organisations, licences, contracts and beds, sized for the number of people."""
    area = load_district(code)
    streets = list(Area.objects.filter(parent=area).order_by("code"))
    communities = list(Area.objects.filter(parent__in=streets).order_by("code")) or streets or [area]
    centre = _unit(
        since, area, "COORDINATION_CENTRE", f"{area.name}五床联动协调中心", "Five-bed coordination centre"
    )
    district = District(area, communities, centre, password=password)
    _government(district, since, chance)
    _hospitals(district, people, since, chance)
    _health_centres(district, streets or [area], people, since, chance)
    _homes(district, streets or [area], people, since, chance)
    _contracts(district, since)
    return district


def _government(district: District, since: datetime, chance: Random) -> None:
    bureau = _unit(
        since, district.area, "GOVERNMENT", f"{district.area.name}民政局", "Bureau of civil affairs"
    )
    for role in GOVERNMENT_ROLES:
        _staff(district, bureau, role, since, chance)
    _staff(district, district.centre, "COORDINATOR", since, chance)
    street = district.communities[0].parent or district.area
    office = _unit(since, street, "GOVERNMENT", f"{street.name}办事处", "Sub-district office", parent=bureau)
    _staff(district, office, "ADVISER", since, chance)
    committee = _unit(
        since,
        district.communities[0],
        "COMMITTEE",
        district.communities[0].name,
        "Residents' committee",
        parent=office,
    )
    _staff(district, committee, "COMMITTEE_WORKER", since, chance)


def _hospitals(district: District, people: int, since: datetime, chance: Random) -> None:
    wards = max(2, people // 300)
    for name, english in (("中心医院", "District Central Hospital"), ("老年医院", "Geriatric Hospital")):
        unit = _unit(since, district.area, "HOSPITAL", district.area.name + name, english, chance=chance)
        kinds = {BedKind.HOSPITAL: wards * 12, BedKind.PALLIATIVE: 12}
        _licence(unit, "MEDICAL_LICENCE", kinds, since)
        for number in range(wards):
            ward = beds.add_ward(
                by=SYSTEM, at=since, unit_id=unit.pk, name=f"{number + 3}病区", floor=f"{number + 3}"
            )
            _rooms(unit, ward, BedKind.HOSPITAL, rooms=4, each=3, at=since)
        calm = beds.add_ward(by=SYSTEM, at=since, unit_id=unit.pk, name="安宁病区", floor="2")
        _rooms(unit, calm, BedKind.PALLIATIVE, rooms=4, each=2, at=since)
        district.hospitals.append(unit)
        for role in HOSPITAL_ROLES:
            _staff(district, unit, role, since, chance)


def _health_centres(
    district: District, streets: list[Area], people: int, since: datetime, chance: Random
) -> None:
    for street in streets[: 2 + people // 1500]:
        name = f"{street.name.removesuffix('街道').removesuffix('镇')}社区卫生服务中心"
        unit = _unit(
            since, street, "CHC", name, f"Community health centre {len(district.chcs) + 1}", chance=chance
        )
        home_beds = 10 + people // 40
        _licence(
            unit,
            "MEDICAL_LICENCE",
            {BedKind.HOME_MEDICAL: home_beds * 2, BedKind.PALLIATIVE: 10 + home_beds // 5},
            since,
        )
        for number in range(home_beds):
            _bed(unit, BedKind.HOME_MEDICAL, f"家床{number + 1:03d}", at=since)
        for number in range(home_beds // 5):
            _bed(unit, BedKind.PALLIATIVE, f"安家{number + 1:02d}", at=since, lane="OVERLAY")
        ward = beds.add_ward(by=SYSTEM, at=since, unit_id=unit.pk, name="安宁疗护科", floor="1")
        _rooms(unit, ward, BedKind.PALLIATIVE, rooms=3, each=2, at=since)
        district.chcs.append(unit)
        for role in CHC_ROLES:
            _staff(district, unit, role, since, chance)


def _homes(district: District, streets: list[Area], people: int, since: datetime, chance: Random) -> None:
    number = min(len(HOMES), 3 + people // 600)
    operator = _unit(since, district.area, "SERVICE_COMPANY", "金辉养老服务集团", "Jinhui elderly-care group")
    rooms = max(6, people // (number * 10))
    for index in range(number):
        street = streets[index % len(streets)]
        entrusted = index in (1, 2)
        unit = _unit(
            since,
            street,
            "INSTITUTION",
            f"{HOMES[index]}养老院",
            f"Care home {index + 1}",
            parent=operator if entrusted else None,
            operator_kind="ENTRUSTED" if entrusted else ("GOVERNMENT" if index == 0 else "INSTITUTION"),
            chance=chance,
        )
        kinds = {BedKind.INSTITUTION: rooms * 2 + 4, BedKind.HOME_CARE: rooms * 2}
        _licence(unit, "CARE_FILING", kinds, since)
        per_ward = 8
        for start in range(0, rooms, per_ward):
            floor = start // per_ward + 2
            ward = beds.add_ward(by=SYSTEM, at=since, unit_id=unit.pk, name=f"{floor}楼", floor=str(floor))
            _rooms(
                unit,
                ward,
                BedKind.INSTITUTION,
                rooms=min(per_ward, rooms - start),
                each=2,
                at=since,
                floor=floor,
            )
        for count in range(rooms):
            _bed(unit, BedKind.HOME_CARE, f"照{count + 1:03d}", at=since)
        district.homes.append(unit)
        for role in HOME_ROLES:
            _staff(district, unit, role, since, chance)


def _contracts(district: District, since: datetime) -> None:
    def agree(first: Organisation, second: Organisation, kinds: list[str], order: int | None) -> None:
        terms = ContractTerms(
            bed_kinds=kinds,
            directions=["OUT", "BACK"],
            valid_from=since.date(),
            number=f"合{first.name_zh[:2]}-{second.name_zh[:4]}",
            service_items=["入院评估", "绿色通道转床", "健康管理"],
            designated_order=order,
            night_contact=second.night_contact,
            responsibility="转出方送达健康档案，接收方按时答复。",
            cost_sharing="各自承担本机构服务费用。",
        )
        contract = access.draft_contract(by=SYSTEM, at=since, first=first, second=second, terms=terms)
        for party in (first, second):
            access.sign_contract(by=SYSTEM, at=since, contract=contract, party=party)

    care = [BedKind.HOME_CARE.value, BedKind.INSTITUTION.value]
    for index, home in enumerate(district.homes):
        for order, hospital in enumerate(district.hospitals, start=1):
            agree(home, hospital, [*care, "HOSPITAL", "PALLIATIVE"], order if index % 2 == 0 else 3 - order)
        agree(home, district.chcs[index % len(district.chcs)], [*care, "HOME_MEDICAL", "PALLIATIVE"], 1)
    for chc in district.chcs:
        for order, hospital in enumerate(district.hospitals, start=1):
            agree(chc, hospital, ["HOSPITAL", "HOME_MEDICAL", "PALLIATIVE"], order)


def _unit(
    since: datetime,
    area: Area,
    kind: str,
    name: str,
    english: str,
    *,
    parent: Organisation | None = None,
    operator_kind: str = "GOVERNMENT",
    chance: Random | None = None,
) -> Organisation:
    place: dict[str, Any] = {}
    if chance is not None:
        place = {
            **place_of(area.code).near(chance),
            "phone": phone(chance),
            "night_contact": f"总值班 {phone(chance)}",
        }
    return access.add_organisation(
        by=SYSTEM,
        at=since,
        kind=kind,
        name_zh=name,
        name_en=english,
        code=_code(kind) if chance is not None else "",
        area=area,
        parent=parent,
        operator_kind=operator_kind,
        member_unit=chance is not None,
        **place,
    )


def _code(kind: str) -> str:
    """A short institution code that can be typed: Y1 for the first care home, H1, C1."""
    letter = {"INSTITUTION": "Y", "HOSPITAL": "H", "CHC": "C"}[kind]
    return f"{letter}{Organisation.objects.filter(code__startswith=letter).count() + 1}"


def _licence(unit: Organisation, filing: str, beds_approved: dict[BedKind, int], since: datetime) -> None:
    access.record_licence(
        by=SYSTEM,
        at=since,
        organisation=unit,
        number=f"示例-{unit.name_zh}",
        filing_kind=filing,
        approved_beds=beds_approved,
        valid_from=since.date(),
        valid_to=date(since.year + 10, 1, 1),
        medical_insurance=filing == "MEDICAL_LICENCE",
        care_insurance=True,
    )


def _rooms(
    unit: Organisation, ward: Any, kind: BedKind, *, rooms: int, each: int, at: datetime, floor: int = 0
) -> None:
    for number in range(rooms):
        label = f"{floor or ward.floor}{number + 1:02d}"
        room = beds.add_room(
            by=SYSTEM, at=at, ward=ward, label=label, couple=kind == "INSTITUTION" and number == 0
        )
        features = ["OXYGEN"] if kind == "HOSPITAL" else (["DEMENTIA_SAFE"] if number % 3 == 2 else [])
        for letter in string.ascii_uppercase[:each]:
            _bed(unit, kind, f"{ward.name}-{label}{letter}", at=at, room=room, features=features)


def _bed(unit: Organisation, kind: BedKind, label: str, *, at: datetime, **fields: Any) -> Bed:
    return beds.open_bed(by=SYSTEM, at=at, unit_id=unit.pk, kind=kind, label=label, **fields)


def _staff(district: District, unit: Organisation, role: str, since: datetime, chance: Random) -> Account:
    """An account of this role at this unit: `care-home-nurse`, the second one `care-home-nurse-2`, and so on."""
    login = role.lower().replace("_", "-")
    district.logins[login] = district.logins.get(login, 0) + 1
    if district.logins[login] > 1:
        login = f"{login}-{district.logins[login]}"
    account = access.add_account(
        by=SYSTEM,
        at=since,
        login=login,
        name=elder_name(chance, female=chance.random() < 0.7, kind=district.place.kind_of_name(chance)).full,
        password=district.password,
        organisation=unit,
        role=role,
        post_title=ROLES[role].zh,
        must_change_password=False,
    )
    district.staff[(unit.pk, role)] = account
    district.names[unit.pk] = unit.name_zh
    return account


Progress = Callable[[str], None]
