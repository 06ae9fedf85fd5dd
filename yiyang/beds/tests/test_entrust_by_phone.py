"""A relative is entrusted by the number with which they sign in, in whichever unit the account was opened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from yiyang.access import commands as access
from yiyang.access.tests import factories as f
from yiyang.beds.tests import factories as beds
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.models import Delegation

pytestmark = pytest.mark.django_db


def test_one_login_serves_parents_in_two_homes(client: Client) -> None:
    cast = f.cast()
    mother = beds.person("王秀英")
    beds.stay(mother, beds.bed(cast.care_home))
    account = access.open_family_account(
        by=SYSTEM, at=now(), kind="RELATIVE", name="王女儿", identity_check="ID_CARD", phone="13800138000",
        organisation=cast.other_home,
    )  # fmt: skip
    client.force_login(cast.care_home_nurse.account)

    answer = client.post(
        f"/people/{mother.pk}/delegate-access/",
        {
            "login": "138 0013 8000", "kinship": "CHILD", "scope": "FULL", "basis": "PERSON",
            "expires_on": (now().date() + timedelta(days=30)).isoformat(), "evidence": "signed, file 12",
        },
    )  # fmt: skip

    assert answer.status_code == 302, answer.context["form"].errors
    assert Delegation.objects.get(person=mother).account_id == account.pk
