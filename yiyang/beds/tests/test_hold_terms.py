"""A bed is kept as long as the agreement says, else as the policy says; and who gets one gets a family doctor."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from yiyang.beds import commands, reactions
from yiyang.beds.models import Occupancy
from yiyang.beds.tests.factories import bed, cast, person, stay
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import of_row
from yiyang.kernel.models import PersonFact
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now
from yiyang.people.commands import sign_agreement
from yiyang.people.models import CoverageTask

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("agreed", [None, 45])
def test_a_bed_is_kept_for_the_days_of_the_agreement_else_of_the_policy(agreed: int | None) -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    today = localdate(now())
    if agreed:
        sign_agreement(
            by=SYSTEM, at=now(), person=elder, unit_id=who.care_home.pk, kind="ADMISSION", from_on=today, to_on=None,
            signed_on=today, signer="王桂兰", capacity="PERSON", hold_days=agreed, hold_fee_rule="床位费减半",
        )  # fmt: skip
    at = now()

    commands.admit(by=SYSTEM, at=at, person=elder, bed=bed(who.hospital, "HOSPITAL"), reason="肺部感染")

    held = Occupancy.objects.get(person=elder, state="HELD", period__endswith=None)
    days = agreed or policy("beds.hold_days.HOSPITAL", on=today).value
    assert held.held_until == at + timedelta(days=days)
    assert (held.fee_rule == "床位费减半") == bool(agreed)


def test_a_care_bed_without_a_family_doctor_raises_one_task_for_the_health_centre() -> None:
    who = cast()
    elder = person("王桂兰", residence_area="310106006002")
    stay(elder, bed(who.care_home))

    reactions.ask_for_a_family_doctor(of_row(PersonFact.objects.get(name="episode.opened")))

    assert CoverageTask.objects.get().organisation_id == who.chc.pk
