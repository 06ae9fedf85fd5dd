"""A return that the home cannot manage: it says what is lacking, the bed stays kept, the ward goes on."""

from __future__ import annotations

import pytest
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.commands.steps import SayWhy
from yiyang.beds.models import Transfer
from yiyang.beds.rules.transfers import WrongStep
from yiyang.beds.tests.factories import Cast, allocated, bed, cast, person, stay, transfer, whereabouts
from yiyang.beds.tests.screens import page, signed_in
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def back(who: Cast) -> Transfer:
    """In the ward with a tracheostomy; the ward asks the home to take the person back."""
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    out = allocated(
        who.care_home_nurse, transfer(who.care_home_nurse, elder), who.ward_doctor, who.admission_office,
        who.hospital,
    )  # fmt: skip
    commands.hand_over(by=who.care_home_nurse, at=now(), transfer=out, condition="awake")
    commands.depart(by=who.care_home_nurse, at=now(), transfer=out)
    commands.arrive(by=who.admission_office, at=now(), transfer=out)
    asked = transfer(who.ward_doctor, elder, trigger="HEALTH_IMPROVED", target_kind="INSTITUTION")
    commands.evaluate_transfer(
        by=who.ward_doctor, at=now(), transfer=asked, outcome="FIT", statement="stable"
    )
    commands.record_agreement(
        by=who.ward_doctor, at=now(), transfer=asked, outcome="AGREED", by_whom="PERSON", name="王秀英",
        how="IN_PERSON",
    )  # fmt: skip
    return asked


def test_a_return_is_refused_because_of_a_tube_and_taken_once_it_is_out(who: Cast, back: Transfer) -> None:
    home = signed_in(who.care_home_nurse)
    url = reverse("beds:decline_return", args=[back.pk])

    assert "Cannot take back as things are" in page(
        who.care_home_nurse, reverse("beds:transfer", args=[back.pk])
    )
    answer = home.post(url, {"tubes": ["TRACHEOSTOMY"], "lacking": "no nurse who can suction at night"})

    assert answer.status_code == 302, answer.content.decode()
    shown = page(who.ward_doctor, reverse("beds:transfer", args=[back.pk]))
    assert "no nurse who can suction at night" in shown
    assert "tracheostomy" in shown
    assert ("HELD", "INSTITUTION", "阳光养老院") in whereabouts(back.person)
    taken = commands.take_back(by=who.care_home_nurse, at=now(), transfer=back)
    assert taken.is_return


def test_the_home_says_what_it_lacks(who: Cast, back: Transfer) -> None:
    with pytest.raises(SayWhy):
        commands.decline_return(by=who.care_home_nurse, at=now(), transfer=back, lacking=" ")


def test_nothing_is_declined_once_the_return_was_promised(who: Cast, back: Transfer) -> None:
    commands.take_back(by=who.care_home_nurse, at=now(), transfer=back)

    with pytest.raises(WrongStep):
        commands.decline_return(by=who.care_home_nurse, at=now(), transfer=back, lacking="suction")
