"""Who acts: an account under ONE membership, an elder or relative without one, or nobody yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, DateTimeField, OuterRef, QuerySet, UUIDField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from yiyang.kernel.prepared import Asked, Given
from yiyang.kernel.time import now

from .models import Account, Membership, Organisation
from .oauth.app import App
from .permissions import Permission
from .purposes import Purpose
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
    app: App | None = field(default=None, init=False)
    """Through which it came, where that is a registered program or app."""
    purpose: str = field(default=Purpose.CARE, init=False)
    """What for it acts: what was registered of its token or program, else care."""

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
    def client_id(self) -> UUID | None:
        return self.app.client_id if self.app else None

    @property
    def label(self) -> str:
        by = f"（{self.app.name[:40]}）" if self.app else ""
        if not self.membership:
            return self.account.name + by
        return f"{self.account.name} · {self.membership.post_title or self.membership.role_of.zh}{by}"

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
        if hasattr(self.membership, "below"):  # came with the membership, in one statement
            return frozenset(self.membership.below)
        return frozenset(_below(self.membership.organisation_id))

    @cached_property
    def reach(self) -> frozenset[UUID]:
        """The organisations in which the role's permissions count."""
        if not self.role_of or not self.membership:
            return frozenset()
        if self.role_of.scope not in OF_AREA:
            return self.organisation_ids
        if hasattr(self.membership, "in_area"):
            return self.organisation_ids | frozenset(self.membership.in_area)
        return self.organisation_ids | frozenset(_in_area(self.area))

    def forget_reach(self) -> None:
        """The tree has changed: flatten it again when next asked."""
        if self.membership:
            self.membership.__dict__.pop("below", None)
            self.membership.__dict__.pop("in_area", None)
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


@dataclass(kw_only=True)
class AssistedActor(AccountActor):
    """An elder, relative or guardian who is served at a counter or by telephone, for one person alone.

    It may do and see what that elder or relative could, and nothing of the account itself. Who really acts is
    the `assistant`; facts carry both, and `assistance` says for whom, how, and how identity was checked.
    """

    assistant: AccountActor
    assistance: dict[str, Any]
    as_role: str
    only: UUID
    how: str

    @property
    def person_id(self) -> UUID | None:
        return self.account.person_id if self.as_role == "ELDER" else None

    @property
    def role(self) -> str:
        return self.as_role

    @property
    def label(self) -> str:
        return f"{self.account.name[:30]}（{self.how}：{self.assistant.label[:70]}）"

    def may(self, permission: str, within: UUID | None = None) -> bool:
        return permission != Permission.USE_OWN_ACCOUNT and super().may(permission, within)


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


def live_memberships(account_id: UUID, at: datetime) -> list[Membership]:
    """What the account may act as now, the newest first, and which organisations each reaches."""
    return _LIVE.objects(account=account_id, at=at)


def _live() -> QuerySet[Membership, Any]:
    reaches = When(role__in=ROLES_OF_AREA, then=ArraySubquery(_in_area(_AREA)))
    account, at = Given("account", UUIDField()), Given("at", DateTimeField())
    return (
        Membership.objects.filter(account=account, period__contains=at, suspended_at=None)
        .filter(organisation__active=True)
        .select_related("account", "organisation", "area")
        .annotate(below=ArraySubquery(_below(OuterRef("organisation_id"))))
        .annotate(in_area=Case(reaches, default=Value([], ArrayField(UUIDField()))))
        .order_by("-period", "id")
    )


_LIVE = Asked(_live)


OF_AREA = (Scope.AREA, Scope.FIGURES)
ROLES_OF_AREA = [code for code, role in ROLES.items() if role.scope in OF_AREA]
_AREA = Coalesce(OuterRef("area_id"), OuterRef("organisation__area_id"))


def _below(root: UUID | OuterRef) -> QuerySet[Organisation, Any]:
    """The organisation and everything below it, by their keys."""
    return Organisation.objects.under(root).order_by().values_list("pk", flat=True)


def _in_area(code: str | Coalesce) -> QuerySet[Organisation, Any]:
    return Organisation.objects.in_area(code).order_by().values_list("pk", flat=True)


class KnownAccounts(AuthenticationBackend):
    """The account of a session comes with what it may act as: one statement for both."""

    def get_user(self, user_id: Any) -> Account | None:
        live = live_memberships(user_id, now())
        if not live:
            return super().get_user(user_id)
        account = live[0].account
        account.live = live  # for `actor_for`, once
        return account if self.user_can_authenticate(account) else None


def at_home(account: Account) -> AccountActor:
    """An elder or relative who came by telephone or card: never as staff, whatever the account may hold."""
    actor = AccountActor(account)
    actor.__dict__["memberships"] = []
    return actor


def every_actor(account_id: UUID, at: datetime) -> list[AccountActor]:
    """All that an account may act as now: at home, and in each of its memberships; nothing when it is locked."""
    account = Account.objects.filter(pk=account_id, locked_at=None).first()
    if account is None:
        return []
    return [at_home(account), *(AccountActor(account, one) for one in live_memberships(account_id, at))]


def actor_for(account: Account, at: datetime, membership_id: str | None = None) -> AccountActor:
    """The actor for an account: under the chosen membership if it is live, else under the newest."""
    live = getattr(
        account, "live", None
    )  # by name: a request's account is a lazy stand-in with a __dict__ of its own
    if live is None:
        live = live_memberships(account.pk, at)
    else:
        del account.live
    chosen = next((one for one in live if str(one.pk) == membership_id), None)
    actor = AccountActor(account, chosen or (live[0] if live else None))
    actor.__dict__["memberships"] = live
    return actor


def in_same_capacity(
    account_id: UUID, membership_id: UUID | None, at: datetime, purpose: str = Purpose.CARE
) -> AccountActor | None:
    """An account as it acted when it asked for something that takes a while; None when it may not act so any more."""
    account = Account.objects.filter(pk=account_id, locked_at=None).first()
    if account is None:
        return None
    live = None
    if membership_id is not None:
        live = next((one for one in live_memberships(account_id, at) if one.pk == membership_id), None)
        if live is None:
            return None
    actor = AccountActor(account, live)
    actor.purpose = purpose
    return actor
