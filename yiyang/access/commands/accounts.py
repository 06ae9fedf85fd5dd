"""Accounts and memberships. A password is set by a person in charge once, and changed by its owner."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import InvalidInput, NotAllowed, NotFound, Refusal, refuses

from ..actors import AccountActor
from ..models import Account, ApiToken, Area, Membership, Organisation
from ..models.accounts import AccountKind
from ..permissions import Permission
from ..refusals import FieldNeeded, PeriodEndsBeforeItStarts
from ..roles import ROLES, Scope
from ..rules import clash, needs_security_administrator, role_belongs
from ..texts import line, reason_of
from .notices import SYSTEM_ONLY, notify

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


class LoginTaken(Refusal):
    message = _("The login name “{login}” is taken. Choose another one.")


class LoginNotPlain(Refusal):
    message = _(
        "A login name has 3 to 40 small letters, digits, dots or hyphens, and begins with a letter or digit."
    )
    status = 422


class PasswordTooWeak(Refusal):
    message = _("This password is too weak: {why}")
    status = 422


class PersonHasAccount(Refusal):
    message = _("This person has an account already. Reset its password instead.")


class RoleNotHere(Refusal):
    message = _("The role “{role}” does not exist in this kind of organisation. Choose one from the list.")
    status = 422


class RolesClash(Refusal):
    message = _(
        "System, security and audit administrators are three separate people, and none of them reads records. "
        "Use another account for this role."
    )


class MembershipOverlaps(Refusal):
    message = _("This account has this role here already for part of the period. End that one first.")


class WorksElsewhereToo(Refusal):
    message = _("This account also works for another unit. Ask the district's system administrator.")
    status = 403


class NotYourself(Refusal):
    message = _("You cannot do this to your own account. Ask another person in charge.")


class AlreadySo(Refusal):
    message = _("This is so already. Look at the current state, then decide again.")


@refuses("account_login_once")
def _login_taken(given: dict[str, Any]) -> Refusal:
    return LoginTaken(login=given.get("login"), field="login")


@refuses("account_login_plain")
def _login_not_plain(given: dict[str, Any]) -> Refusal:
    return LoginNotPlain(field="login")


@refuses("account_once_per_person")
def _person_has_account(given: dict[str, Any]) -> Refusal:
    return PersonHasAccount()


@refuses("membership_not_twice")
def _membership_overlaps(given: dict[str, Any]) -> Refusal:
    return MembershipOverlaps(field="role")


@command(
    Permission.MANAGE_ACCOUNTS,
    within=lambda organisation=None, **_given: organisation.pk if organisation else ANYWHERE,
)
def add_account(
    *,
    by: Actor,
    at: datetime,
    login: str,
    name: str,
    password: str,
    organisation: Organisation | None = None,
    role: str = "",
    post_title: str = "",
    kind: str = AccountKind.STAFF,
    person_id: UUID | None = None,
    must_change_password: bool = True,
) -> Account:
    """An account, with its first membership when `organisation` and `role` are given.

    Without an organisation it belongs to nobody yet: only those in charge of a whole area make such accounts.
    """
    if organisation is None and not by.sees_all and ROLES[by.role].scope is not Scope.AREA:
        raise NotAllowed
    login = login.strip().lower()
    if not LOGIN.fullmatch(login):
        raise LoginNotPlain(field="login")
    name = line(name, "name", 80)
    if not name:
        raise FieldNeeded(name=_("name"), field="name")
    account = Account(
        login=login, name=name, kind=kind, person_id=person_id, created_at=at,
        must_change_password=must_change_password, density="staff" if kind == AccountKind.STAFF else "elder",
    )  # fmt: skip
    _set_password(account, password)
    account.save(force_insert=True)
    record("account.added", by=by, at=at, subject=account, login=login, kind=kind)
    if organisation and role:
        add_membership(
            by=by, at=at, account=account, organisation=organisation, role=role, post_title=post_title
        )
    return account


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def add_membership(
    *,
    by: Actor,
    at: datetime,
    account: Account,
    organisation: Organisation,
    role: str,
    post_title: str = "",
    area: Area | None = None,
    until: datetime | None = None,
) -> Membership:
    """The account works here in this role from now on. Administrators' roles are the security
    administrator's to give, all others the person's in charge of accounts."""
    _may_grant(by, role, organisation)
    if not role_belongs(role, organisation.kind):
        raise RoleNotHere(role=ROLES[role].name if role in ROLES else role, field="role")
    if area and not area.code.startswith(organisation.area_id):
        raise InvalidInput(problem=_("The area lies outside the organisation's own."), field="area")
    if until and until <= at:
        raise PeriodEndsBeforeItStarts(field="until")
    held = set(_live(account, at).values_list("role", flat=True))
    if clash(held | {role}):
        raise RolesClash(field="role")
    membership = Membership.objects.create(
        account=account, organisation=organisation, role=role, post_title=line(post_title, "post_title", 60), area=area,
        period=DateTimeTZRange(at, until), created_at=at, created_by=by.account_id,
    )  # fmt: skip
    record(
        "membership.added", by=by, at=at, subject=membership,
        account=account, organisation=organisation, role=role, until=until,
    )  # fmt: skip
    return membership


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def end_membership(*, by: Actor, at: datetime, membership: Membership, reason: str = "") -> Membership:
    """From now on the account no longer acts in this role; what it did stays."""
    current = _lock(by, membership)
    if current.period.upper and current.period.upper <= at:
        raise AlreadySo
    current.period = DateTimeTZRange(current.period.lower, max(at, current.period.lower))
    if current.period.isempty or current.period.lower == current.period.upper:
        raise PeriodEndsBeforeItStarts
    current.save(update_fields=["period"])
    _drop_tokens(by, at, membership=current)
    record("membership.ended", by=by, at=at, subject=current, account=current.account_id, reason=reason)
    return current


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def suspend_membership(*, by: Actor, at: datetime, membership: Membership, reason: str) -> Membership:
    current = _lock(by, membership)
    if current.suspended_at:
        raise AlreadySo
    current.suspended_at, current.suspended_by = at, by.account_id
    current.save(update_fields=["suspended_at", "suspended_by"])
    record("membership.suspended", by=by, at=at, subject=current, account=current.account_id, reason=reason)
    return current


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def resume_membership(*, by: Actor, at: datetime, membership: Membership) -> Membership:
    current = _lock(by, membership)
    if not current.suspended_at:
        raise AlreadySo
    current.suspended_at = current.suspended_by = None
    current.save(update_fields=["suspended_at", "suspended_by"])
    record("membership.resumed", by=by, at=at, subject=current, account=current.account_id)
    return current


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def reset_password(*, by: Actor, at: datetime, account: Account, password: str) -> Account:
    """A new first password, to be changed at the next sign-in; open sessions end."""
    if by.account_id == account.pk:
        raise NotYourself
    _may_administer(by, account, at)
    _set_password(account, password)
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    record("account.password_reset", by=by, at=at, subject=account)
    notify(by=by, at=at, subject="access.password_reset", account=account)
    return account


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def lock_account(*, by: Actor, at: datetime, account: Account, reason: str) -> Account:
    """Nobody signs in with it, open sessions end at once, its tokens stop."""
    if by.account_id == account.pk:
        raise NotYourself
    reason = reason_of(reason)
    _may_administer(by, account, at)
    if account.locked_at:
        raise AlreadySo
    account.locked_at, account.locked_by, account.lock_reason = at, by.account_id, reason
    account.save(update_fields=["locked_at", "locked_by", "lock_reason"])
    _drop_tokens(by, at, account=account)
    record("account.locked", by=by, at=at, subject=account, reason=reason)
    return account


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def unlock_account(*, by: Actor, at: datetime, account: Account) -> Account:
    _may_administer(by, account, at)
    if not account.locked_at:
        raise AlreadySo
    account.locked_at, account.locked_by, account.lock_reason = None, None, ""
    account.save(update_fields=["locked_at", "locked_by", "lock_reason"])
    record("account.unlocked", by=by, at=at, subject=account)
    return account


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def change_own_password(*, by: AccountActor, at: datetime, password: str) -> Account:
    """The owner chose a new password (the old one was asked for on the page)."""
    account = by.account
    _set_password(account, password)
    account.must_change_password = False
    account.save(update_fields=["password", "must_change_password"])
    record("account.password_changed", by=by, at=at, subject=account)
    return account


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def switch_membership(*, by: AccountActor, at: datetime, membership: Membership) -> Membership:
    """From now on in this session the account acts under another of its memberships."""
    if membership.account_id != by.account_id or not _live(by.account, at).filter(pk=membership.pk).exists():
        raise NotFound
    record("account.switched_membership", by=by, at=at, subject=membership, role=membership.role)
    return membership


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def record_sign_in(*, by: AccountActor, at: datetime) -> None:
    record("account.signed_in", by=by, at=at, subject=by.account)


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def record_sign_out(*, by: AccountActor, at: datetime) -> None:
    record("account.signed_out", by=by, at=at, subject=by.account)


@command(SYSTEM_ONLY, within=ANYWHERE)
def record_failed_sign_in(*, by: Actor = SYSTEM, at: datetime, login: str) -> None:
    """Kept with the account when there is one; what else was typed may be a password, so it is not kept."""
    account = Account.objects.filter(login=login.strip().lower()[:40]).first()
    record("account.sign_in_failed", by=by, at=at, subject=account, known=account is not None)


def _set_password(account: Account, password: str) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise PasswordTooWeak(why=" ".join(error.messages), field="password")
    account.set_password(password)


def _live(account: Account, at: datetime) -> Any:
    return Membership.objects.filter(account=account, period__contains=at)


def _lock(by: Actor, membership: Membership) -> Membership:
    current = Membership.objects.select_for_update(no_key=True, of=("self",)).get(pk=membership.pk)
    _may_grant(by, current.role, current.organisation)
    return current


def _may_grant(by: Actor, role: str, organisation: Organisation) -> None:
    needed = Permission.MANAGE_ACCOUNTS
    if role in ROLES and needs_security_administrator(role):
        needed = Permission.MANAGE_SECURITY
    if not by.may(needed, organisation.pk):
        raise NotAllowed


def _may_administer(by: Actor, account: Account, at: datetime) -> None:
    """All that the account can act as must lie within the actor's reach, or a reset would open other units."""
    if by.sees_all:
        return
    live = list(_live(account, at).select_related("organisation"))
    powerful = any(needs_security_administrator(one.role) for one in live)
    needed = Permission.MANAGE_SECURITY if powerful else Permission.MANAGE_ACCOUNTS
    if by.may(Permission.MANAGE_SECURITY):
        needed = Permission.MANAGE_SECURITY
    if not live and ROLES[by.role].scope is not Scope.AREA:
        raise NotAllowed
    within = [by.may(needed, one.organisation_id) for one in live] or [by.may(needed)]
    if not any(within):
        raise NotAllowed
    if not all(within):
        raise WorksElsewhereToo


def _drop_tokens(by: Actor, at: datetime, **whose: Any) -> None:
    ApiToken.objects.filter(revoked_at=None, **whose).update(revoked_at=at, revoked_by=by.account_id)
