"""A small district with a fixed cast, one of whom is the stranger. Factories say only what matters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from yiyang.access.actors import AccountActor, actor_for
from yiyang.access.bed_kinds import BedKind
from yiyang.access.models import (
    Account,
    Area,
    Contract,
    Licence,
    LicensedBeds,
    Membership,
    Organisation,
)
from yiyang.access.models.contracts import ContractState, Direction
from yiyang.access.tests.kept import Kept
from yiyang.kernel.ids import new_id
from yiyang.kernel.time import now

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "Sunlit-garden-7"
_numbers = count(1)

LICENSED = {
    "HOSPITAL": [BedKind.HOSPITAL, BedKind.PALLIATIVE],
    "CHC": [BedKind.HOME_MEDICAL, BedKind.PALLIATIVE, BedKind.HOSPITAL],
    "INSTITUTION": [BedKind.INSTITUTION, BedKind.HOME_CARE],
    "COMMUNITY_CARE_CENTRE": [BedKind.INSTITUTION],
}


AREAS = [
    Area(code="310106", name="静安区", level="DISTRICT"),
    Area(code="310106006", name="江宁路街道", level="STREET", parent_id="310106"),
]


def area(code: str = "310106006002", name: str = "新安居委会") -> Area:
    """A community with the street and district above it (or just these, by a shorter code)."""
    rows = [
        Area(code=code[:6], name="静安区", level="DISTRICT"),
        Area(code=code[:9], name="江宁路街道", level="STREET", parent_id=code[:6]),
        Area(code=code, name=name, level="COMMUNITY", parent_id=code[:9]),
    ]
    for row in rows[: {6: 1, 9: 2, 12: 3}[len(code)]]:
        Area.objects.get_or_create(
            code=row.code, defaults={"name": row.name, "level": row.level, "parent_id": row.parent_id}
        )
    return Area.objects.get(pk=code)


def organisation(
    name: str = "", kind: str = "INSTITUTION", *, parent: Organisation | None = None, **fields: Any
) -> Organisation:
    """An organisation; units that run beds get a licence for the kinds usual for them."""
    number = next(_numbers)
    licensed = fields.pop("licensed", LICENSED.get(kind, []))
    fields.setdefault("area", None)
    fields["area"] = fields["area"] or area("310106006")
    new = Organisation(
        name_zh=name or f"第{number}养老院", kind=kind, parent=parent, member_unit=True, **fields
    )
    new.path = [*(parent.path if parent else []), new.pk]
    new.save()
    if licensed:
        licence(new, licensed)
    return new


def licence(unit: Organisation, kinds: list[BedKind], *, approved_beds: int = 200, **fields: Any) -> Licence:
    fields.setdefault("number", f"LIC-{next(_numbers)}")
    fields.setdefault("filing_kind", "CARE_FILING" if unit.kind == "INSTITUTION" else "MEDICAL_LICENCE")
    fields.setdefault("valid", DateRange(date(2020, 1, 1), date(2040, 1, 1)))
    new = Licence.objects.create(organisation=unit, recorded_at=LONG_AGO, **fields)
    for kind in kinds:
        LicensedBeds.objects.create(licence=new, kind=kind, approved_beds=approved_beds)
    return new


def account(name: str = "", **fields: Any) -> Account:
    new = _account(name, **fields)
    new.save()
    return new


def _account(name: str = "", **fields: Any) -> Account:
    number = next(_numbers)
    fields.setdefault("login", f"user{number}")
    new = Account(name=name or f"员工{number}", created_at=LONG_AGO, **fields)
    new.set_password(PASSWORD)
    return new


def membership(
    of: Account, organisation: Organisation, role: str, *, since: datetime = LONG_AGO, **fields: Any
) -> Membership:
    fields.setdefault("period", DateTimeTZRange(since, None))
    return Membership.objects.create(
        account=of, organisation=organisation, role=role, created_at=since, **fields
    )


def actor(role: str = "CARE_HOME_NURSE", at: Organisation | None = None, **fields: Any) -> AccountActor:
    """Somebody who acts in this role at this organisation."""
    of = account(**{key: fields.pop(key) for key in ("name", "login") if key in fields})
    membership(of, at or organisation(), role, **fields)
    made = actor_for(of, now())
    made.forget_reach()  # an actor lives for one request; a test's lives on while units are founded
    return made


def family(kind: str = "ELDER", *, person_id: Any = None, name: str = "") -> AccountActor:
    """An elder, relative or guardian: an account without a membership."""
    return actor_for(account(name, kind=kind, person_id=person_id or new_id()), now())


def contract(
    first: Organisation,
    second: Organisation,
    *,
    kinds: list[BedKind] | None = None,
    directions: tuple[Direction, ...] = (Direction.OUT, Direction.BACK),
    state: ContractState = ContractState.SIGNED,
    **fields: Any,
) -> Contract:
    fields.setdefault("valid", DateRange(date(2020, 1, 1), date(2040, 1, 1)))
    if state != ContractState.DRAFT:
        for party in ("first", "second"):
            fields.setdefault(f"{party}_signed_at", LONG_AGO)
            fields.setdefault(f"{party}_signed_by", new_id())
    return Contract.objects.create(
        first=first,
        second=second,
        bed_kinds=kinds or list(BedKind),
        directions=list(directions),
        state=state,
        created_at=LONG_AGO,
        **fields,
    )


@dataclass
class Cast:
    """Six organisations and one account for each part; the stranger is a nurse of another operator."""

    hospital: Organisation
    care_home: Organisation
    other_home: Organisation
    chc: Organisation
    centre: Organisation
    government: Organisation
    contract: Contract
    by_role: dict[str, AccountActor] = field(default_factory=dict)

    def __getattr__(self, name: str) -> AccountActor:
        try:
            return self.__dict__["by_role"][name]
        except KeyError:
            raise AttributeError(name) from None


HOME_ROLES = ("CARE_WORKER", "CARE_HOME_NURSE", "CARE_HOME_MANAGER", "NIGHT_DUTY_OFFICER")
HOSPITAL_ROLES = ("WARD_DOCTOR", "ADMISSION_OFFICE", "HEAD_NURSE", "PALLIATIVE_TEAM")
CHC_ROLES = ("FAMILY_DOCTOR", "HOME_BED_DOCTOR", "HOME_BED_NURSE")
CENTRE_ROLES = ("COORDINATOR", "ADVISER", "ASSESSOR", "COMMITTEE_WORKER")
GOVERNMENT_ROLES = (
    "SUPERVISOR_CIVIL_AFFAIRS",
    "SUPERVISOR_HEALTH",
    "SUPERVISOR_INSURANCE",
    "SUPERVISOR_STATISTICS",
    "DATA_PROTECTION_OFFICER",
    "SYSTEM_ADMINISTRATOR",
    "SECURITY_ADMINISTRATOR",
    "AUDIT_ADMINISTRATOR",
)


def _actors(at: dict[str, tuple[str, Organisation]]) -> dict[str, AccountActor]:
    """Name → actor in this role at this organisation, with few statements: nearly every test asks for them."""
    accounts = [_account(login=name.replace("_", "-")) for name in at]
    memberships = [
        Membership(
            account=of,
            organisation=where,
            role=role,
            created_at=LONG_AGO,
            period=DateTimeTZRange(LONG_AGO, None),
        )
        for of, (role, where) in zip(accounts, at.values(), strict=True)
    ]
    Account.objects.bulk_create(accounts)
    Membership.objects.bulk_create(memberships)
    made = {name: AccountActor(one.account, one) for name, one in zip(at, memberships, strict=True)}
    for one in made.values():
        one.__dict__["memberships"] = [one.membership]
    return made


def _cast() -> Cast:
    Area.objects.bulk_create(AREAS, ignore_conflicts=True)
    district = area("310106")
    hospital = organisation("区中心医院", "HOSPITAL", code="H1")
    home = organisation("阳光养老院", "INSTITUTION", code="Y1")
    other = organisation("金辉养老院", "INSTITUTION", code="Y2", operator_kind="ENTRUSTED")
    chc = organisation("江宁路社区卫生服务中心", "CHC", code="C1")
    centre = organisation("区五床联动协调中心", "COORDINATION_CENTRE", area=district)
    government = organisation("区民政局", "GOVERNMENT", area=district)
    made = Cast(hospital, home, other, chc, centre, government, contract(home, hospital))
    contract(home, chc)
    at = {
        role.lower(): (role, where)
        for where, roles in (
            (home, HOME_ROLES),
            (hospital, HOSPITAL_ROLES),
            (chc, CHC_ROLES),
            (centre, CENTRE_ROLES),
            (government, GOVERNMENT_ROLES),
        )
        for role in roles
    }
    at |= {"stranger": ("CARE_HOME_NURSE", other), "other_manager": ("CARE_HOME_MANAGER", other)}
    made.by_role.update(_actors(at))
    made.by_role["other_elder"] = family()
    made.by_role["unemployed"] = actor_for(account(login="unemployed"), now())
    return made


_kept_cast = Kept(_cast)


def cast() -> Cast:
    """The fixed cast. Each role is an attribute in lower case: `cast().care_home_nurse`.

    Besides: `stranger` (nurse of the other operator's home), `other_manager`, `other_elder`, `unemployed`.
    """
    return _kept_cast()


def yesterday() -> datetime:
    return now() - timedelta(days=1)
