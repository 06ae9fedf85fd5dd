from __future__ import annotations

from yiyang.access import commands
from yiyang.access.commands.sign_in_keys import rotate_sign_in_keys
from yiyang.access.models import SignInPhone
from yiyang.access.queries import account_behind_phone
from yiyang.access.tests import factories as f
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now


def test_a_telephone_is_found_after_its_key_was_rotated(cast: f.Cast) -> None:
    account = commands.open_family_account(
        by=cast.care_home_nurse, at=now(), organisation=cast.care_home, kind="RELATIVE", name="王女儿",
        identity_check="ID_CARD", phone="13800138000",
    )  # fmt: skip
    before = bytes(SignInPhone.objects.get().value)

    assert rotate_sign_in_keys(by=SYSTEM, at=now()) == ""

    assert bytes(SignInPhone.objects.get().value) != before
    assert account_behind_phone("13800138000") == account.pk
