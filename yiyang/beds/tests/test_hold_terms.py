"""A bed is kept as long as the agreement says, else as the policy says; and who gets one gets a family doctor."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from yiyang.access.acting import stand_in
from yiyang.access.models import Notice
from yiyang.access.tests.factories import family
from yiyang.beds import commands
from yiyang.beds.commands.holds import NotAgreed
from yiyang.beds.commands.waiting import NotYoursToDecide
from yiyang.beds.jobs import meet_deadlines
from yiyang.beds.models import Occupancy
from yiyang.beds.reactions.following import ask_for_a_family_doctor
from yiyang.beds.tests.factories import bed, cast, person, stay
from yiyang.beds.tests.screens import signed_in
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import of_row
from yiyang.kernel.models import PersonFact
from yiyang.kernel.policy import policy
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands as people
from yiyang.people.acting import found
from yiyang.people.commands import sign_agreement
from yiyang.people.models import CoverageTask, Delegation, ServiceAgreement

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


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

    ask_for_a_family_doctor(of_row(PersonFact.objects.get(name="episode.opened")))

    assert CoverageTask.objects.get().organisation_id == who.chc.pk


class Kept:
    """A resident on leave whose agreement keeps the bed for ten days, the daughter who may decide, and the son
    who pays."""

    def __init__(self, capacity: str = "PERSON") -> None:
        self.who = cast()
        self.elder = person("王桂兰", sex="FEMALE")
        self.episode = stay(self.elder, bed(self.who.care_home))
        self.own = family("ELDER", person_id=self.elder.pk, name="王桂兰")
        self.daughter, self.son = (self._entrusted(name, name == "王芳") for name in ("王芳", "王强"))
        self.agreement = sign_agreement(
            by=SYSTEM, at=now(), person=self.elder, unit_id=self.who.care_home.pk, kind="ADMISSION",
            from_on=localdate(now()), to_on=None, signed_on=localdate(now()), signer="王桂兰", capacity=capacity,
            payer="王强", hold_days=10,
        )  # fmt: skip
        self.since = now()
        commands.begin_leave(
            by=self.who.care_home_nurse, at=self.since, episode=self.episode, companion="王芳",
            due_back_at=self.since + 3 * DAY,
        )  # fmt: skip
        self.page = reverse("beds:unit_messages", args=[self.elder.pk, self.who.care_home.pk])

    def _entrusted(self, name: str, decides: bool) -> Any:
        made = family("RELATIVE", name=name)
        people.delegate_access(
            by=SYSTEM, at=now(), person=self.elder, account_id=made.account_id, account_label=name,
            kinship="CHILD", scope="FULL", may_decide=decides, expires_at=now() + 90 * DAY,
        )  # fmt: skip
        return made

    @property
    def row(self) -> Occupancy:
        return Occupancy.objects.get(episode=self.episode, state="HELD", period__endswith=None)

    def told(self, subject: str) -> set[Any]:
        run_pending()
        return {one.account_id or one.organisation_id for one in Notice.objects.filter(subject=subject)}

    def address(self, name: str) -> str:
        return reverse(f"beds:{name}", args=[self.episode.pk])


def test_who_decides_at_home_keeps_the_bed_for_as_long_as_was_agreed_and_no_longer() -> None:
    kept = Kept()
    phone = signed_in(kept.daughter)

    assert kept.address("extend_hold") in phone.get(kept.page).content.decode()
    day = localdate(kept.since + 10 * DAY)
    late = phone.post(kept.address("extend_hold"), {"day": day + timedelta(days=1)})
    assert late.status_code == 422 and "By the agreement the bed is kept until" in late.content.decode()
    assert phone.post(kept.address("extend_hold"), {"day": day}).status_code == 302

    assert kept.row.held_until == kept.since + 10 * DAY
    fact = PersonFact.objects.get(name="hold.extended")
    assert (fact.by_account, fact.data["own"]) == (kept.daughter.account_id, True)
    assert kept.told("beds.hold_extended_at_home") == {kept.who.care_home.pk}
    assert kept.address("extend_hold") not in phone.get(kept.page).content.decode()


def test_a_bed_given_up_at_home_can_be_taken_back_for_some_hours_and_is_then_free() -> None:
    kept = Kept()
    phone, nurse = signed_in(kept.daughter), signed_in(kept.who.care_home_nurse)

    asked = phone.get(kept.address("release_hold")).content.decode()
    assert "may be given to somebody else from" in asked
    phone.post(kept.address("release_hold"), {"reason": ""})
    assert kept.row.release_at is not None
    assert kept.told("beds.release_asked") == {kept.who.care_home.pk}
    assert kept.told("beds.release_asked_own") == {kept.own.account_id}
    assert kept.told("beds.release_asked_family") == {kept.son.account_id}
    assert "given up by 王芳" in signed_in(kept.own).get(kept.page).content.decode()
    assert "Given up by 王芳" in nurse.get(kept.address("stay")).content.decode()

    assert signed_in(kept.own).post(kept.address("withdraw_release")).status_code == 302
    assert kept.row.release_at is None

    phone.post(kept.address("release_hold"), {"reason": "搬到女儿家"})
    with clock_at(now() + timedelta(hours=2, minutes=1)):
        assert phone.post(kept.address("withdraw_release")).status_code == 409
        meet_deadlines(now())
        assert kept.told("beds.hold_ended_own") == {kept.own.account_id}
    assert not Occupancy.objects.filter(episode=kept.episode, period__endswith=None, state="HELD").exists()
    assert PersonFact.objects.get(name="hold.given_up").data["decided_by"] == "王芳"


def test_who_pays_does_not_decide_and_where_a_guardian_signed_only_the_guardian_does() -> None:
    kept = Kept()
    with pytest.raises(NotYoursToDecide):
        commands.release_hold(by=kept.son, at=now(), episode=kept.episode)
    assert kept.address("release_hold") not in signed_in(kept.son).get(kept.page).content.decode()

    ServiceAgreement.objects.update(capacity="GUARDIAN")
    for one in (kept.own, kept.daughter):
        with pytest.raises(NotYoursToDecide):
            commands.release_hold(by=one, at=now(), episode=kept.episode)
    Delegation.objects.filter(account_id=kept.daughter.account_id).update(
        basis="GUARDIAN", finding_by="陈医生", finding_on=localdate(now())
    )
    commands.release_hold(by=kept.daughter, at=now(), episode=kept.episode)


def test_outside_an_agreement_it_stays_a_wish() -> None:
    kept = Kept()
    people.end_agreement(by=SYSTEM, at=now(), agreement=kept.agreement, reason="换房型")

    asked = signed_in(kept.own).get(kept.page).content.decode()
    assert "?wish=GIVE_UP" in asked and kept.address("release_hold") not in asked
    with pytest.raises(NotAgreed):
        commands.extend_hold(by=kept.own, at=now(), episode=kept.episode, until=now() + 5 * DAY)


def test_the_person_is_told_that_the_bed_is_kept_no_longer_than_until() -> None:
    kept = Kept()
    with clock_at(now() + 2 * DAY):
        meet_deadlines(now())
        assert kept.told("beds.hold_ending_own") == {kept.own.account_id}
        assert kept.told("beds.hold_ending_family") == {kept.daughter.account_id, kept.son.account_id}


def test_at_a_counter_it_is_decided_for_the_person_and_recorded_as_such() -> None:
    kept = Kept()
    nurse = kept.who.care_home_nurse
    row = people.start_assistance(
        by=nurse,
        at=now(),
        person=kept.elder,
        channel="COUNTER",
        identity_check="ID_CARD",
        bound_to="session:x",
    )
    served, _bar = found(nurse, row.pk, "session:x")
    assert served is not None

    commands.release_hold(by=stand_in(nurse, served), at=now(), episode=kept.episode)

    fact = PersonFact.objects.get(name="hold.release_asked")
    assert fact.by_account == nurse.account_id and fact.data["assistance"]
    assert nurse.label in kept.row.release_by
