"""Key rotation of what opens accounts: telephones and cards of elders and families, second factors of staff."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import decrypt, encrypt, look_up_hashes
from yiyang.kernel.facts import record
from yiyang.kernel.rotation import OPERATORS_ALONE

from ..models import AccessCard, SignInPhone, SignInPhoneHash
from .access_cards import KIND

AT_ONCE = 500


@command(OPERATORS_ALONE, within=ANYWHERE)
def rotate_sign_in_keys(*, by: Actor, at: datetime, after: str = "") -> str:
    """Write the next batch under the newest key; call it with what it returned until it returns ""."""
    found = SignInPhone.objects.select_for_update().order_by("pk")
    rows = list((found.filter(pk__gt=after) if after else found)[:AT_ONCE])
    for row in rows:
        number = row.number
        row.value = encrypt(number)
        row.save(update_fields=["value"])
        if row.ended_at is None:
            SignInPhoneHash.objects.bulk_create(
                [
                    SignInPhoneHash(phone=row, key_version=version, hash=value)
                    for version, value in look_up_hashes("PHONE", number)
                ],
                ignore_conflicts=True,
            )
    record("keys.rotated", by=by, at=at, what="sign_in_phones", rows=len(rows))
    return str(rows[-1].pk) if len(rows) == AT_ONCE else ""


@command(OPERATORS_ALONE, within=ANYWHERE)
def rotate_card_keys(*, by: Actor, at: datetime, after: str = "") -> str:
    """Write the next batch of cards under the newest key; call it with what it returned until it returns ""."""
    found = AccessCard.objects.select_for_update().exclude(value=None).order_by("pk")
    rows = list((found.filter(pk__gt=after) if after else found)[:AT_ONCE])
    for card in rows:
        number = decrypt(bytes(card.value or b""))
        card.value = encrypt(number)
        card.key_version, card.hash = look_up_hashes(KIND, number)[0]
        card.save(update_fields=["value", "key_version", "hash"])
    record("keys.rotated", by=by, at=at, what="access_cards", rows=len(rows))
    return str(rows[-1].pk) if len(rows) == AT_ONCE else ""


@command(OPERATORS_ALONE, within=ANYWHERE)
def rotate_second_factors(*, by: Actor, at: datetime, after: str = "") -> str:
    """Write the next batch of shared secrets under the newest key; call it with what it returned until it
    returns ""."""
    adapter = get_adapter()
    found = Authenticator.objects.select_for_update().order_by("pk")
    rows = list((found.filter(pk__gt=after) if after else found)[:AT_ONCE])
    for row in rows:
        secrets = {name: row.data[name] for name in ("secret", "seed") if name in row.data}
        row.data |= {name: adapter.encrypt(adapter.decrypt(value)) for name, value in secrets.items()}
        row.save(update_fields=["data"])
    record("keys.rotated", by=by, at=at, what="second_factors", rows=len(rows))
    return str(rows[-1].pk) if len(rows) == AT_ONCE else ""


ROTATED = (rotate_sign_in_keys, rotate_card_keys, rotate_second_factors)
