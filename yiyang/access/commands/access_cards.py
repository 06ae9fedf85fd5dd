"""Cards for those who use no telephone: a number with its QR code and a PIN, handed over in person."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import encrypt, look_up_hashes
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal

from ..actors import AccountActor
from ..models import AccessCard, Account
from ..models.accounts import AccountKind
from ..permissions import Permission
from ..refusals import FieldNeeded
from ..sign_in_rules import CARD_DIGITS, PIN_TRIES, card_number, chosen_pin, digits, is_card_number
from ..texts import line
from .card_notices import tell_of_card
from .family_accounts import checked, family_account, live_phone
from .notices import SYSTEM_ONLY

KIND = "ACCESS_CARD"


class CardHeldAlready(Refusal):
    message = _("This account has a card already. Replace it: the former one then opens nothing any more.")


class NoCard(Refusal):
    message = _("This account has no card that opens anything.")


class CardNumberMistyped(Refusal):
    message = _("This number is not complete or has a wrong digit. Compare the twelve digits with the card.")
    status = 422


class CardOpensNothing(Refusal):
    message = _(
        "This card opens nothing. It may have been reported lost, replaced or tried too often. Go to a counter "
        "with your ID card: a new one is made at once, and nothing is lost."
    )
    status = 403


class PinWrong(Refusal):
    message = _("The PIN is not right; {left} tries are left.")
    status = 422


@dataclass(frozen=True)
class CardEntered:
    """What a card opened, or why it opened nothing; a wrong try is kept, so it is no raised refusal."""

    card: AccessCard | None = None
    refusal: Refusal | None = None


@command(Permission.MANAGE_FAMILY_SIGN_IN, within=ANYWHERE)  # family_account asks whom it serves
def issue_card(
    *, by: Actor, at: datetime, account: Account, pin: str, handed_to: str, identity_check: str
) -> tuple[AccessCard, str]:
    """A new card and its number, which is shown once to be printed, and kept encrypted beside its hash."""
    current = family_account(by, account)
    checked(identity_check)
    if AccessCard.objects.filter(account=current, ended_at=None).exists():
        raise CardHeldAlready
    handed_to = line(handed_to, "handed_to", 80)
    if not handed_to:
        raise FieldNeeded(name=_("handed to"), field="handed_to")
    number = card_number("".join(secrets.choice("0123456789") for _ in range(CARD_DIGITS - 1)))
    phone = live_phone(current)
    version, hashed = look_up_hashes(KIND, number)[0]
    card = AccessCard.objects.create(
        account=current, value=encrypt(number), hash=hashed, key_version=version, hint=number[-4:],
        pin=make_password(chosen_pin(pin, number, phone.number if phone else "")), handed_to=handed_to,
        identity_check=identity_check, issued_at=at, issued_by=by.account_id,
        expires_at=at + timedelta(days=policy("access.card_days", on=at.date()).value),
    )  # fmt: skip
    record(
        "access_card.issued", by=by, at=at, subject=card, person=current.person_id, account=current,
        identity_check=identity_check,
    )  # fmt: skip
    return card, number


@command(Permission.MANAGE_FAMILY_SIGN_IN, within=ANYWHERE)  # family_account asks whom it serves
def replace_card(
    *, by: Actor, at: datetime, account: Account, pin: str, handed_to: str, identity_check: str
) -> tuple[AccessCard, str]:
    """The former card opens nothing from this moment; a new one is handed over."""
    current = family_account(by, account)
    if not _end(by, at, current, "REPLACED"):
        raise NoCard
    return issue_card(
        by=by, at=at, account=current, pin=pin, handed_to=handed_to, identity_check=identity_check
    )


@command(Permission.MANAGE_FAMILY_SIGN_IN, within=ANYWHERE)  # family_account asks whom it serves
def report_card_lost(*, by: Actor, at: datetime, account: Account) -> None:
    """A lost card opens nothing, at once; sessions that it opened end too."""
    current = family_account(by, account)
    if not _end(by, at, current, "LOST"):
        raise NoCard
    tell_of_card(current, "lost", by=by, at=at)


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def report_own_card_lost(*, by: AccountActor, at: datetime) -> None:
    """The owner, signed in by telephone, says that the card is lost."""
    if not _end(by, at, by.account, "LOST"):
        raise NoCard
    tell_of_card(by.account, "lost", by=by, at=at)


@command(SYSTEM_ONLY, within=ANYWHERE)
def enter_card(*, by: Actor, at: datetime, number: str, pin: str) -> CardEntered:
    """Compare number and PIN. The fifth wrong PIN ends the card's use until it is replaced."""
    number = digits(number)
    if not is_card_number(number):
        raise CardNumberMistyped(field="number")
    hashes = [value for _version, value in look_up_hashes(KIND, number)]
    card = (
        AccessCard.objects.select_for_update(no_key=True, of=("self",))
        .select_related("account")
        .filter(hash__in=hashes, ended_at=None, expires_at__gt=at)
        .first()
    )
    if card is None or card.tries >= PIN_TRIES or not _opens(card):
        raise CardOpensNothing
    if check_password(digits(pin), card.pin):
        card.tries = 0
        card.save(update_fields=["tries"])
        record("access_card.used", by=by, at=at, subject=card, account=card.account_id)
        return CardEntered(card)
    card.tries += 1
    card.save(update_fields=["tries"])
    record("access_card.wrong_pin", by=by, at=at, subject=card, account=card.account_id, tries=card.tries)
    left = PIN_TRIES - card.tries
    if not left:
        record("access_card.locked", by=by, at=at, subject=card, account=card.account_id)
        tell_of_card(card.account, "locked", by=by, at=at)
    return CardEntered(refusal=PinWrong(left=left, field="pin") if left else CardOpensNothing())


def _opens(card: AccessCard) -> bool:
    return card.account.is_active and card.account.kind != AccountKind.STAFF


def _end(by: Actor, at: datetime, account: Account, reason: str) -> bool:
    card = AccessCard.objects.select_for_update(no_key=True).filter(account=account, ended_at=None).first()
    if card is None:
        return False
    card.ended_at, card.ended_by, card.end_reason = at, by.account_id, reason
    card.save(update_fields=["ended_at", "ended_by", "end_reason"])
    record(
        f"access_card.{reason.lower()}", by=by, at=at, subject=card, account=account, person=account.person_id
    )
    return True
