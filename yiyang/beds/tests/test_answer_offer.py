"""Asking units, and every answer that they may give."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access.tests.factories import contract, organisation
from yiyang.beds import commands
from yiyang.beds.commands.answers import OfferClosed, OfferLate, OfferNotOpen, QuotaReached
from yiyang.beds.commands.locks import PersonIsDead
from yiyang.beds.commands.offers import AlreadyOffered, NoContract, NoUnitChosen
from yiyang.beds.commands.rows import EndsBeforeItBegins
from yiyang.beds.commands.steps import SayWhy, TransferSuspended
from yiyang.beds.models import Offer
from yiyang.beds.rules.transfers import WrongStep
from yiyang.beds.tests.factories import agreed, bed, stay, transfer
from yiyang.duty.queries import hours_of
from yiyang.duty.rules.hours import add_minutes
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotAllowed, Stale
from yiyang.kernel.time import clock_at, now


@pytest.fixture
def routine(who, elder):
    return agreed(who.care_home_nurse, transfer(who.care_home_nurse, elder(), urgency="ROUTINE"))


def ask(who, of, *units, **more):
    return commands.offer_transfer(
        by=who.care_home_nurse, at=now(), transfer=of, units=[unit.pk for unit in units], **more
    )


def accept(offer, by=SYSTEM, **more):
    return commands.accept_offer(by=by, at=now(), offer=offer, doctor="Dr Chen", **more)


def in_duty_hours(who, since):
    """What the contract gives a routine offer: minutes of the hospital's hours of work."""
    return add_minutes(hours_of(who.hospital.pk, since.date()), since, who.contract.answer_minutes("ROUTINE"))


def test_a_contract_covers_a_routine_offer_and_gives_it_its_deadline(who, routine):
    [offer] = ask(who, routine, who.hospital)

    assert (offer.basis, offer.contract_id) == ("CONTRACT", who.contract.pk)
    assert offer.answer_by == in_duty_hours(who, offer.sent_at)
    routine.refresh_from_db()
    assert (routine.state, routine.act_by) == ("OFFERED", offer.answer_by)


def test_without_a_contract_a_routine_transfer_goes_only_where_the_person_chose(who, elder):
    far = organisation("外区医院", "HOSPITAL")
    plain = agreed(SYSTEM, transfer(who.care_home_nurse, elder(), urgency="ROUTINE"))
    with pytest.raises(NoContract):
        ask(who, plain, far)

    chosen = transfer(who.care_home_nurse, elder("李玉兰"), urgency="ROUTINE", chosen_unit=far.pk)
    [offer] = ask(who, agreed(SYSTEM, chosen), far)
    assert offer.basis == "CHOICE"


def test_an_urgent_one_may_go_outside_and_is_marked_and_counted(who, elder):
    urgent = agreed(SYSTEM, transfer(who.care_home_nurse, elder(), urgency="URGENT"))

    [offer] = ask(who, urgent, organisation("外区医院", "HOSPITAL"), reason="nearest with a stroke unit")

    assert (offer.basis, offer.basis_reason) == ("URGENT", "nearest with a stroke unit")
    assert PersonFact.objects.get(name="transfer.offered").data["basis"] == "URGENT"


def test_somebody_is_asked_and_nobody_twice(who, routine):
    with pytest.raises(NoUnitChosen):
        ask(who, routine)
    with pytest.raises(AlreadyOffered):
        ask(who, routine, who.hospital, who.hospital)
    assert not Offer.objects.exists()

    ask(who, routine, who.hospital)
    with pytest.raises(AlreadyOffered):
        ask(who, routine, who.hospital)


def test_the_first_to_accept_has_the_person_and_the_others_are_told_who(who, elder):
    second = organisation("第二医院", "HOSPITAL")
    urgent = agreed(SYSTEM, transfer(who.care_home_nurse, elder(), urgency="URGENT"))
    one, other = ask(who, urgent, who.hospital, second)

    taken = accept(one, by=who.ward_doctor, conditions="bring the medicines")

    assert (taken.state, taken.to_unit) == ("ACCEPTED", who.hospital)
    assert who.ward_doctor.sees(taken.person_id)
    with pytest.raises(OfferClosed) as refused:
        accept(other)
    assert refused.value.details["unit"] == "区中心医院"


def test_only_the_unit_asked_answers(who, routine):
    [offer] = ask(who, routine, who.hospital)

    for outsider in (who.stranger, who.care_home_nurse, who.admission_office):
        with pytest.raises(NotAllowed):
            accept(offer, by=outsider)


def test_an_answer_after_the_deadline_is_refused(who, routine):
    [offer] = ask(who, routine, who.hospital)

    with clock_at(offer.answer_by + timedelta(seconds=1)), pytest.raises(OfferLate):
        accept(offer)
    with clock_at(offer.answer_by):
        assert accept(offer).state == "ACCEPTED"


def test_a_decline_has_a_code_and_opens_the_transfer_again(who, routine):
    [offer] = ask(who, routine, who.hospital)
    with pytest.raises(SayWhy):
        commands.decline_offer(by=SYSTEM, at=now(), offer=offer, code="OTHER")

    commands.decline_offer(by=who.ward_doctor, at=now(), offer=offer, code="NO_BED")

    routine.refresh_from_db()
    assert routine.state == "AGREED"
    assert PersonFact.objects.get(name="offer.declined").data["contract"] == str(who.contract.pk)
    with pytest.raises(OfferNotOpen):
        accept(offer)
    ask(who, routine, who.hospital)


def test_a_decline_while_others_are_still_asked_changes_nothing_for_them(who, elder):
    urgent = agreed(SYSTEM, transfer(who.care_home_nurse, elder(), urgency="URGENT"))
    one, other = ask(who, urgent, who.hospital, organisation("第二医院", "HOSPITAL"))

    commands.decline_offer(by=SYSTEM, at=now(), offer=one, code="BEYOND_ABILITY")

    assert accept(other).state == "ACCEPTED"


def test_more_information_starts_the_time_to_answer_again(who, routine):
    [offer] = ask(who, routine, who.hospital)
    later = now() + timedelta(minutes=10)
    with pytest.raises(OfferNotOpen):
        commands.give_information(by=who.care_home_nurse, at=now(), offer=offer, text="ECG")
    with pytest.raises(SayWhy):
        commands.answer_offer_otherwise(by=SYSTEM, at=now(), offer=offer, answer="NEED_INFORMATION", text="")
    commands.answer_offer_otherwise(
        by=who.ward_doctor, at=now(), offer=offer, answer="NEED_INFORMATION", text="which antibiotics?"
    )

    with clock_at(later):
        again = commands.give_information(by=who.care_home_nurse, at=now(), offer=offer, text="cefuroxime")

    assert again.state == "SENT"
    assert again.answer_by == in_duty_hours(who, later)


def test_information_written_down_late_does_not_move_the_deadline_before_the_question(who, routine):
    [offer] = ask(who, routine, who.hospital)
    commands.answer_offer_otherwise(
        by=SYSTEM, at=now(), offer=offer, answer="NEED_INFORMATION", text="which antibiotics?"
    )

    again = commands.give_information(
        by=SYSTEM, at=now() - timedelta(days=3), offer=offer, text="told by phone"
    )

    assert again.answer_by > again.sent_at


def test_later_says_from_when(who, routine):
    [offer] = ask(who, routine, who.hospital)
    with pytest.raises(EndsBeforeItBegins):
        commands.answer_offer_otherwise(by=SYSTEM, at=now(), offer=offer, answer="LATER", text="tomorrow")

    commands.answer_offer_otherwise(
        by=SYSTEM, at=now(), offer=offer, answer="LATER", text="x", later_from=now() + timedelta(days=1)
    )
    assert accept(offer).state == "ACCEPTED"


def test_an_unanswered_offer_lapses_once_and_counts_how_late(who, routine):
    [offer] = ask(who, routine, who.hospital)
    with pytest.raises(OfferNotOpen):
        commands.lapse_offer(by=SYSTEM, at=now(), offer=offer)

    with clock_at(offer.answer_by + timedelta(hours=1)):
        commands.lapse_offer(by=SYSTEM, at=now(), offer=offer)
        with pytest.raises(OfferNotOpen):
            commands.lapse_offer(by=SYSTEM, at=now(), offer=offer)

    assert PersonFact.objects.get(name="offer.expired").data["minutes_late"] == 60
    assert PersonFact.objects.filter(name="transfer.unanswered").count() == 1


def test_the_daily_quota_of_a_contract_ends_at_midnight(who, elder):
    from django.utils import timezone

    hospital = organisation("第九医院", "HOSPITAL")
    contract(who.care_home, hospital, daily_quota=1)
    midnight = timezone.localtime(now()).replace(hour=0, minute=0, second=0, microsecond=0)

    def one(at, name):
        with clock_at(at):
            asked = agreed(SYSTEM, transfer(who.care_home_nurse, elder(name), urgency="ROUTINE"))
            [offer] = ask(who, asked, hospital)
            return accept(offer)

    one(midnight + timedelta(hours=23), "甲甲")
    with pytest.raises(QuotaReached):
        one(midnight + timedelta(hours=23, minutes=30), "乙乙")
    one(midnight + timedelta(hours=25), "丙丙")


def test_what_an_emergency_has_suspended_is_neither_offered_nor_accepted(who, elder):
    someone = elder()
    stay(someone, bed(who.care_home), at=now() - timedelta(days=1))
    routine = agreed(SYSTEM, transfer(who.care_home_nurse, someone, urgency="ROUTINE"))
    [offer] = ask(who, routine, who.hospital)
    transfer(who.night_duty_officer, someone, urgency="EMERGENCY")

    with pytest.raises(OfferNotOpen):
        accept(offer)
    with pytest.raises(TransferSuspended):
        ask(who, routine, who.hospital)


def test_nobody_accepts_the_dead_nor_a_stale_page(who, routine):
    [offer] = ask(who, routine, who.hospital)
    with pytest.raises(Stale):
        accept(offer, version=offer.version + 1)

    commands.record_death(by=SYSTEM, at=now(), person=routine.person)

    with pytest.raises((OfferNotOpen, PersonIsDead)):
        accept(offer)


def test_the_unit_that_accepted_may_have_to_give_up(who, routine):
    [offer] = ask(who, routine, who.hospital)
    accept(offer)

    again = commands.look_elsewhere(
        by=who.care_home_nurse, at=now(), transfer=routine, reason="no bed after all"
    )

    assert (again.state, again.to_unit) == ("AGREED", None)
    with pytest.raises(WrongStep):
        commands.look_elsewhere(by=who.care_home_nurse, at=now(), transfer=routine, reason="again")


def test_looking_elsewhere_withdraws_the_open_offers(who, elder):
    urgent = agreed(SYSTEM, transfer(who.care_home_nurse, elder(), urgency="URGENT"))
    [offer] = ask(who, urgent, who.hospital)

    commands.look_elsewhere(by=who.care_home_nurse, at=now(), transfer=urgent, reason="nobody answers")

    with pytest.raises(OfferNotOpen):
        accept(offer)
    ask(who, urgent, who.hospital)
