"""What is needed of a family: sign, bring, decide, each with its day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yiyang.access.tests.factories import family
from yiyang.beds import commands
from yiyang.beds.tests.factories import bed, cast, person, stay, transfer
from yiyang.beds.tests.screens import signed_in
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import commands as people

pytestmark = pytest.mark.django_db


def daughter_of(elder: Any) -> Any:
    found = family("RELATIVE", name="王芳")
    people.delegate_access(
        by=SYSTEM, at=now(), person=elder, account_id=found.account_id, account_label="王芳", kinship="CHILD",
        scope="FULL", expires_at=now() + timedelta(days=90), may_decide=True,
    )  # fmt: skip
    return found


def test_a_family_decides_then_signs_and_brings() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.hospital, "HOSPITAL"))
    home_bed = bed(who.care_home)
    daughter = signed_in(daughter_of(elder))
    commands.ask_for_document(by=SYSTEM, at=now(), unit_id=who.care_home.pk, name="胸片", days=30)
    commands.ask_for_document(by=SYSTEM, at=now(), unit_id=who.care_home.pk, name="自己的枕头", thing=True)
    asked = transfer(
        who.ward_doctor, elder, target_kind="INSTITUTION", urgency="ROUTINE", trigger="HEALTH_IMPROVED"
    )
    commands.evaluate_transfer(by=who.ward_doctor, at=now(), transfer=asked, outcome="FIT", statement="fit")
    assert "Decide" in daughter.get("/").content.decode()

    commands.record_agreement(
        by=who.ward_doctor, at=now(), transfer=asked, outcome="AGREED", by_whom="PERSON", name="王桂兰",
        how="IN_PERSON",
    )  # fmt: skip
    [offer] = commands.offer_transfer(by=who.ward_doctor, at=now(), transfer=asked, units=[who.care_home.pk])
    commands.accept_offer(by=who.care_home_nurse, at=now(), offer=offer, doctor="张医生")
    asked.refresh_from_db()
    commands.allocate_bed(by=who.care_home_nurse, at=now(), transfer=asked, bed=home_bed)

    page = daughter.get("/").content.decode()
    assert page.index("Sign") < page.index("Bring") < page.index("identity card") < page.index("自己的枕头")
    assert "胸片" in page
    people.sign_agreement(
        by=who.care_home_manager, at=now(), person=elder, unit_id=who.care_home.pk, kind="ADMISSION",
        from_on=now().date(), to_on=now().date() + timedelta(days=300), signed_on=now().date(),
        signer="王桂兰", capacity="PERSON", paper=b"%PDF",
    )  # fmt: skip
    assert "before the move" not in daughter.get("/").content.decode()


def test_an_agreement_that_ends_is_to_be_signed_anew() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    people.sign_agreement(
        by=who.care_home_manager, at=now(), person=elder, unit_id=who.care_home.pk, kind="ADMISSION",
        from_on=now().date(), to_on=now().date() + timedelta(days=20), signed_on=now().date(),
        signer="王桂兰", capacity="PERSON", paper=b"%PDF",
    )  # fmt: skip

    assert "sign the new one" in signed_in(daughter_of(elder)).get("/").content.decode()
