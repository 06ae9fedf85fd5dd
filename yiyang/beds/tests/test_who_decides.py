"""Whose word a person may record, who may stop a transfer, and what leaving in an emergency notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yiyang.access.tests.factories import family
from yiyang.beds import commands
from yiyang.beds.commands.agreements import NotYourWord
from yiyang.beds.tests.factories import accepted, bed, cast, person, stay, transfer
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people.models import Delegation
from yiyang.people.tests.factories import seen_by

pytestmark = pytest.mark.django_db


def said(by: Any, of: Any, by_whom: str) -> Any:
    return commands.record_agreement(
        by=by, at=now(), transfer=of, outcome="AGREED", by_whom=by_whom, name="x", how="IN_PERSON"
    )


@pytest.fixture
def asked() -> Any:
    who = cast()
    elder = person()
    stay(elder, bed(who.care_home))
    return who, elder, transfer(who.care_home_nurse, elder)


def test_the_person_speaks_for_themself(asked: Any) -> None:
    _who, elder, of = asked

    herself = family("ELDER", person_id=elder.pk)

    with pytest.raises(NotYourWord):
        said(herself, of, "GUARDIAN")
    assert said(herself, of, "PERSON").agreements.count() == 1


def test_a_relative_cannot_record_the_persons_word(asked: Any) -> None:
    _who, elder, of = asked
    daughter = family("RELATIVE")
    seen_by(elder, account_id=daughter.account_id, basis="DELEGATION")

    said(daughter, of, "RELATIVE")
    for by_whom in ("PERSON", "GUARDIAN"):
        with pytest.raises(NotYourWord):
            said(daughter, of, by_whom)


def test_a_relative_entrusted_with_deciding_may_speak_as_the_agent(asked: Any) -> None:
    _who, elder, of = asked
    son = family("RELATIVE")
    seen_by(elder, account_id=son.account_id, basis="DELEGATION")
    Delegation.objects.create(
        person=elder, account_id=son.account_id, account_label="son", kinship="CHILD", scope="FULL",
        may_decide=True, basis="PERSON", starts_at=now(), expires_at=now() + timedelta(days=90),
    )  # fmt: skip

    assert said(son, of, "GUARDIAN").agreements.count() == 1


def test_staff_record_what_anybody_said(asked: Any) -> None:
    who, _elder, of = asked

    for by_whom in ("PERSON", "GUARDIAN", "RELATIVE"):
        said(who.care_home_nurse, of, by_whom)


def test_the_receiving_unit_cannot_cancel_the_senders_transfer(asked: Any) -> None:
    who, _elder, of = asked
    bed(who.hospital, "HOSPITAL")
    accepted(who.care_home_nurse, of, who.ward_doctor, who.hospital)

    with pytest.raises(NotAllowed):
        commands.cancel_transfer(by=who.ward_doctor, at=now(), transfer=of, reason="changed our mind")
    commands.cancel_transfer(by=who.coordinator, at=now(), transfer=of, reason="the district decides")


def test_leaving_in_an_emergency_notes_that_the_ambulance_left(asked: Any) -> None:
    who, elder, _of = asked
    night = transfer(who.night_duty_officer, elder, urgency="EMERGENCY", reason="chest pain")

    commands.depart(by=who.night_duty_officer, at=now(), transfer=night)

    night.refresh_from_db()
    assert night.ambulance_left_at == night.departed_at
