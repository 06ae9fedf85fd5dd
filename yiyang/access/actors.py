"""Who acts: an account under ONE membership, an elder or relative without one, or nobody yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from .models import Account, Membership, Organisation
from .permissions import Permission
from .roles import ROLES, Role, Scope
from .sight import has_sight


@dataclass
class AccountActor:
    """An account acting in one capacity. `token_id` is set when it came by the API."""

    account: Account
    membership: Membership | None = None
    token_id: UUID | None = None
    sees_all: bool = field(default=False, init=False)
    open_notices: int | None = field(default=None, init=False)

    @property
    def account_id(self) -> UUID:
        return self.account.pk

    @property
    def membership_id(self) -> UUID | None:
        return self.membership.pk if self.membership else None

    @property
    def person_id(self) -> UUID | None:
        """The person that this account is, when it is not a member of staff at work."""
        return None if self.membership else self.account.person_id

    @property
    def organisation_id(self) -> UUID | None:
        return self.membership.organisation_id if self.membership else None

    @property
    def organisation(self) -> Organisation | None:
        return self.membership.organisation if self.membership else None

    @property
    def role(self) -> str:
        if self.membership:
            return self.membership.role
        return "NONE" if self.account.kind == "STAFF" else self.account.kind

    @property
    def role_of(self) -> Role | None:
        return ROLES.get(self.role)

    @property
    def label(self) -> str:
        if not self.membership:
            return self.account.name
        return f"{self.account.name} · {self.membership.post_title or self.membership.role_of.zh}"

    @property
    def permissions(self) -> frozenset[Permission]:
        return self.role_of.permissions if self.role_of else frozenset()

    @property
    def reads_records(self) -> bool:
        """Administrators and supervisors never read records, whatever relationship exists."""
        return bool(self.role_of and self.role_of.reads_records)

    @property
    def area(self) -> str:
        """The code of the area that the membership is for; every code below begins with it."""
        if not self.membership:
            return ""
        return self.membership.area_id or self.membership.organisation.area_id

    @property
    def district(self) -> str:
        return self.area[:6]

    @cached_property
    def organisation_ids(self) -> frozenset[UUID]:
        """The membership's organisation and everything below it in the tree."""
        if not self.membership:
            return frozenset()
        return frozenset(
            Organisation.objects.under(self.membership.organisation_id)
            .order_by()
            .values_list("pk", flat=True)
        )

    @cached_property
    def reach(self) -> frozenset[UUID]:
        """The organisations in which the role's permissions count."""
        if not self.role_of or not self.membership:
            return frozenset()
        if self.role_of.scope in (Scope.AREA, Scope.FIGURES):
            in_area = Organisation.objects.in_area(self.area).values_list("pk", flat=True)
            return self.organisation_ids | frozenset(in_area)
        return self.organisation_ids

    def forget_reach(self) -> None:
        """The tree has changed: flatten it again when next asked."""
        self.__dict__.pop("organisation_ids", None)
        self.__dict__.pop("reach", None)

    def may(self, permission: str, within: UUID | None = None) -> bool:
        if permission == Permission.USE_OWN_ACCOUNT:
            return True
        if permission not in self.permissions or self.role_of is None:
            return False
        if within is None or self.role_of.scope is Scope.SELF:
            return True
        return within in self.reach

    def sees(self, person_id: UUID) -> bool:
        return self.reads_records and has_sight(self, person_id)


@dataclass(frozen=True)
class Nobody:
    """A visitor who has not signed in."""

    account_id: None = None
    membership_id: None = None
    person_id: None = None
    organisation_id: None = None
    role: str = "NONE"
    area: str = ""
    district: str = ""
    organisation_ids: frozenset[UUID] = frozenset()
    reach: frozenset[UUID] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    sees_all: bool = False
    reads_records: bool = False

    @property
    def label(self) -> str:
        return _("a visitor")

    def may(self, permission: str, within: UUID | None = None) -> bool:
        return False

    def sees(self, person_id: UUID) -> bool:
        return False


NOBODY = Nobody()


def live_memberships(account: Account, at: datetime) -> list[Membership]:
    """What the account may act as now, the newest first."""
    return list(
        Membership.objects.filter(account=account, period__contains=at, suspended_at=None)
        .filter(organisation__active=True)
        .select_related("organisation", "area")
        .order_by("-period", "id")
    )


def at_home(account: Account) -> AccountActor:
    """An elder or relative who came by telephone or card: never as staff, whatever the account may hold."""
    actor = AccountActor(account)
    actor.__dict__["memberships"] = []
    return actor


def actor_for(account: Account, at: datetime, membership_id: str | None = None) -> AccountActor:
    """The actor for an account: under the chosen membership if it is live, else under the newest."""
    live = live_memberships(account, at)
    chosen = next((one for one in live if str(one.pk) == membership_id), None)
    actor = AccountActor(account, chosen or (live[0] if live else None))
    actor.__dict__["memberships"] = live
    return actor
