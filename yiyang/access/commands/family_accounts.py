"""Accounts of elders and families: no e-mail, no password; opened in person after an identity check."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import encrypt, look_up_hashes
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal, refuses

from .. import sight
from ..actors import AccountActor
from ..models import Account, Organisation, SignInPhone, SignInPhoneHash
from ..models.accounts import AccountKind
from ..permissions import Permission
from ..refusals import FieldNeeded
from ..roles import ROLES, Scope
from ..sign_in_rules import IdentityCheck, mobile_number
from ..texts import line


class StaffSignsInOtherwise(Refusal):
    message = _("Staff sign in with password and second factor. Open a family account for private use.")


class PhoneOpensAnother(Refusal):
    message = _(
        "This telephone opens another account already. One login serves all parents: entrust that one, or "
        "use a card for this account."
    )


class NoSignInPhone(Refusal):
    message = _("No telephone opens this account. Enter one first.")


class IdentityCheckNeeded(Refusal):
    message = _("Say how you checked who the person is. Nothing is handed over without that.")
    status = 422


@refuses("sign_in_phone_once")
def _opens_another(given: dict[str, Any]) -> Refusal:
    return PhoneOpensAnother(field="phone")


@refuses("sign_in_phone_one_live")
def _has_a_phone(given: dict[str, Any]) -> Refusal:
    return PhoneOpensAnother(field="phone")


@command(
    Permission.MANAGE_FAMILY_SIGN_IN,
    within=lambda organisation=None, **_: organisation.pk if organisation else ANYWHERE,
)
def open_family_account(
    *,
    by: Actor,
    at: datetime,
    kind: str,
    name: str,
    identity_check: str,
    phone: str = "",
    person_id: UUID | None = None,
    organisation: Organisation | None = None,
) -> Account:
    """An account for an elder, a relative or a guardian. Nobody can sign in until it has a telephone or a card."""
    if kind not in (AccountKind.ELDER, AccountKind.RELATIVE, AccountKind.GUARDIAN):
        raise StaffSignsInOtherwise(field="kind")
    if organisation is None and not by.sees_all and ROLES[by.role].scope is not Scope.AREA:
        raise NotAllowed
    if person_id is not None and not by.sees(person_id):
        raise NotFound
    name = line(name, "name", 80)
    if not name:
        raise FieldNeeded(name=_("name"), field="name")
    checked(identity_check)
    account = Account(
        login=f"f{secrets.token_hex(6)}", name=name, kind=kind, person_id=person_id, created_at=at,
        density="elder", opened_by_organisation=organisation,
    )  # fmt: skip
    account.set_unusable_password()
    account.save(force_insert=True)
    record(
        "account.added",
        by=by,
        at=at,
        subject=account,
        person=person_id,
        kind=kind,
        identity_check=identity_check,
    )
    if phone:
        change_sign_in_phone(by=by, at=at, account=account, phone=phone, identity_check=identity_check)
    return account


@command(Permission.MANAGE_FAMILY_SIGN_IN, within=ANYWHERE)  # family_account asks whom it serves
def change_sign_in_phone(
    *, by: Actor, at: datetime, account: Account, phone: str, identity_check: str
) -> SignInPhone:
    """From now on codes go to this telephone; sessions that the former one opened end at once."""
    current = family_account(by, account)
    checked(identity_check)
    number = mobile_number(phone)
    former = _end_phone(by, at, current)
    added = SignInPhone.objects.create(
        account=current, value=encrypt(number), added_at=at, added_by=by.account_id, tries_from=at,
        identity_check=identity_check,
    )  # fmt: skip
    SignInPhoneHash.objects.bulk_create(
        SignInPhoneHash(phone=added, key_version=version, hash=value)
        for version, value in look_up_hashes("PHONE", number)
    )
    record(
        "sign_in_phone.changed", by=by, at=at, subject=added, person=current.person_id, account=current,
        identity_check=identity_check, former=former.pk if former and former.number != number else None,
    )  # fmt: skip
    return added


@command(Permission.MANAGE_FAMILY_SIGN_IN, within=ANYWHERE)  # family_account asks whom it serves
def end_sign_in_phone(*, by: Actor, at: datetime, account: Account) -> None:
    """The telephone was lost or given away: it opens nothing any more, at once."""
    current = family_account(by, account)
    if not _end_phone(by, at, current):
        raise NoSignInPhone
    record("sign_in_phone.ended", by=by, at=at, subject=current, person=current.person_id)


@command(Permission.MANAGE_FAMILY_SIGN_IN, within=ANYWHERE)  # family_account asks whom it serves
def unlock_sign_in_phone(*, by: Actor, at: datetime, account: Account, identity_check: str) -> SignInPhone:
    """Codes are sent to the telephone again; the wrong tries so far count no more."""
    current = family_account(by, account)
    checked(identity_check)
    phone = live_phone(current)
    if phone is None:
        raise NoSignInPhone
    phone.locked_at, phone.tries_from = None, at
    phone.save(update_fields=["locked_at", "tries_from"])
    record("sign_in_phone.unlocked", by=by, at=at, subject=phone, account=current, person=current.person_id)
    return phone


def family_account(by: Actor, account: Account) -> Account:
    """The account, locked, when it is a family's and the actor may serve it."""
    current: Account = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if not may_serve(by, current):
        raise NotFound
    if current.kind == AccountKind.STAFF:
        raise StaffSignsInOtherwise
    return current


def may_serve(by: Actor, account: Account) -> bool:
    """Whoever opened it, looks after the elder that it is, or after one who entrusted it."""
    if by.sees_all:
        return True
    if not isinstance(by, AccountActor) or by.membership is None:
        return False
    if account.opened_by_organisation_id in by.reach:
        return True
    if account.person_id and by.sees(account.person_id):
        return True
    return sight.serves(by, account.pk)


def checked(identity_check: str) -> None:
    if identity_check not in IdentityCheck.values:
        raise IdentityCheckNeeded(field="identity_check")


def live_phone(account: Account) -> SignInPhone | None:
    found: SignInPhone | None = SignInPhone.objects.filter(account=account, ended_at=None).first()
    return found


def _end_phone(by: Actor, at: datetime, account: Account) -> SignInPhone | None:
    phone = live_phone(account)
    if phone is None:
        return None
    SignInPhoneHash.objects.filter(phone=phone).delete()
    phone.ended_at, phone.ended_by = at, by.account_id
    phone.save(update_fields=["ended_at", "ended_by"])
    return phone
