"""Key rotation of the telephones that open accounts. Cards keep a hash alone: they last under the key they have."""

from __future__ import annotations

from datetime import datetime

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import encrypt, look_up_hashes
from yiyang.kernel.facts import record

from ..models import SignInPhone, SignInPhoneHash

AT_ONCE = 500
OPERATORS_ALONE = "ROTATE_KEYS"  # no role has it: it is done on the command line, where the keys are


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
