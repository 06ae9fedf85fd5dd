"""Beginning, answering, signing, amending, voiding: what is kept, what is refused in words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yiyang.access.tests.factories import Cast, cast, family
from yiyang.assessments import commands, queries
from yiyang.assessments.commands import refusals as no
from yiyang.assessments.models import Assessment, Due
from yiyang.assessments.queries import answering
from yiyang.assessments.tests.factories import HELPED, WELL, draft, instrument, signed, text
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by
from yiyang.records import commands as records

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    found = person("王秀英", organisation_id=who.care_home.pk)
    seen_by(found, who.chc.pk)
    return found


def facts(elder: Person) -> list[str]:
    return list(PersonFact.objects.filter(person_id=elder.pk).order_by("id").values_list("name", flat=True))


def answer(
    by: Any, of: Assessment, answers: dict[str, Any], revision: int | None = None, device: str = ""
) -> Any:
    seen = of.revision if revision is None else revision
    return commands.answer(by=by, at=now(), assessment=of, answers=answers, revision=seen, device=device)


def test_a_signed_assessment_has_its_level_and_asks_for_the_next_one(who: Cast, elder: Person) -> None:
    done = signed(who.care_home_nurse, elder, HELPED)

    assert (done.state, done.total, done.level, done.rank) == ("SIGNED", 3, "1", 1)
    next_one = Due.objects.get(person=elder, closed_at=None)
    assert (next_one.due_on, next_one.assessor_account) == (done.valid_until, who.care_home_nurse.account_id)
    assert queries.latest_valid(who.family_doctor, elder, now())["MINI"].level == "1"
    assert "assessment.signed" in facts(elder)


def test_nothing_is_signed_with_a_question_open_an_impossible_answer_a_wrong_unit_or_a_day_to_come(
    who: Cast, elder: Person
) -> None:
    nurse = who.care_home_nurse
    begun = draft(nurse, elder, {"walk": "2"})

    with pytest.raises(no.AnswersMissing) as missing:
        commands.sign_assessment(by=nurse, at=now(), assessment=begun)
    with pytest.raises(no.AnswerNotPossible):
        answer(nurse, begun, {"walk": "9"})
    with pytest.raises(no.AnswerNotPossible):
        answer(nurse, begun, {"weight": 900})
    with pytest.raises(no.AnswerNotPossible):
        answer(nurse, begun, {"weight": {"value": 60, "unit": "[lb_av]"}})
    with pytest.raises(no.AnswerNotPossible):
        answer(nurse, begun, {"height": 170})
    with pytest.raises(no.AssessedInTheFuture):
        commands.sign_assessment(by=nurse, at=now(), assessment=begun, assessed_at=now() + timedelta(days=1))

    assert missing.value.details["codes"] == ["weight", "harm"]
    assert Assessment.objects.get(pk=begun.pk).answers == {"walk": "2"}


def test_two_devices_do_not_overwrite_each_other_and_the_rest_is_kept(who: Cast, elder: Person) -> None:
    begun = draft(who.care_home_nurse, elder, {})
    first = answer(who.care_home_nurse, begun, {"walk": "2"}, device="tablet")

    with pytest.raises(no.AnswersChanged) as both:
        answer(who.care_home_nurse, begun, {"walk": "1"}, begun.revision, device="telephone")
    kept = answer(who.care_home_nurse, begun, {"weight": 61.5}, begun.revision, device="telephone")
    again = answer(who.care_home_nurse, first, {"walk": "2"}, begun.revision, device="telephone")

    assert (both.value.details["mine"], both.value.details["theirs"]) == ({"walk": "1"}, {"walk": "2"})
    assert kept.answers == {"walk": "2", "weight": 61.5}
    assert again.revision == kept.revision, "the same answer sent twice changes nothing"
    answer(who.care_home_nurse, begun, {"walk": "0"}, begun.revision, device="tablet")


def test_the_same_unit_goes_on_with_what_it_has_begun_and_a_key_never_makes_two(
    who: Cast, elder: Person
) -> None:
    begun = draft(who.care_home_nurse, elder, {}, key="phone-1")

    assert draft(who.care_home_nurse, elder, {}, key="phone-1") == begun
    assert draft(who.night_duty_officer, elder, {}) == begun
    assert draft(who.family_doctor, elder, {}) != begun


def test_who_signs_after_somebody_else_did_meanwhile_is_told_and_may_sign_beside(
    who: Cast, elder: Person
) -> None:
    mine = draft(who.family_doctor, elder, HELPED)
    signed(who.care_home_nurse, elder, WELL)

    with pytest.raises(no.SignedMeanwhile):
        commands.sign_assessment(by=who.family_doctor, at=now(), assessment=mine)
    commands.sign_assessment(by=who.family_doctor, at=now(), assessment=mine, beside=True)

    assert Assessment.objects.filter(person=elder, state="SIGNED").count() == 2


def test_where_two_assess_the_second_signature_is_somebody_elses(who: Cast, elder: Person) -> None:
    instrument(assessors=2)
    first = signed(who.care_home_nurse, elder)
    assert first.state == "AWAITING_SECOND" and not queries.latest(elder.pk, now())

    with pytest.raises(no.SecondSignatureBySame):
        commands.second_signature(by=who.care_home_nurse, at=now(), assessment=first)
    back = commands.give_back(by=who.family_doctor, at=now(), assessment=first, reason="walks worse")
    assert (back.state, back.level, back.signed_by) == ("DRAFT", "", "")
    first = commands.sign_assessment(by=who.care_home_nurse, at=now(), assessment=back)
    done = commands.second_signature(by=who.family_doctor, at=now(), assessment=first)

    assert (done.state, done.second_signed_by_account) == ("SIGNED", who.family_doctor.account_id)


def test_an_amendment_replaces_the_former_which_stays_and_counts_again_when_the_new_one_is_void(
    who: Cast, elder: Person
) -> None:
    nurse = who.care_home_nurse
    former = signed(nurse, elder, HELPED)
    with pytest.raises(no.SayWhyAmended):
        commands.amend_assessment(by=nurse, at=now(), assessment=former, reason=" ")
    newer = commands.amend_assessment(by=nurse, at=now(), assessment=former, reason="wrong option")
    assert commands.amend_assessment(by=nurse, at=now(), assessment=former, reason="again") == newer
    answer(nurse, newer, {"walk": "2"})
    newer.refresh_from_db()
    newer = commands.sign_assessment(by=nurse, at=now(), assessment=newer)

    assert queries.latest(elder.pk, now())["MINI"].id == newer.pk
    former.refresh_from_db()
    assert (former.state, former.level, newer.level) == ("SUPERSEDED", "1", "0")

    commands.void_assessment(by=nurse, at=now(), assessment=newer, reason="somebody else's")
    assert queries.latest(elder.pk, now())["MINI"].id == former.pk
    with pytest.raises(no.VoidAlready):
        commands.void_assessment(by=nurse, at=now(), assessment=newer, reason="again")


def test_who_signs_a_correction_is_told_of_what_was_signed_or_made_void_meanwhile(
    who: Cast, elder: Person, client: Client
) -> None:
    nurse, doctor = who.care_home_nurse, who.family_doctor
    former = signed(nurse, elder, HELPED)
    mine = commands.amend_assessment(by=nurse, at=now(), assessment=former, reason="wrong option")
    signed(doctor, elder, WELL)
    client.force_login(nurse.account)
    page = client.get(reverse("assessments:sign_assessment", args=[mine.pk])).content.decode()
    assert "期间已有他人签字" in page and 'name="beside"' in page
    with pytest.raises(no.SignedMeanwhile):
        commands.sign_assessment(by=nurse, at=now(), assessment=mine)

    commands.void_assessment(by=nurse, at=now(), assessment=former, reason="somebody else's")
    page = client.get(reverse("assessments:sign_assessment", args=[mine.pk])).content.decode()
    assert "原版本已作废" in page and "somebody else" in page
    with pytest.raises(no.FormerIsVoid):
        commands.sign_assessment(by=nurse, at=now(), assessment=mine)
    done = commands.sign_assessment(by=nurse, at=now(), assessment=mine, beside=True)

    former.refresh_from_db()
    assert (former.state, done.state) == ("VOID", "SIGNED")
    commands.void_assessment(by=nurse, at=now(), assessment=done, reason="mistake")
    former.refresh_from_db()
    assert former.state == "VOID", "what is void does not count again"


def test_what_is_signed_stays_as_it_is(who: Cast, elder: Person) -> None:
    done = signed(who.care_home_nurse, elder)

    with pytest.raises(no.NotADraft):
        answer(who.care_home_nurse, done, {"walk": "0"})
    with pytest.raises(no.NotADraft):
        commands.sign_assessment(by=who.care_home_nurse, at=now(), assessment=done)


def test_a_questioned_result_is_assessed_again_by_others_and_both_stay(who: Cast, elder: Person) -> None:
    nurse = who.care_home_nurse
    first = signed(nurse, elder, HELPED)
    dispute = commands.raise_dispute(
        by=nurse, at=now(), assessment=first, by_whom="FAMILY", grounds="she walks alone"
    )
    assert Due.objects.get(closed_at=None).reason == "DISPUTE"

    with pytest.raises(no.SameAssessor):
        draft(nurse, elder, dispute=dispute)
    again = draft(who.family_doctor, elder, dispute=dispute)
    commands.sign_assessment(by=who.family_doctor, at=now(), assessment=again)

    dispute.refresh_from_db()
    assert (dispute.state, dispute.result, dispute.outcome_id) == ("DECIDED", "CHANGED", again.pk)
    assert Assessment.objects.filter(person=elder, state="SIGNED").count() == 2
    assert queries.latest(elder.pk, now())["MINI"].level == "0"
    with pytest.raises(no.DisputedAlready):
        commands.raise_dispute(by=nurse, at=now(), assessment=first, by_whom="FAMILY", grounds="still")


def test_a_result_is_questioned_within_the_days_of_the_policy(who: Cast, elder: Person) -> None:
    first = signed(who.care_home_nurse, elder)
    Assessment.objects.filter(pk=first.pk).update(signed_at=now() - timedelta(days=31))

    with pytest.raises(no.DisputedTooLate):
        commands.raise_dispute(
            by=who.care_home_nurse, at=now(), assessment=first, by_whom="PERSON", grounds="no"
        )


def test_a_person_answers_themself_and_staff_sign(who: Cast) -> None:
    instrument(self_report=True)
    own = person("王秀英", organisation_id=who.care_home.pk)
    seen_by(own, who.care_home.pk, basis="EPISODE")
    elder = family(person_id=own.pk)
    begun = commands.begin_self_report(by=elder, at=now(), person=own, code="MINI")
    with pytest.raises(no.AnswersMissing):
        commands.hand_in_self_report(by=elder, at=now(), assessment=begun)
    commands.answer_self_report(by=elder, at=now(), assessment=begun, answers=WELL, revision=1)

    sent = commands.hand_in_self_report(by=elder, at=now(), assessment=begun)

    assert (sent.organisation_id, sent.state) == (who.care_home.pk, "DRAFT")
    with pytest.raises(no.HandedInAlready):
        commands.hand_in_self_report(by=elder, at=now(), assessment=begun)
    assert commands.sign_assessment(by=who.care_home_nurse, at=now(), assessment=sent).level == "0"
    with pytest.raises(NotAllowed):
        commands.begin_assessment(by=elder, at=now(), person=own, code="MINI", reason="FIRST")


def test_a_faulty_file_is_refused_with_every_fault_and_a_used_version_is_not_changed() -> None:
    with pytest.raises(no.InstrumentFaulty) as faulty:
        commands.add_instrument(
            by=SYSTEM, at=now(), text=text().replace("to = 3", "to = 2"), name="mini.toml"
        )
    first = instrument()
    with pytest.raises(no.VersionTaken):
        commands.add_instrument(by=SYSTEM, at=now(), text=text() + "\n# changed\n", name="mini.toml")
    second = instrument(version="2")
    commands.retire_instrument(by=SYSTEM, at=now(), instrument=second)

    assert faulty.value.details["found"] and "mini.toml" in str(faulty.value)
    assert [one.pk for one in queries.in_use() if one.code == "MINI"] == [first.pk]


def test_who_sees_the_basics_alone_reads_and_writes_nothing(who: Cast, elder: Person) -> None:
    done = signed(who.care_home_nurse, elder)
    other = person("李建国")
    seen_by(other, who.care_home.pk, scope="BASIC", basis="AREA")

    with pytest.raises(NotAllowed):
        draft(who.care_home_nurse, other)
    with pytest.raises(NotFound):
        queries.assessment(who.head_nurse, done.pk)
    assert queries.latest_valid(who.head_nurse, elder, now()) == {}


def test_news2_shows_what_was_measured_beside_and_takes_nothing_over(who: Cast, elder: Person) -> None:
    records.record_vital_signs(
        by=who.care_home_nurse,
        at=now(),
        person=elder,
        values={"systolic": Decimal(132), "pulse": Decimal(78)},
    )
    begun = commands.begin_assessment(
        by=who.care_home_nurse, at=now(), person=elder, code="NEWS2", reason="FIRST"
    )

    shown = {
        code: one.usable for code, one in answering.sheet(begun, reader=who.care_home_nurse).by_code.items()
    }

    assert shown["sbp"] == "132" and shown["pulse"] == "78" and not shown["rr"]
    assert begun.answers == {}
