"""Which organisations serve the people of an area without any contract, and whom a context may tell of things."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from yiyang.kernel.time import now

from .models import Account, Membership, Organisation
from .organisation_kinds import OrganisationKind
from .roles import ROLES

SUB_DISTRICT = 9


def organisations_serving(area: str) -> dict[UUID, str]:
    """The residents' committee, the sub-district's department and the coordination centre of an area: id → kind.

    A department of the whole district serves by figures, so it is not among them.
    """
    codes = [code for code in (area[:6], area[:9], area[:12]) if code]
    near = Organisation.objects.filter(
        area_id__in=codes,
        active=True,
        kind__in=[
            OrganisationKind.COMMITTEE,
            OrganisationKind.GOVERNMENT,
            OrganisationKind.COORDINATION_CENTRE,
        ],
    )
    return {
        one.pk: one.kind
        for one in near
        if one.kind != OrganisationKind.GOVERNMENT or len(one.area_id) >= SUB_DISTRICT
    }


def accounts_in_role(role: str, area: str) -> list[UUID]:
    """Who works in this role now for the area or one above it, such as the data-protection officers of a district."""
    live = Membership.objects.filter(role=role, period__contains=now(), suspended_at=None)
    codes = [area[:6], area[:9], area[:12]] if area else []
    if codes:
        live = live.filter(Q(area_id__in=codes) | Q(area_id=None, organisation__area_id__in=codes))
    return list(live.order_by("account_id").values_list("account_id", flat=True).distinct())


def roles_at(organisation_id: UUID, permission: str, at: datetime) -> list[str]:
    """The roles with this permission in which somebody works there now."""
    live = Membership.objects.filter(
        organisation_id=organisation_id, period__contains=at, suspended_at=None, account__locked_at=None
    )
    found = live.order_by("role").values_list("role", flat=True).distinct()
    return [role for role in found if permission in ROLES[role].permissions]


def account_of_person(person_id: UUID) -> UUID | None:
    """The account of an elder who has one."""
    return Account.objects.filter(person_id=person_id, locked_at=None).values_list("pk", flat=True).first()


def person_of_account(account_id: UUID) -> UUID | None:
    """The person that an account is, where that is known."""
    return Account.objects.filter(pk=account_id).values_list("person_id", flat=True).first()


def kind_of_account(account_id: UUID) -> str:
    """ELDER, RELATIVE, GUARDIAN or STAFF; empty when it is locked."""
    found = Account.objects.filter(pk=account_id, locked_at=None).values_list("kind", flat=True).first()
    return str(found or "")


def account_named(login: str) -> Account | None:
    """The account behind a whole login name or mobile number told in person; parts of it find nothing."""
    from .queries.family_accounts import account_behind_phone

    found = account_behind_phone(login)
    named = Q(pk=found) if found else Q(login=login.strip().lower())
    return Account.objects.filter(named, locked_at=None).first()


def works_at(account_id: UUID, units: list[UUID], at: datetime) -> bool:
    """Whether this account has a live membership at one of these units."""
    return Membership.objects.filter(
        account_id=account_id, organisation_id__in=units, period__contains=at, suspended_at=None
    ).exists()


def health_centre_of(*areas: str) -> UUID | None:
    """The community health centre of the sub-district, or else of the district; of the first area that has one."""
    centres = Organisation.objects.filter(kind=OrganisationKind.CHC, active=True).order_by("area_id", "pk")
    for area in (code for code in areas if code):
        for length in (SUB_DISTRICT, 6):
            found = centres.filter(area__code__startswith=area[:length]).values_list("pk", flat=True).first()
            if found:
                return found
    return None


def organisations_of(district: str, *kinds: str) -> list[Organisation]:
    """The working organisations of these kinds in a district; none where no district is known."""
    if not district:
        return []
    found = Organisation.objects.filter(kind__in=kinds, active=True, area__code__startswith=district)
    return list(found.order_by("name_zh", "pk"))


def units_below(organisation_id: UUID) -> list[UUID]:
    """The organisation and everything below it: what its members see, whoever's relationship it is."""
    return list(Organisation.objects.under(organisation_id).values_list("pk", flat=True))


def units_above(organisation_id: UUID | None) -> set[UUID]:
    """The organisation and everything above it; nothing for none."""
    path = Organisation.objects.filter(pk=organisation_id).values_list("path", flat=True).first()
    return set(path or ())
