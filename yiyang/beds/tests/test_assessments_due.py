"""Moving in and leaving hospital ask for an assessment; with the person what is due goes too."""

from __future__ import annotations

from typing import Any

import pytest

from yiyang.assessments.queries.due import rows
from yiyang.beds import commands as beds
from yiyang.beds.tests.factories import Cast, bed, cast, stay
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


def open_dues(elder: Any) -> list[tuple[str, str, Any]]:
    return [(one.code, one.reason, one.organisation_id) for one in rows(SYSTEM).filter(person=elder)]


def test_who_moves_in_and_who_leaves_hospital_is_to_be_assessed_and_nobody_once_dead(who: Cast) -> None:
    elder = person("王秀英", organisation_id=who.care_home.pk)
    stay(elder, bed(who.care_home))
    run_pending()
    assert open_dues(elder) == [("GBT42195", "ADMISSION", who.care_home.pk)]

    patient = person("李建国", organisation_id=who.chc.pk)
    lay = stay(patient, bed(who.hospital, "HOSPITAL"))
    beds.discharge(by=SYSTEM, at=now(), episode=lay, reason="RECOVERED")
    run_pending()
    assert [one[:2] for one in open_dues(patient)] == [("GBT42195", "DISCHARGE")]

    people.note_death(by=SYSTEM, at=now(), person=patient, died_at=now())
    run_pending()
    assert open_dues(patient) == []
