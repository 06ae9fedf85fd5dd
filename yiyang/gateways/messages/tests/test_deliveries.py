"""People are told outside the pages that something waits for them: when, how, and when not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from yiyang.access import commands as access
from yiyang.access.models import Account, Notice, Organisation
from yiyang.access.notice_texts import _TEXTS
from yiyang.access.tests import factories as f
from yiyang.access.tests.calling import caller
from yiyang.gateways import jobs, reactions
from yiyang.gateways.messages import channels, commands
from yiyang.gateways.messages.channels import Answer
from yiyang.gateways.messages.models import Channel, Delivery, State
from yiyang.gateways.messages.rules import ATTEMPTS, not_before
from yiyang.gateways.messages.wording import NotToBeSaidOutside, Wording, checked, text_of, wording_of
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import of_row
from yiyang.kernel.models import PersonFact, PlainFact
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands as people
from yiyang.people.tests import factories as persons

pytestmark = pytest.mark.django_db
PHONE = "13800138000"
NOON = timezone.make_aware(datetime(2026, 6, 1, 12, 0))  # noqa: DTZ001
LATE = timezone.make_aware(datetime(2026, 6, 1, 23, 30))  # noqa: DTZ001


class Recorder:
    """Carries nothing, remembers everything, answers what it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.answers: list[Answer] = []
        self.arrived: bool | None = True

    def send(self, address: str, wording: str, params: dict[str, str], language: str, mark: str) -> Answer:
        self.sent.append((address, text_of(wording, params, language)))
        return self.answers.pop(0) if self.answers else Answer(True, "OK", "ref", has_receipt=True)

    def receipt(self, address: str, reference: str, sent_at: datetime) -> bool | None:
        return self.arrived


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(channels, "_makers", {channel: lambda: recorder for channel in Channel.values})
    return recorder


@pytest.fixture
def cast() -> f.Cast:
    return f.cast()


@pytest.fixture(autouse=True)
def midday() -> Iterator[None]:
    with clock_at(NOON):
        yield


def daughter(cast: f.Cast, person: Any = None) -> Account:
    account = access.open_family_account(
        by=cast.care_home_nurse, at=now(), organisation=cast.care_home, kind="RELATIVE", name="王女儿",
        identity_check="ID_CARD", phone=PHONE,
    )  # fmt: skip
    if person:
        people.delegate_access(
            by=SYSTEM, at=now(), person=person, account_id=account.pk, account_label="王女儿", kinship="CHILD",
            scope="FULL", expires_at=now() + timedelta(days=30),
        )  # fmt: skip
    return account


def tell(account: Account, person: Any = None, priority: str = "ROUTINE", **more: Any) -> list[Delivery]:
    notice = access.notify(
        by=SYSTEM, at=now(), subject=more.pop("subject", "access.contract_ended"), account=account,
        person=person, priority=priority, **more,
    )  # fmt: skip
    return commands.plan_deliveries(by=SYSTEM, at=now(), notice_id=notice.pk)


def test_a_family_is_told_by_text_message_and_the_receipt_is_kept(cast: f.Cast, post: Recorder) -> None:
    elder = persons.person("王秀英")
    account = daughter(cast, elder)

    [delivery] = tell(account, elder)
    jobs.sweep_once()

    assert [address for address, _ in post.sent] == [PHONE]
    delivery.refresh_from_db()
    assert delivery.state == State.SENT
    with clock_at(NOON + timedelta(minutes=1)):
        jobs.sweep_once()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.last_answer) == (State.DELIVERED, "RECEIVED")
    assert delivery.address is None and delivery.params is None


def test_a_notice_is_planned_once(cast: f.Cast, post: Recorder) -> None:
    [delivery] = tell(daughter(cast))

    assert commands.plan_deliveries(by=SYSTEM, at=now(), notice_id=delivery.notice_id) == []


def test_what_can_wait_waits_until_the_morning_and_what_is_urgent_does_not(
    cast: f.Cast, post: Recorder
) -> None:
    account = daughter(cast)
    with clock_at(LATE):
        [routine] = tell(account)
        [urgent] = tell(account, priority="URGENT")

    assert timezone.localtime(routine.next_attempt_at).hour == 8
    assert urgent.next_attempt_at == LATE


@pytest.mark.parametrize(("hour", "expected"), [(7, 8), (8, 8), (12, 12), (20, 20), (21, 8), (23, 8), (0, 8)])
def test_quiet_hours_reach_over_midnight(hour: int, expected: int) -> None:
    at = timezone.localtime(timezone.make_aware(datetime(2026, 6, 1, hour, 0)))  # noqa: DTZ001
    t = datetime.strptime

    found = not_before(at, t("21:00", "%H:%M").time(), t("08:00", "%H:%M").time())

    assert found.hour == expected and timedelta() <= found - at < timedelta(hours=12)


def test_a_failed_attempt_is_repeated_with_growing_pauses_and_given_up(cast: f.Cast, post: Recorder) -> None:
    post.answers = [Answer(False, "BUSY")] * ATTEMPTS
    [delivery] = tell(daughter(cast))

    pauses, at = [], NOON
    for _ in range(ATTEMPTS):
        with clock_at(at):
            jobs.sweep_once()
        delivery.refresh_from_db()
        if delivery.next_attempt_at:
            pauses.append((delivery.next_attempt_at - at).total_seconds() / 60)
            at = delivery.next_attempt_at

    assert pauses == [1, 2, 4, 8, 16]
    assert (delivery.state, delivery.last_answer, delivery.attempts) == (State.FAILED, "BUSY", ATTEMPTS)


def test_a_wrong_number_is_not_tried_again(cast: f.Cast, post: Recorder) -> None:
    post.answers = [Answer(False, "isv.MOBILE_NUMBER_ILLEGAL", final=True)]
    [delivery] = tell(daughter(cast))

    jobs.sweep_once()

    delivery.refresh_from_db()
    assert delivery.state == State.FAILED and delivery.attempts == 1


def test_nothing_goes_to_a_person_after_death(cast: f.Cast, post: Recorder) -> None:
    elder = persons.person("王秀英")
    own = access.open_family_account(
        by=SYSTEM, at=now(), kind="ELDER", name="王秀英", identity_check="KNOWN", phone="13800138001",
        person_id=elder.pk,
    )  # fmt: skip
    account = daughter(cast, elder)
    planned = tell(own, elder, "URGENT") + tell(account, elder, "URGENT")
    people.note_death(by=SYSTEM, at=now(), person=elder, died_at=now())

    jobs.sweep_once()

    assert len(planned) == 2 and post.sent == []
    assert {one.last_answer for one in Delivery.objects.all()} == {"DIED"}


def test_nothing_goes_to_a_family_without_delegation(cast: f.Cast, post: Recorder) -> None:
    elder = persons.person("王秀英")
    [delivery] = tell(daughter(cast), elder, "EMERGENCY")

    jobs.sweep_once()

    delivery.refresh_from_db()
    assert post.sent == [] and delivery.last_answer == "NOT_ENTRUSTED"


def test_a_delegation_taken_back_before_the_morning_withholds_the_message(
    cast: f.Cast, post: Recorder
) -> None:
    elder = persons.person("王秀英")
    account = daughter(cast, elder)
    with clock_at(LATE):
        [delivery] = tell(account, elder)
        people.revoke_delegation(by=SYSTEM, at=now(), delegation=elder.delegations.get())

    with clock_at(LATE + timedelta(hours=9)):
        jobs.sweep_once()

    delivery.refresh_from_db()
    assert post.sent == [] and delivery.state == State.WITHHELD


def test_an_acknowledged_notice_is_no_longer_sent(cast: f.Cast, post: Recorder) -> None:
    account = daughter(cast)
    with clock_at(LATE):
        [delivery] = tell(account)
        access.acknowledge_notice(by=f.actor_for(account, now()), at=now(), notice=Notice.objects.get())

    with clock_at(LATE + timedelta(hours=9)):
        jobs.sweep_once()

    delivery.refresh_from_db()
    assert delivery.last_answer == "OVER"


def test_staff_are_told_by_what_they_chose_alone(cast: f.Cast, post: Recorder) -> None:
    nurse = cast.care_home_nurse
    assert tell(nurse.account, priority="URGENT") == []

    commands.choose_channel(
        by=nurse, at=now(), channel="ENTERPRISE_CHAT", threshold="URGENT", address="wang.nurse"
    )

    assert tell(nurse.account) == []
    [delivery] = tell(nurse.account, priority="URGENT")
    assert (delivery.channel, delivery.address_of) == ("ENTERPRISE_CHAT", "wang.nurse")


def test_an_urgent_notice_that_nobody_acknowledges_is_repeated_outside(cast: f.Cast, post: Recorder) -> None:
    tell(daughter(cast), priority="URGENT")
    jobs.sweep_once()

    for minute in (40, 41, 80):
        with clock_at(NOON + timedelta(minutes=minute)):
            access.remind_notices(by=SYSTEM, at=now())
            jobs.sweep_once()
            jobs.sweep_once()

    assert len(post.sent) == 3


def test_a_code_that_has_expired_is_not_sent(cast: f.Cast, post: Recorder) -> None:
    daughter(cast)
    access.ask_for_code(by=SYSTEM, at=now(), phone=PHONE, address="10.0.0.1")

    with clock_at(NOON + timedelta(minutes=6)):
        jobs.sweep_once()

    assert post.sent == []
    assert Delivery.objects.get().last_answer == "EXPIRED"


def test_a_code_reaches_the_telephone_and_is_in_no_fact(cast: f.Cast, post: Recorder) -> None:
    daughter(cast)
    code = access.ask_for_code(by=SYSTEM, at=now(), phone=PHONE, address="10.0.0.1")
    jobs.sweep_once()

    assert code in post.sent[0][1]
    facts = [json.dumps(one.data) for model in (PlainFact, PersonFact) for one in model.objects.all()]
    assert not any(code in one or PHONE in one for one in facts)


def test_after_a_restore_nothing_goes_out(cast: f.Cast, post: Recorder) -> None:
    from yiyang.kernel.models import Installation

    [delivery] = tell(daughter(cast))
    Installation.objects.update(messages_held=True)

    jobs.attempt(delivery.pk)

    assert post.sent == []


def test_the_database_keeps_no_address_of_what_is_over(cast: f.Cast, post: Recorder) -> None:
    [delivery] = tell(daughter(cast))

    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(state="FAILED", over_at=now())


SECRETS = {
    name: "肺癌 安宁疗护床位 家庭病床 收缩压182 王秀英 palliative hospice 182/110"
    for name in (
        "who",
        "name",
        "reason",
        "organisation",
        "unit",
        "first",
        "second",
        "other",
        "number",
        "answer",
    )
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("priority", ["ROUTINE", "URGENT", "EMERGENCY"])
def test_no_text_outside_says_what_a_notice_is_about(priority: str, language: str) -> None:
    """Over every subject that any context declares: the words are one of the closed set, filled with times alone."""
    assert len(_TEXTS) > 15
    allowed = {text_of(one, {}, language) for one in (Wording.NEWS, Wording.URGENT)}
    for subject in _TEXTS:
        wording, params = wording_of(subject, priority, NOON)
        text = text_of(wording, params, language)
        assert text in allowed or text == text_of(Wording.DECIDE_BY, {"time": "06-01 12:00"}, language)
        for secret in " ".join(SECRETS.values()).split():
            assert secret not in text


def test_a_text_can_be_filled_with_nothing_else() -> None:
    for wording, params in (
        (Wording.CODE, {"code": "肺癌肺癌肺癌"}),
        (Wording.PLEASE_CALL, {"phone": "安宁疗护 62530000"}),
        (Wording.NEWS, {"name": "王秀英"}),
        (Wording.DECIDE_BY, {}),
    ):
        with pytest.raises(NotToBeSaidOutside):
            checked(wording, params)


def test_the_former_telephone_is_told_that_another_one_signs_in(cast: f.Cast, post: Recorder) -> None:
    account = daughter(cast)
    given = {"account": account, "identity_check": "ID_CARD"}

    Organisation.objects.filter(pk=cast.care_home.pk).update(phone="021-62530000")
    access.change_sign_in_phone(by=cast.care_home_nurse, at=now(), phone="13900139000", **given)
    changed = of_row(PlainFact.objects.get(name="sign_in_phone.changed", data__has_key="former"))
    reactions.tell_the_former_telephone(changed)
    reactions.tell_the_former_telephone(changed)
    jobs.sweep_once()

    [(address, text)] = post.sent
    assert address == PHONE
    assert "021-62530000" in text
    assert all(word not in text for word in ("13900139000", "王女儿", cast.care_home.name))


def test_channels_are_chosen_over_the_api_among_those_that_are_offered(cast: f.Cast, post: Recorder) -> None:
    nurse = caller(cast.care_home_nurse)

    chosen = nurse.post(
        "/me/channels", {"channel": "ENTERPRISE_CHAT", "threshold": "URGENT", "address": "limin"}
    )
    not_offered = nurse.post("/me/channels", {"channel": "SMS", "threshold": "ALL"})

    assert [one["threshold"] for one in chosen.body["channels"]] == ["URGENT"]
    assert not_offered.body["errors"][0]["pointer"] == "/channel"
    assert nurse.get("/me/channels").body == chosen.body
