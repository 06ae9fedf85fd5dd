"""Infection and companions: who is told, what an outbreak closes, who stays with whom."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.translation import override

from yiyang.beds import commands
from yiyang.beds.commands.companions import CompanionAlready, CompanionLeavesBefore, CompanionLeft
from yiyang.beds.commands.offers import ClosedToOffers
from yiyang.beds.commands.precautions import (
    EndsBeforeBegin,
    OutbreakAlready,
    OutbreakOver,
    PrecautionAlready,
    PrecautionEnded,
    WardOfAnotherUnit,
)
from yiyang.beds.models import Companion, Outbreak, Precaution, Transfer
from yiyang.beds.queries import candidates, handling
from yiyang.beds.tests.factories import (
    Cast,
    agreed,
    allocated,
    bed,
    cast,
    offered,
    person,
    room,
    stay,
    transfer,
)
from yiyang.beds.tests.screens import page, signed_in
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    return elder


def scabies(who: Cast, elder: Person) -> Precaution:
    return commands.begin_precaution(
        by=who.care_home_nurse, at=now(), person=elder, way="CONTACT", cause="SCABIES"
    )


def test_a_precaution_is_shown_to_who_handles_the_move_alone(who: Cast, elder: Person) -> None:
    scabies(who, elder)
    asked = transfer(who.care_home_nurse, elder)

    assert handling.precautions(who.care_home_nurse, elder.pk)
    [offer] = offered(who.care_home_nurse, asked, who.hospital)
    assert not handling.precautions(who.ward_doctor, elder.pk)
    assert "scabies" not in page(who.ward_doctor, reverse("beds:transfer", args=[asked.pk]))
    around = reverse("beds:transfer_around", args=[asked.pk])
    assert page(who.ward_doctor, around, status=404)
    commands.accept_offer(by=who.ward_doctor, at=now(), offer=offer, doctor="Dr Chen")

    for concerned in (who.ward_doctor, who.care_home_nurse):
        assert around in page(concerned, reverse("beds:transfer", args=[asked.pk]))
        assert "scabies" in page(concerned, around)
    assert not handling.precautions(who.stranger, elder.pk)
    assert not handling.precautions(who.other_elder, elder.pk)


def test_a_family_never_reads_a_precaution(who: Cast, elder: Person) -> None:
    from yiyang.access.tests.factories import family
    from yiyang.people.tests.factories import seen_by

    daughter = family("RELATIVE", name="王芳")
    seen_by(elder, account_id=daughter.account_id, basis="DELEGATION")
    asked = transfer(who.care_home_nurse, elder)
    scabies(who, elder)

    for name in ("transfer", "transfer_around"):
        assert "scabies" not in page(daughter, reverse(f"beds:{name}", args=[asked.pk]))


def test_a_precaution_begins_once_and_ends_after_it_began(who: Cast, elder: Person) -> None:
    nurse = signed_in(who.care_home_nurse)
    url = reverse("beds:begin_precaution", args=[elder.pk])

    assert nurse.post(url, {"way": "CONTACT", "cause": "SCABIES"}).status_code == 302
    with pytest.raises(PrecautionAlready):
        scabies(who, elder)
    found = Precaution.objects.get()
    with pytest.raises(EndsBeforeBegin):
        commands.end_precaution(
            by=who.care_home_nurse, at=found.begun_at - found.begun_at.resolution, precaution=found
        )
    nurse.post(reverse("beds:end_precaution", args=[found.pk]), {})
    with pytest.raises(PrecautionEnded):
        commands.end_precaution(by=who.care_home_nurse, at=now(), precaution=found)


def test_who_does_not_handle_the_person_begins_none(who: Cast, elder: Person) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        commands.begin_precaution(by=who.ward_doctor, at=now(), person=elder, way="CONTACT", cause="SCABIES")


def ward_nurse_choices(asked: Transfer) -> dict[str, str]:
    with override("en"):
        return {one.ranked.candidate.name: one.ranked.blocked for one in candidates.candidates(asked, [])}


def test_an_outbreak_closes_the_unit_to_offers_and_the_ranking_says_so(who: Cast, elder: Person) -> None:
    asked = agreed(who.care_home_nurse, transfer(who.care_home_nurse, elder))
    outbreak = commands.declare_outbreak(
        by=who.admission_office, at=now(), unit_id=who.hospital.pk, reason="norovirus, 6 ill"
    )

    assert "closed for an outbreak" in ward_nurse_choices(asked).values()
    with pytest.raises(ClosedToOffers):
        commands.offer_transfer(by=who.care_home_nurse, at=now(), transfer=asked, units=[who.hospital.pk])
    with pytest.raises(OutbreakAlready):
        commands.declare_outbreak(by=who.admission_office, at=now(), unit_id=who.hospital.pk, reason="again")
    commands.end_outbreak(by=who.admission_office, at=now(), outbreak=outbreak)
    with pytest.raises(OutbreakOver):
        commands.end_outbreak(by=who.admission_office, at=now(), outbreak=outbreak)
    commands.offer_transfer(by=who.care_home_nurse, at=now(), transfer=asked, units=[who.hospital.pk])


def test_a_home_with_an_outbreak_still_takes_its_resident_back(who: Cast, elder: Person) -> None:
    out = allocated(
        who.care_home_nurse, transfer(who.care_home_nurse, elder), who.ward_doctor, who.admission_office,
        who.hospital,
    )  # fmt: skip
    commands.hand_over(by=who.care_home_nurse, at=now(), transfer=out, condition="awake")
    commands.depart(by=who.care_home_nurse, at=now(), transfer=out)
    commands.arrive(by=who.admission_office, at=now(), transfer=out)
    manager = signed_in(who.care_home_manager)
    declared = manager.post(
        reverse("beds:declare_outbreak", args=[who.care_home.pk]), {"reason": "influenza, 9 ill"}
    )
    assert declared.status_code == 302
    assert "influenza, 9 ill" in page(who.care_home_nurse, reverse("beds:unit", args=[who.care_home.pk]))

    back = transfer(who.ward_doctor, elder, trigger="HEALTH_IMPROVED", target_kind="INSTITUTION")
    commands.evaluate_transfer(
        by=who.ward_doctor, at=now(), transfer=back, outcome="FIT", statement="healed, stable"
    )
    commands.record_agreement(
        by=who.ward_doctor, at=now(), transfer=back, outcome="AGREED", by_whom="PERSON", name="王秀英",
        how="IN_PERSON",
    )  # fmt: skip
    taken = commands.take_back(by=who.care_home_nurse, at=now(), transfer=back)

    assert taken.state == "ALLOCATED"


def test_a_ward_with_an_outbreak_closes_and_opens_alone(who: Cast, elder: Person) -> None:
    ward = room(who.hospital, "R9", ward="九楼").ward

    made = commands.declare_outbreak(
        by=who.admission_office, at=now(), unit_id=who.hospital.pk, ward=ward, reason="scabies"
    )
    ward.refresh_from_db()
    assert ward.closed_to_offers
    with pytest.raises(WardOfAnotherUnit):
        commands.declare_outbreak(
            by=who.care_home_manager, at=now(), unit_id=who.care_home.pk, ward=ward, reason="x"
        )
    commands.end_outbreak(by=who.admission_office, at=now(), outbreak=made)
    ward.refresh_from_db()

    assert not ward.closed_to_offers
    assert Outbreak.objects.get().until


def test_a_companion_is_written_down_shown_on_the_unit_and_goes_home(who: Cast, elder: Person) -> None:
    nurse = signed_in(who.care_home_nurse)
    told = {"name": "王芳", "kind": "FAMILY", "phone": "13900000001", "place": "301"}

    nurse.post(reverse("beds:add_companion", args=[elder.pk]), told)

    assert "13900000001" in page(who.care_home_nurse, reverse("beds:unit", args=[who.care_home.pk]))
    with pytest.raises(CompanionAlready):
        commands.add_companion(by=who.care_home_nurse, at=now(), person=elder, **told)
    found = Companion.objects.get()
    with pytest.raises(CompanionLeavesBefore):
        commands.end_companion(
            by=who.care_home_nurse, at=found.since - found.since.resolution, companion=found
        )
    nurse.post(reverse("beds:end_companion", args=[found.pk]), {})
    with pytest.raises(CompanionLeft):
        commands.end_companion(by=who.care_home_nurse, at=now(), companion=found)
    assert "13900000001" not in page(who.care_home_nurse, reverse("beds:unit", args=[who.care_home.pk]))


def test_no_place_of_a_closed_unit_is_offered_to_those_who_wait(who: Cast) -> None:
    waiting = person("李建国", sex="MALE", organisation_id=who.care_home.pk)
    entry = commands.join_waiting_list(
        by=who.care_home_manager, at=now(), person=waiting, kind="INSTITUTION", list_owner=who.care_home.pk
    )
    free = bed(who.care_home)
    commands.declare_outbreak(by=who.care_home_manager, at=now(), unit_id=who.care_home.pk, reason="x")

    with pytest.raises(ClosedToOffers):
        commands.offer_place(by=who.care_home_manager, at=now(), entry=entry, bed=free)
