"""The look at the skin: at both ends of the way, signed by both sides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.commands.skin import (
    SignedByOneself,
    SkinCheckSigned,
    SkinCheckTooEarly,
    SkinFindingNotValid,
    SkinNotLookedAt,
)
from yiyang.beds.models import SkinCheck, Transfer
from yiyang.beds.rules import skin
from yiyang.beds.tests.factories import Cast, allocated, bed, cast, person, stay, transfer
from yiyang.beds.tests.screens import page, signed_in
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db
SORE = {"region": "SACRUM", "finding": "PRESSURE_INJURY", "stage": "II", "size": "3×2"}


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def given(who: Cast) -> Transfer:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    asked = transfer(who.care_home_nurse, elder)
    found = allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)
    return commands.hand_over(by=who.care_home_nurse, at=now(), transfer=found, condition="awake")


def at_departure(who: Cast, given: Transfer, *findings: Any, **told: Any) -> SkinCheck:
    return commands.check_skin_at_departure(
        by=who.care_home_nurse, at=now(), transfer=given, findings=findings, **told
    )


def url(name: str, given: Transfer) -> str:
    return reverse(f"beds:{name}", args=[given.pk])


def test_both_ends_are_looked_at_and_signed_by_the_other_side(who: Cast, given: Transfer) -> None:
    nurse, ward = signed_in(who.care_home_nurse), signed_in(who.head_nurse)

    sent = nurse.post(
        url("check_skin_at_departure", given),
        {"SACRUM-finding": "PRESSURE_INJURY", "SACRUM-stage": "II", "SACRUM-size": "3×2"},
    )
    assert sent.status_code == 302, sent.content.decode()
    assert "I have seen it and sign" in page(who.head_nurse, url("transfer_around", given))
    ward.post(url("confirm_skin_at_departure", given))
    commands.depart(by=who.care_home_nurse, at=now(), transfer=given)
    assert "SACRUM-finding" in page(who.head_nurse, url("check_skin_at_arrival", given))
    ward.post(url("check_skin_at_arrival", given), {"LEFT_HEEL-finding": "BRUISE"})
    nurse.post(url("confirm_skin_at_arrival", given))

    assert SkinCheck.objects.exclude(confirmed_at=None).count() == 2
    shown = page(who.head_nurse, url("transfer_around", given))
    for told in ("sacrum", "stage II", "3×2", "left heel", "bruise"):
        assert told in shown


def test_nothing_marked_is_not_the_same_as_intact(who: Cast, given: Transfer) -> None:
    with pytest.raises(SkinNotLookedAt):
        at_departure(who, given)
    with pytest.raises(SkinNotLookedAt):
        at_departure(who, given, SORE, intact=True)
    answer = signed_in(who.care_home_nurse).post(url("check_skin_at_departure", given), {})
    assert answer.status_code == 422

    assert at_departure(who, given, intact=True).findings == []


@pytest.mark.parametrize(
    "wrong",
    [
        [{"region": "NOSE_TIP", "finding": "WOUND"}],
        [SORE, SORE],
        [{"region": "SACRUM", "finding": "BRUISE", "stage": "II"}],
        [{"region": "SACRUM", "finding": "WOUND", "size": "x" * 41}],
    ],
)
def test_what_cannot_be_so_is_refused(who: Cast, given: Transfer, wrong: list[dict[str, Any]]) -> None:
    with pytest.raises(SkinFindingNotValid):
        at_departure(who, given, *wrong)


def test_once_both_have_signed_nothing_is_changed(who: Cast, given: Transfer) -> None:
    at_departure(who, given, SORE)
    commands.confirm_skin_at_departure(by=who.head_nurse, at=now(), transfer=given)

    with pytest.raises(SkinCheckSigned):
        at_departure(who, given, intact=True)
    with pytest.raises(SkinCheckSigned):
        commands.confirm_skin_at_departure(by=who.head_nurse, at=now(), transfer=given)


def test_nobody_signs_alone(who: Cast, given: Transfer) -> None:
    check = at_departure(who, given, SORE)
    told = {"confirmed_at": now(), "confirmed_by": "x", "confirmed_by_account": check.checked_by_account}

    with pytest.raises(IntegrityError), transaction.atomic():
        SkinCheck.objects.update(**told)
    SkinCheck.objects.update(checked_by_account=who.head_nurse.account_id)
    with pytest.raises(SignedByOneself):
        commands.confirm_skin_at_departure(by=who.head_nurse, at=now(), transfer=given)


def test_nobody_looks_at_arrival_before_the_departure(who: Cast, given: Transfer) -> None:
    with pytest.raises(SkinCheckTooEarly):
        commands.check_skin_at_arrival(by=who.head_nurse, at=now(), transfer=given, findings=[], intact=True)


def test_every_place_on_the_drawing_shows_when_it_is_marked() -> None:
    css = (Path(__file__).parents[1] / "static/beds/transfers.css").read_text()

    assert [one.code for one in skin.REGIONS if f".spot-{one.code}" not in css] == []
