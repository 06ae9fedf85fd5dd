"""A clinician's judgement, and what the person or those who decide for them say."""

from __future__ import annotations

import pytest
from django.db import connection

from yiyang.access.tests.factories import area, organisation
from yiyang.beds import commands
from yiyang.beds.commands.agreements import PaperMissing, WitnessesMissing
from yiyang.beds.commands.emergencies import AlreadyDeclared, NoEmergencyDeclared, waived
from yiyang.beds.commands.steps import SayWhy
from yiyang.beds.models import Transfer
from yiyang.beds.queries import transfer_pages
from yiyang.beds.rules.transfers import WrongStep
from yiyang.beds.tests.factories import allocated, bed, offered, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import Stale
from yiyang.kernel.time import now


def say(of, outcome="AGREED", by_whom="PERSON", name="王秀英", how="IN_PERSON", **more):
    return commands.record_agreement(
        by=SYSTEM, at=now(), transfer=of, outcome=outcome, by_whom=by_whom, name=name, how=how, **more
    )


def evaluate(of, outcome="FIT", **more):
    return commands.evaluate_transfer(
        by=SYSTEM, at=now(), transfer=of, outcome=outcome, statement="seen at noon", **more
    )


@pytest.fixture
def routine(who, elder):
    someone = elder()
    stay(someone, bed(who.care_home))
    return transfer(who.care_home_nurse, someone, urgency="ROUTINE")


def test_an_evaluation_is_kept_with_the_clinicians_name(who, routine):
    commands.evaluate_transfer(
        by=SYSTEM, at=now(), transfer=routine, outcome="FIT", statement="needs a ward",
        criteria=[{"code": "FEVER", "met": True}],
    )  # fmt: skip

    routine.refresh_from_db()
    assert routine.state == "EVALUATED"
    assert routine.evaluations.get().criteria == [{"code": "FEVER", "met": True}]


def test_what_is_not_indicated_ends(routine):
    assert evaluate(routine, "NOT_FIT").state == "NOT_INDICATED"


def test_an_evaluation_without_a_word_is_refused(routine):
    with pytest.raises(SayWhy):
        commands.evaluate_transfer(by=SYSTEM, at=now(), transfer=routine, outcome="FIT", statement=" ")


def test_a_stale_page_is_refused(routine):
    evaluate(routine, version=routine.version)

    with pytest.raises(Stale):
        evaluate(routine, version=routine.version)


def test_the_agreement_may_come_before_the_evaluation(routine):
    assert say(routine).state == "REQUESTED"

    assert evaluate(routine).state == "AGREED"


def test_a_refusal_stops_a_routine_transfer_and_its_reservation(who, routine):
    place = bed(who.hospital, "HOSPITAL")
    allocated(who.care_home_nurse, routine, who.ward_doctor, who.admission_office, who.hospital, place)

    assert say(routine, "REFUSED").state == "REFUSED"
    assert not place.occupancies.filter(state="RESERVED").exists()


def test_a_refusal_does_not_stop_an_emergency_and_stands_beside_it(who, elder):
    night = transfer(who.care_home_nurse, elder(), urgency="EMERGENCY")

    assert say(night, "REFUSED").state == "REQUESTED"
    assert night.agreements.get().outcome == "REFUSED"


def test_a_refusal_on_the_way_is_kept_and_stops_nothing(who, routine):
    place = bed(who.hospital, "HOSPITAL")
    allocated(who.care_home_nurse, routine, who.ward_doctor, who.admission_office, who.hospital, place)
    commands.hand_over(by=SYSTEM, at=now(), transfer=routine, condition="well")
    commands.depart(by=SYSTEM, at=now(), transfer=routine)

    assert say(routine, "REFUSED").state == "DEPARTED"


def test_two_relatives_who_disagree_leave_it_open_and_both_statements_stay(routine):
    evaluate(routine)
    say(routine, "CANNOT_DECIDE")
    say(routine, "AGREED", "RELATIVE", "女儿")

    assert say(routine, "REFUSED", "RELATIVE", "儿子").state in ("AGREED", "EVALUATED")
    assert routine.agreements.count() == 3


@pytest.mark.parametrize(("witness", "second"), [("", ""), ("张", ""), ("张", "  ")])
def test_by_telephone_two_witnesses_hear_it(routine, witness, second):
    with pytest.raises(WitnessesMissing):
        say(routine, how="TELEPHONE", witness=witness, second_witness=second)

    say(routine, how="TELEPHONE", witness="张护士", second_witness="李护士")
    say(routine, "NOT_REACHED", how="TELEPHONE")


def test_on_paper_means_that_the_paper_is_there(routine):
    with pytest.raises(PaperMissing):
        say(routine, how="PAPER")

    say(routine, how="PAPER", paper=b"\xff\xd8", paper_type="image/jpeg")


def test_nothing_is_said_of_what_has_ended(routine):
    commands.cancel_transfer(by=SYSTEM, at=now(), transfer=routine, reason="well again")

    with pytest.raises(WrongStep):
        say(routine)
    with pytest.raises(WrongStep):
        evaluate(routine)


def test_the_database_too_wants_two_witnesses(routine):
    say(routine, how="TELEPHONE", witness="张护士", second_witness="李护士")
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE beds_agreement SET second_witness = ''")


def test_an_urgent_transfer_is_offered_while_the_agreement_is_awaited(who, elder):
    urgent = transfer(who.care_home_nurse, elder(), urgency="URGENT")
    evaluate(urgent)

    commands.offer_transfer(by=who.care_home_nurse, at=now(), transfer=urgent, units=[who.hospital.pk])

    assert say(urgent).state == "OFFERED"


def test_a_routine_one_is_not(who, routine):
    evaluate(routine)

    with pytest.raises(WrongStep):
        commands.offer_transfer(by=who.care_home_nurse, at=now(), transfer=routine, units=[who.hospital.pk])


def test_a_declared_emergency_waives_both_until_it_is_ended(who, elder):
    declared = commands.declare_emergency(
        by=who.coordinator, at=now(), organisation_id=who.centre.pk, reason="heat wave"
    )
    with pytest.raises(AlreadyDeclared):
        commands.declare_emergency(by=SYSTEM, at=now(), organisation_id=who.centre.pk, reason="again")
    asked = transfer(who.care_home_nurse, elder(), urgency="ROUTINE")
    commands.offer_transfer(by=who.care_home_nurse, at=now(), transfer=asked, units=[who.hospital.pk])

    commands.end_emergency(by=who.coordinator, at=now(), emergency=declared)

    with pytest.raises(NoEmergencyDeclared):
        commands.end_emergency(by=SYSTEM, at=now(), emergency=declared)
    with pytest.raises(WrongStep):
        offered_too_soon = transfer(who.care_home_nurse, elder("李玉兰"), urgency="ROUTINE")
        commands.offer_transfer(
            by=who.care_home_nurse, at=now(), transfer=offered_too_soon, units=[who.hospital.pk]
        )


def coordinated_by(centre, elder):
    asked = transfer(SYSTEM, elder, urgency="ROUTINE")
    Transfer.objects.filter(pk=asked.pk).update(coordinator=centre)
    return Transfer.objects.get(pk=asked.pk)


def test_one_centre_declares_it_for_all_transfers_of_its_district_and_of_no_other(who, elder):
    second = organisation("静安区第二协调中心", "COORDINATION_CENTRE", area=area("310106012"))
    foreign = organisation("黄浦区协调中心", "COORDINATION_CENTRE", area=area("310101001"))
    ours, theirs = coordinated_by(who.centre, elder()), coordinated_by(foreign, elder("李玉兰"))

    declared = commands.declare_emergency(by=SYSTEM, at=now(), organisation_id=second.pk, reason="flood")

    assert waived(again(ours)) and transfer_pages.transfer(SYSTEM, ours.pk).waived
    assert not waived(again(theirs)) and not transfer_pages.transfer(SYSTEM, theirs.pk).waived
    with pytest.raises(AlreadyDeclared):
        commands.declare_emergency(
            by=who.coordinator, at=now(), organisation_id=who.centre.pk, reason="flood"
        )
    assert commands.declare_emergency(by=SYSTEM, at=now(), organisation_id=foreign.pk, reason="flood")

    commands.end_emergency(by=SYSTEM, at=now(), emergency=declared)

    assert not waived(again(ours)) and not transfer_pages.transfer(SYSTEM, ours.pk).waived
    assert waived(again(theirs))


def again(of):
    return Transfer.objects.get(pk=of.pk)


def test_an_evaluation_after_the_offers_does_not_disturb_them(who, routine):
    offered(who.care_home_nurse, routine, who.hospital)

    with pytest.raises(WrongStep):
        evaluate(routine)
    assert evaluate(routine, "NOT_FIT").state == "NOT_INDICATED"
    assert routine.offers.get().state == "WITHDRAWN"
