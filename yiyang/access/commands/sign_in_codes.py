"""One-time codes: asked for by a telephone number, entered once. They are in no fact, log or address."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import look_up_hashes
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal

from ..code_sending import send_code
from ..models import SignInCode, SignInPhone, SignInPhoneHash
from ..models.accounts import AccountKind
from ..serving import accounts_in_role
from ..sign_in_rules import (
    CODE_DIGITS,
    CODE_MINUTES,
    CODE_TRIES,
    TRIES_BEFORE_LOCK,
    TRIES_WITHIN_HOURS,
    digits,
    mobile_number,
)
from .notices import SYSTEM_ONLY, notify

COMMIT_LOCK = 0x5169  # one telephone's codes are counted one after another


class CodesTooOften(Refusal):
    message = _("A code was sent to this telephone already. You can ask for the next one at {at}.")
    status = 429


class TooManyFromHere(Refusal):
    message = _("Too many codes were asked for from this network. Wait an hour, or sign in with a card.")
    status = 429


class SignInPhoneLocked(Refusal):
    message = _(
        "Too many wrong codes: for your safety this telephone opens nothing for now. Nothing is lost. Go to a "
        "counter with your ID card, or use your card with the PIN."
    )
    status = 403


class CodeWrong(Refusal):
    message = _("This code is not right. Look at the newest message; {left} tries are left.")
    status = 422


class CodeUsedUp(Refusal):
    message = _("This code no longer counts. Ask for a new one.")
    status = 422


class CodeExpired(Refusal):
    message = _("This code was good for five minutes and has expired. Ask for a new one.")
    status = 422


@dataclass(frozen=True)
class Entered:
    """What a code opened, or why it opened nothing; a wrong try is kept, so it cannot be a raised refusal."""

    phone: SignInPhone | None = None
    refusal: Refusal | None = None


@command(SYSTEM_ONLY, within=ANYWHERE)
def ask_for_code(*, by: Actor, at: datetime, phone: str, address: str) -> str:
    """Make a code and send it, if the telephone opens an account. The answer is the same when it does not."""
    number = mobile_number(phone)
    key, from_here = _key("PHONE", number), _key("ADDRESS", address)
    _one_after_another(key)
    known = _phone_of(number)
    if _locked(known, key, at):
        raise SignInPhoneLocked
    _not_too_often(key, from_here, at)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    expires_at = at + timedelta(minutes=CODE_MINUTES)
    asked = SignInCode(phone_key=key, address_key=from_here, phone=known, asked_at=at, expires_at=expires_at)
    asked.hash = _key("SIGN_IN_CODE", f"{asked.pk}:{code}")
    asked.save(force_insert=True)
    record("sign_in_code.asked", by=by, at=at, subject=asked, account=known.account_id if known else None)
    if known:
        send_code(known, code, at, expires_at)
    return code


@command(SYSTEM_ONLY, within=ANYWHERE)
def enter_code(*, by: Actor, at: datetime, phone: str, code: str) -> Entered:
    """Compare with the newest code of this telephone. The fifth wrong try ends it, the twentieth locks."""
    number = mobile_number(phone)
    key = _key("PHONE", number)
    _one_after_another(key)
    known = _phone_of(number)
    if _locked(known, key, at):
        raise SignInPhoneLocked
    newest = SignInCode.objects.filter(phone_key=key).first()
    if newest is None or newest.used_at or newest.tries >= CODE_TRIES:
        raise CodeUsedUp(field="code")
    if newest.expires_at <= at:
        raise CodeExpired(field="code")
    given = _keys("SIGN_IN_CODE", f"{newest.pk}:{digits(code)}")
    right = any(hmac.compare_digest(bytes(newest.hash), one) for one in given)
    if right and known and known == newest.phone and known.account.is_active:
        newest.used_at = at
        newest.save(update_fields=["used_at"])
        record("sign_in_code.used", by=by, at=at, subject=newest, account=known.account_id)
        return Entered(known)
    newest.tries += 1
    newest.save(update_fields=["tries"])
    record("sign_in_code.wrong", by=by, at=at, subject=newest, tries=newest.tries)
    if _tries(known, key, at) >= TRIES_BEFORE_LOCK:
        _lock(by, at, known)
        return Entered(refusal=SignInPhoneLocked())
    left = CODE_TRIES - newest.tries
    return Entered(refusal=CodeWrong(left=left, field="code") if left else CodeUsedUp(field="code"))


def _phone_of(number: str) -> SignInPhone | None:
    """The live telephone of a family's account. Staff never sign in this way."""
    found = SignInPhoneHash.objects.filter(hash__in=_keys("PHONE", number))
    phone = SignInPhone.objects.select_related("account").filter(pk__in=found.values("phone_id")).first()
    return phone if phone and phone.account.kind != AccountKind.STAFF else None


def _key(kind: str, text: str) -> bytes:
    return _keys(kind, text)[0]


def _keys(kind: str, text: str) -> list[bytes]:
    return [value for _version, value in look_up_hashes(kind, text)]


def _one_after_another(key: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [COMMIT_LOCK, int.from_bytes(key[:4], "big", signed=True)]
        )


def _not_too_often(key: bytes, address: bytes, at: datetime) -> None:
    day = at.date()
    asked = SignInCode.objects.filter(phone_key=key)
    last = asked.first()
    pause = timedelta(seconds=policy("access.sign_in_code.pause_seconds", on=day).value)
    if last and last.asked_at + pause > at:
        raise CodesTooOften(at=last.asked_at + pause, field="phone")
    hour = list(
        asked.filter(asked_at__gt=at - timedelta(hours=1))
        .order_by("asked_at")
        .values_list("asked_at", flat=True)
    )
    if len(hour) >= policy("access.sign_in_code.per_phone_an_hour", on=day).value:
        raise CodesTooOften(at=hour[0] + timedelta(hours=1), field="phone")
    near = SignInCode.objects.filter(address_key=address, asked_at__gt=at - timedelta(hours=1)).count()
    if near >= policy("access.sign_in_code.per_address_an_hour", on=day).value:
        raise TooManyFromHere(field="phone")


def _locked(known: SignInPhone | None, key: bytes, at: datetime) -> bool:
    """A known telephone stays locked until somebody unlocks it; an unknown one looks just the same for a day."""
    if known:
        return known.locked_at is not None
    return _tries(None, key, at) >= TRIES_BEFORE_LOCK


def _tries(known: SignInPhone | None, key: bytes, at: datetime) -> int:
    since = at - timedelta(hours=TRIES_WITHIN_HOURS)
    if known and known.tries_from > since:
        since = known.tries_from
    counted = SignInCode.objects.filter(phone_key=key, asked_at__gte=since)
    return counted.aggregate(sum=Sum("tries"))["sum"] or 0


def _lock(by: Actor, at: datetime, known: SignInPhone | None) -> None:
    if known is None:
        return
    known.locked_at = at
    known.save(update_fields=["locked_at"])
    record("sign_in_phone.locked", by=by, at=at, subject=known, account=known.account_id)
    opened_by = known.account.opened_by_organisation
    for account_id in accounts_in_role("SECURITY_ADMINISTRATOR", opened_by.area_id if opened_by else ""):
        notify(
            by=by, at=at, subject="access.sign_in_phone_locked", account=account_id, priority="URGENT",
            params={"phone": known.shown, "name": known.account.name}, link=f"/accounts/families/{known.account_id}/",
            key=f"sign_in_phone_locked:{known.pk}:{at:%Y%m%d%H%M%S}:{account_id}",
        )  # fmt: skip
