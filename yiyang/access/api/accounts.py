"""The JSON API of accounts and of the roles they hold, for those in charge of them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.kernel.api import (
    Answer,
    Example,
    Flag,
    Id,
    Instant,
    Line,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now

from .. import commands, queries
from ..models import Account, Membership
from ..models.accounts import AccountKind
from ..permissions import Permission
from ..roles import STAFF_ROLES
from .shown import ACCOUNT, HOME, MEMBERSHIP, Party, own_unit, party

routes = Routes("accounts")
Role = Annotated[str, OneOf([role.code for role in STAFF_ROLES])]
Password = Annotated[str, OneLine(128, 1), Field(description="the first one; its owner chooses another")]


class AccountShown(Shown):
    example: ClassVar[Example] = {
        "id": ACCOUNT, "login": "nurse-li", "name": "李敏", "kind": "STAFF", "created_at": "2026-01-01T01:00:00Z",
        "must_change_password": False, "locked_at": None, "lock_reason": "",
    }  # fmt: skip

    id: Id
    login: str
    name: str
    kind: Annotated[str, OneOf(AccountKind)]
    created_at: Instant
    must_change_password: bool
    locked_at: Instant | None
    lock_reason: str


class AccountNamed(Shown):
    id: Id
    login: str
    name: str


class MembershipShown(Shown):
    """An account works for an organisation in a role, for a period."""

    example: ClassVar[Example] = {
        "id": MEMBERSHIP, "account": {"id": ACCOUNT, "login": "nurse-li", "name": "李敏"},
        "organisation": {"id": HOME, "name": "阳光养老院"}, "role": "CARE_HOME_NURSE", "post_title": "护士长",
        "area": None, "since": "2026-01-01T01:00:00Z", "until": None, "suspended_at": None,
    }  # fmt: skip

    id: Id
    account: AccountNamed
    organisation: Party
    role: Role
    post_title: str
    area: Annotated[
        str | None, Field(description="an area within the organisation's own, for which alone it is")
    ]
    since: Instant
    until: Instant | None
    suspended_at: Instant | None


class AccountFilter(Paging):
    search: Annotated[Line, Field(description="part of the login name or of the name")] = ""
    locked: Flag | None = None


class MembershipFilter(Paging):
    account: Id | None = None
    organisation: Id | None = None
    role: Role | None = None
    live: Annotated[Flag | None, Field(description="true: those that hold now or will")] = None


class AddAccount(Told):
    example: ClassVar[Example] = {
        "organisation": HOME, "login": "nurse-li", "name": "李敏", "password": "hvmk4-qtrx7-pjdn3",
        "role": "CARE_HOME_NURSE", "post_title": "护士长",
    }  # fmt: skip

    organisation: Id
    login: Annotated[str, OneLine(40, 1)]
    name: Annotated[str, OneLine(80, 1)]
    password: Password
    role: Role
    post_title: Annotated[str, OneLine(60)] = ""


class AddMembership(Told):
    example: ClassVar[Example] = {"organisation": HOME, "role": "NIGHT_DUTY_OFFICER", "post_title": "总值班"}

    organisation: Id
    role: Role
    post_title: Annotated[str, OneLine(60)] = ""
    area: Annotated[str, OneLine(12, 6)] | None = None
    until: Instant | None = None


class AccountReason(Told):
    example: ClassVar[Example] = {"reason": "离职"}

    reason: Annotated[Sentence, Field(max_length=200)]


class ResetPassword(Told):
    example: ClassVar[Example] = {"password": "hvmk4-qtrx7-pjdn3"}

    password: Password


class NothingTold(Told):
    example: ClassVar[Example] = {}


@routes.get("/accounts", shows=Page[AccountShown])
def accounts(request: Any, asked: Query[AccountFilter]) -> Answer:
    """Accounts of those who work in your units, for those in charge of accounts."""
    _in_charge(request)
    rows = queries.accounts(request.actor, asked.search)
    if asked.locked is not None:
        rows = rows.filter(locked_at__isnull=not asked.locked)
    items, marker, _rows = page(
        rows, asked, by=("login", "id"), show=lambda found: [_account(one) for one in found]
    )
    return Answer(Page[AccountShown](items=items, next=marker))


@routes.post("/accounts", shows=AccountShown, status=201, matches="")
def add_account(request: Any, body: AddAccount) -> Answer:
    """Add an account with its first role; at the first sign-in its owner must choose another password."""
    unit = own_unit(request, "organisation", body.organisation)
    told = body.model_dump(exclude={"organisation"})
    made = commands.add_account(by=request.actor, at=now(), organisation=unit, **told)
    return Answer(_account(made), location=f"/api/accounts/{made.pk}")


@routes.get("/accounts/{account_id}", shows=AccountShown)
def read_account(request: Any, account_id: Id) -> Answer:
    """One account; its roles are under /memberships."""
    return Answer(_account(queries.account(request.actor, account_id)))


@routes.post("/accounts/{account_id}/lock", shows=AccountShown, matches="")
def lock_account(request: Any, account_id: Id, body: AccountReason) -> Answer:
    """Nobody signs in with it; open sessions and tokens stop at once."""
    return _account_act(request, account_id, body, commands.lock_account)


@routes.post("/accounts/{account_id}/unlock", shows=AccountShown, matches="")
def unlock_account(request: Any, account_id: Id, body: NothingTold) -> Answer:
    """The account can be used again; tokens that were stopped stay so."""
    return _account_act(request, account_id, body, commands.unlock_account)


@routes.post("/accounts/{account_id}/reset-password", shows=AccountShown, matches="")
def reset_password(request: Any, account_id: Id, body: ResetPassword) -> Answer:
    """Set a new first password; open sessions end."""
    return _account_act(request, account_id, body, commands.reset_password)


@routes.get("/memberships", shows=Page[MembershipShown])
def memberships(request: Any, asked: Query[MembershipFilter]) -> Answer:
    """Who works in your units in which role, the latest first."""
    _in_charge(request)
    rows = queries.staff(request.actor, at=now() if asked.live else None)
    if asked.live is False:
        rows = rows.exclude(pk__in=queries.staff(request.actor, at=now()).values("pk"))
    if asked.account:
        rows = rows.filter(account=asked.account)
    if asked.organisation:
        rows = rows.filter(organisation=asked.organisation)
    if asked.role:
        rows = rows.filter(role=asked.role)
    items, marker, _rows = page(
        rows, asked, by=("-created_at", "-id"), show=lambda found: [_membership(one) for one in found]
    )
    return Answer(Page[MembershipShown](items=items, next=marker))


@routes.post("/accounts/{account_id}/memberships", shows=MembershipShown, status=201, matches="")
def add_membership(request: Any, account_id: Id, body: AddMembership) -> Answer:
    """Give an account another role; administrators' roles are the security administrator's to give."""
    account = queries.account(request.actor, account_id)
    unit = own_unit(request, "organisation", body.organisation)
    code = body.area
    area = named("area", lambda: queries.area(code)) if code else None
    told = body.model_dump(exclude={"organisation", "area"})
    made = commands.add_membership(
        by=request.actor, at=now(), account=account, organisation=unit, area=area, **told
    )
    return Answer(_membership(made))


@routes.post("/memberships/{membership_id}/end", shows=MembershipShown, matches="")
def end_membership(request: Any, membership_id: Id, body: AccountReason) -> Answer:
    """The account no longer acts in this role; what it did stays."""
    return _membership_act(request, membership_id, body, commands.end_membership)


@routes.post("/memberships/{membership_id}/suspend", shows=MembershipShown, matches="")
def suspend_membership(request: Any, membership_id: Id, body: AccountReason) -> Answer:
    """Until it is resumed the account cannot act in this role."""
    return _membership_act(request, membership_id, body, commands.suspend_membership)


@routes.post("/memberships/{membership_id}/resume", shows=MembershipShown, matches="")
def resume_membership(request: Any, membership_id: Id, body: NothingTold) -> Answer:
    """The account can act in this role again."""
    return _membership_act(request, membership_id, body, commands.resume_membership)


def _in_charge(request: Any) -> None:
    if not any(request.actor.may(one) for one in (Permission.MANAGE_ACCOUNTS, Permission.MANAGE_SECURITY)):
        raise NotAllowed


def _account_act(request: Any, account_id: UUID, body: Told, command: Any) -> Answer:
    account = queries.account(request.actor, account_id)
    command(by=request.actor, at=now(), account=account, **body.model_dump())
    return Answer(_account(queries.account(request.actor, account_id)))


def _membership_act(request: Any, membership_id: UUID, body: Told, command: Any) -> Answer:
    _in_charge(request)
    membership = queries.membership(request.actor, membership_id)
    command(by=request.actor, at=now(), membership=membership, **body.model_dump())
    return Answer(_membership(queries.membership(request.actor, membership_id)))


def _account(one: Account) -> AccountShown:
    return AccountShown.model_validate(one)


def _membership(one: Membership) -> MembershipShown:
    return MembershipShown(
        id=one.pk,
        account=AccountNamed.model_validate(one.account),
        organisation=party(one.organisation),
        role=one.role,
        post_title=one.post_title,
        area=one.area_id,
        since=one.period.lower,
        until=one.period.upper,
        suspended_at=one.suspended_at,
    )
