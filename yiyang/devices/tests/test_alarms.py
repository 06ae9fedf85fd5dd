from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models.functions import Now
from django.test import Client

from yiyang.access.commands.notices import TakeItInstead, acknowledge_notice
from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast
from yiyang.devices import commands, jobs
from yiyang.devices.commands import silence
from yiyang.devices.commands.alarms import AlarmTaken, LookAtThePersonFirst, NobodyToAsk
from yiyang.devices.commands.beats import beat
from yiyang.devices.commands.judging import judge
from yiyang.devices.commands.limits import LimitNotPossible, NeverPaused
from yiyang.devices.commands.visits import VisitOrdered
from yiyang.devices.models import Alarm, Beat, Device, DeviceGateway
from yiyang.devices.rules.judging.fresh import Fresh
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.rules.ways import Process, Way
from yiyang.devices.tests.factories import gateway, lent, nurse_on_duty, wearer
from yiyang.duty import jobs as duty_jobs
from yiyang.duty.models import Matter
from yiyang.kernel.crypto import encrypt
from yiyang.kernel.models import PersonFact
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import clock_at
from yiyang.people.models import Person, ServiceAgreement
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NIGHT = datetime(2026, 11, 10, 18, tzinfo=UTC)


@pytest.fixture
def next_day() -> Iterator[None]:
    """What happened that night is looked at on the day after, whenever the test runs: it does not stay open for years."""
    with clock_at(NIGHT + timedelta(days=1)):
        yield


@pytest.fixture
def elder(cast: Cast) -> Person:
    """Has a bracelet of the care home, where the nurse is on duty this night with the care worker as deputy."""
    found = wearer(cast, NIGHT - 240 * MINUTE)
    nurse_on_duty(cast, NIGHT - 60 * MINUTE)
    return found


def micros(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def told(who: Person, at: datetime, *readings: tuple[str, float, float], now: datetime | None = None) -> int:
    """Readings as (quantity, value, minutes before `at`), stored and judged as the intake does it."""
    with clock_at(now or at):
        codes = [BY_NAME[name].no for name, _value, _minutes in readings]
        fresh = Fresh(
            [who.pk] * len(codes), codes, [micros(at - minutes * MINUTE) for _n, _v, minutes in readings],
            [value for _n, value, _m in readings], [Device.objects.get().no] * len(codes), [0] * len(codes),
        )  # fmt: skip
        return judge(fresh, now=now or at)


def rungs(alarm: Alarm) -> list[str]:
    steps = [step for one in Matter.objects.filter(subject_id=alarm.pk) for step in one.steps.all()]
    return [step.rung for step in sorted(steps, key=lambda step: (step.at, step.pk))]


def go_on(minutes: int, since: datetime = NIGHT) -> None:
    for minute in range(minutes + 1):
        with clock_at(since + minute * MINUTE):
            duty_jobs.go_on(since + minute * MINUTE)


def test_a_fall_is_told_at_once_and_up_the_ladder_until_somebody_takes_it(cast: Cast, elder: Person) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    with clock_at(NIGHT):
        run_pending()
    alarm = Alarm.objects.get()

    assert (alarm.cause, alarm.severity, alarm.unit_id) == ("FALL", "EMERGENCY", cast.care_home.pk)
    first = Notice.objects.get(subject="duty.your_turn")
    assert (first.account_id, first.priority) == (cast.care_home_nurse.account_id, "EMERGENCY")
    assert first.next_reminder_at is not None
    go_on(4)
    assert rungs(alarm) == ["ON_DUTY", "DEPUTY"]

    with clock_at(NIGHT + 5 * MINUTE):
        commands.acknowledge_alarm(by=cast.care_worker, at=NIGHT + 5 * MINUTE, alarm=alarm)
        run_pending()
    go_on(30)

    assert rungs(alarm) == ["ON_DUTY", "DEPUTY"]
    assert not Notice.objects.filter(subject__startswith="duty.", withdrawn_at=None).exists()
    with pytest.raises(AlarmTaken), clock_at(NIGHT + 6 * MINUTE):
        commands.acknowledge_alarm(by=cast.care_home_nurse, at=NIGHT + 6 * MINUTE, alarm=alarm)


def test_an_event_that_comes_hours_late_alarms_with_its_delay_and_stays_until_the_person_is_seen(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT - 180 * MINUTE, ("CALL", 1, 0), ("CALL", 1, 1), now=NIGHT)
    told(elder, NIGHT - 170 * MINUTE, ("CALL", 0, 0), now=NIGHT)
    alarm = Alarm.objects.get()

    assert alarm.delay is not None and alarm.delay >= timedelta(hours=2)
    with clock_at(NIGHT + MINUTE):
        at: Any = {"by": cast.care_home_nurse, "at": NIGHT + MINUTE, "alarm": alarm}
        with pytest.raises(LookAtThePersonFirst):
            commands.close_alarm(**at, outcome="TRUE", done="吃药")
        commands.mark_person_seen(**at)
        closed = commands.close_alarm(**at, outcome="TRUE", done="扶起，无伤")

    assert (closed.outcome, closed.acknowledged_at) == ("TRUE", NIGHT + MINUTE)


def test_pressing_the_button_again_calls_whoever_had_taken_it(cast: Cast, elder: Person) -> None:
    told(elder, NIGHT, ("CALL", 1, 0))
    with clock_at(NIGHT + MINUTE):
        commands.acknowledge_alarm(by=cast.care_worker, at=NIGHT + MINUTE, alarm=Alarm.objects.get())
    told(elder, NIGHT + 5 * MINUTE, ("CALL", 1, 0))

    alarm = Alarm.objects.get()
    assert (alarm.times, alarm.acknowledged_at) == (2, None)


def test_who_took_it_and_did_not_see_the_person_is_told_anew(cast: Cast, elder: Person) -> None:
    told(elder, NIGHT, ("CALL", 1, 0))
    heard(NIGHT + 40 * MINUTE, *Device.objects.all())
    with clock_at(NIGHT + MINUTE):
        commands.acknowledge_alarm(by=cast.care_worker, at=NIGHT + MINUTE, alarm=Alarm.objects.get())

    taken = []
    for minute in (20, 31, 32):
        with clock_at(NIGHT + minute * MINUTE):
            jobs.watch(NIGHT + minute * MINUTE)
        taken.append(Alarm.objects.get().acknowledged_at is not None)

    assert taken == [True, False, False]


@pytest.mark.usefixtures("next_day")
def test_the_inbox_and_the_page_of_an_alarm_for_the_unit_and_for_nobody_else(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    alarm = Alarm.objects.get()
    for who, status in ((cast.care_home_nurse, 200), (cast.other_manager, 404)):
        client = Client()
        client.force_login(who.account)
        assert client.get(f"/alarms/{alarm.pk}/").status_code == status
        assert ("张桂兰" in client.get("/alarms/").content.decode()) == (status == 200)
    client.force_login(cast.care_worker.account)
    answer = client.post(f"/alarms/{alarm.pk}/acknowledge/", follow=True)
    assert "I take it" not in answer.content.decode()
    alarm.refresh_from_db()
    assert alarm.acknowledged_by == cast.care_worker.account_id


@pytest.mark.usefixtures("next_day")
def test_what_is_done_about_an_alarm_names_the_person_and_chooses_nothing_beforehand(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    alarm = Alarm.objects.get()
    client = Client()
    client.force_login(cast.care_home_nurse.account)
    for what in ("close", "comment", "assign", "call", "contact", "visit"):
        page = client.get(f"/alarms/{alarm.pk}/{what}/").content.decode()

        assert "张桂兰" in page.split("<h1", 1)[1].split("</h1>", 1)[0], what
        assert " checked" not in page, what
    answer = client.post(f"/alarms/{alarm.pk}/assign/", {"account_id": ""})
    assert answer.status_code == 422


@pytest.mark.usefixtures("next_day")
def test_what_came_of_a_call_to_an_elder_is_not_that_they_will_act(cast: Cast, elder: Person) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    alarm, client = Alarm.objects.get(), Client()
    client.force_login(cast.care_home_nurse.account)
    asked = client.get(f"/alarms/{alarm.pk}/call/").content.decode()

    phoned = {"result": "REFUSED", "to_name": "张桂兰", "note": "坐在沙发上"}
    client.post(f"/alarms/{alarm.pk}/call/", phoned)

    page = client.get(f"/alarms/{alarm.pk}/").content.decode()
    assert "对方会办理" not in asked
    assert "已接通，说上话了" in asked
    assert "已接通，对方说不需要帮助 · 坐在沙发上" in page


def heard(at: datetime, *devices: Device) -> None:
    Device.objects.filter(pk__in=[one.pk for one in devices]).update(last_seen_at=at)


def test_a_silent_device_alarms_once_and_a_dead_gateway_once_for_all_behind_it(
    cast: Cast, elder: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (jobs, silence):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    with clock_at(NIGHT - 240 * MINUTE):
        box = gateway(cast.care_home)
        others = [
            lent(person(f"张{n}", organisation_id=cast.care_home.pk), cast.care_home).device
            for n in "一二三四五"
        ]
        far = lent(person("李远", organisation_id=cast.hospital.pk), cast.hospital).device
    mine = Device.objects.get(loans__person=elder)
    DeviceGateway.objects.filter(pk=box.pk).update(last_seen_at=NIGHT)
    heard(NIGHT, *others, far)
    heard(NIGHT - 20 * MINUTE, mine)

    for minute in (0, 1):
        with clock_at(NIGHT + minute * MINUTE):
            jobs.watch(NIGHT + minute * MINUTE)
    assert [(one.cause, one.person_id) for one in Alarm.objects.all()] == [("SILENT", elder.pk)]

    soon, later = NIGHT + 25 * MINUTE, NIGHT + 60 * MINUTE
    heard(soon, far)
    DeviceGateway.objects.filter(pk=box.pk).update(last_seen_at=soon)
    with clock_at(soon):  # it is heard, those behind it are not
        jobs.watch(soon)
    assert Alarm.objects.active().filter(cause="SILENT").count() == 6

    heard(later, far)
    with clock_at(later):
        jobs.watch(later)
        jobs.watch(later)
    outage = Alarm.objects.active().get()
    assert (outage.cause, outage.person_id, outage.evidence["count"]) == ("GATEWAY_SILENT", None, 6)

    with clock_at(later + MINUTE):
        DeviceGateway.objects.filter(pk=box.pk).update(last_seen_at=later + MINUTE)
        heard(later + MINUTE, mine, far, *others)
        jobs.watch(later + MINUTE)
    assert not Alarm.objects.active().exists()

    dead = later + 60 * MINUTE
    with clock_at(dead):
        jobs.watch(dead)
    assert Alarm.objects.active().get().cause == "INTAKE_SILENT"


def test_an_outage_names_each_person_once_and_was_not_heard_late(cast: Cast, elder: Person) -> None:
    with clock_at(NIGHT - 240 * MINUTE):
        box = gateway(cast.care_home)
        lent(elder, cast.care_home)
        far = lent(person("李远", organisation_id=cast.hospital.pk), cast.hospital).device
    DeviceGateway.objects.filter(pk=box.pk).update(last_seen_at=NIGHT - 240 * MINUTE)
    Device.objects.filter(loans__person=elder).update(last_seen_at=NIGHT - 240 * MINUTE)
    heard(NIGHT, far)

    with clock_at(NIGHT):
        jobs.watch(NIGHT)
        outage = Alarm.objects.get()
        nurse = Client()
        nurse.force_login(cast.care_home_nurse.account)
        page = nurse.get(f"/alarms/{outage.pk}/").content.decode()

    assert (outage.cause, outage.evidence["persons"], outage.evidence["count"]) == (
        "GATEWAY_SILENT",
        ["张桂兰"],
        2,
    )
    assert "迟收到" not in page and "最后一次收到消息" in page


def test_what_nobody_could_hear_while_we_were_away_is_no_silence_of_the_devices(
    cast: Cast, elder: Person
) -> None:
    mine = Device.objects.get(loans__person=elder)
    heard(NIGHT - 60 * MINUTE, mine)
    for way in (Way.HTTP, Way.WORKER):
        beat(Process(way), at=NIGHT, starts=True)
    Beat.objects.filter(way=Way.WORKER).update(started_at=Now() - 60 * MINUTE)
    with clock_at(NIGHT):
        jobs.watch(NIGHT)
    assert not Alarm.objects.exists()

    Beat.objects.update(started_at=Now() - 16 * MINUTE)
    with clock_at(NIGHT + 16 * MINUTE):
        jobs.watch(NIGHT + 16 * MINUTE)
    assert [one.cause for one in Alarm.objects.active()] == ["SILENT"]

    # Away again, and back: what is alarmed stays so until it speaks.
    Beat.objects.filter(way=Way.HTTP).update(beat_at=Now() - 60 * MINUTE)
    beat(Process(Way.HTTP), at=NIGHT, starts=True)
    with clock_at(NIGHT + 80 * MINUTE):
        jobs.watch(NIGHT + 80 * MINUTE)
        assert Alarm.objects.active().filter(cause="SILENT").exists()
        heard(NIGHT + 80 * MINUTE, mine)
        jobs.watch(NIGHT + 80 * MINUTE)
    assert not Alarm.objects.active().filter(cause="SILENT").exists()


def names_contact(cast: Cast, elder: Person) -> None:
    """An agreement with a contact who has a telephone, at a home that has one too."""
    cast.care_home.phone = "021-62530000"
    cast.care_home.save()
    ServiceAgreement.objects.create(
        person=elder, unit=cast.care_home, kind="ADMISSION", signed_on=date(2026, 1, 1), signer="张儿子",
        valid=DateRange(date(2026, 1, 1), date(2027, 1, 1)), capacity="PERSON", emergency_contact="张儿子",
        emergency_phone=encrypt("13900139000"), recorded_by="x",
    )  # fmt: skip


def test_nobody_is_said_to_have_been_asked_to_call_where_no_agreement_names_a_contact(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    with clock_at(NIGHT + 11 * MINUTE):
        jobs.watch(NIGHT + 11 * MINUTE)
        alarm = Alarm.objects.get(cause="FALL")
        nurse = Client()
        nurse.force_login(cast.care_home_nurse.account)
        page = nurse.get(f"/alarms/{alarm.pk}/").content.decode()
        with pytest.raises(NobodyToAsk):
            commands.ask_contact_to_call(by=cast.care_home_nurse, at=NIGHT + 11 * MINUTE, alarm=alarm)

    assert alarm.contact_asked_at is None
    assert "请紧急联系人来电" not in page and "无法请其来电" in page


def test_what_was_taken_and_is_told_anew_gives_duty_its_time_again_before_the_contact_is_asked(
    cast: Cast, elder: Person
) -> None:
    names_contact(cast, elder)
    told(elder, NIGHT, ("FALL", 1, 0))
    with clock_at(NIGHT):
        run_pending()
        commands.acknowledge_alarm(by=cast.care_home_nurse, at=NIGHT, alarm=Alarm.objects.get())
        run_pending()

    asked = []
    for minute in (16, 18, 27):  # seen by nobody after a quarter of an hour: told anew, and taken by nobody
        with clock_at(NIGHT + minute * MINUTE):
            heard(NIGHT + minute * MINUTE, *Device.objects.all())
            jobs.watch(NIGHT + minute * MINUTE)
            run_pending()
            asked.append(Alarm.objects.get().contact_asked_at is not None)

    assert asked == [False, False, True]


def test_a_danger_that_nobody_takes_has_the_emergency_contact_asked_to_call_once(
    cast: Cast, elder: Person
) -> None:
    names_contact(cast, elder)
    told(elder, NIGHT, ("FALL", 1, 0))
    heard(NIGHT + 11 * MINUTE, *Device.objects.all())

    for minute in (5, 11, 12):
        with clock_at(NIGHT + minute * MINUTE):
            jobs.watch(NIGHT + minute * MINUTE)

    assert PersonFact.objects.filter(name="alarm.contact_asked", person_id=elder.pk).count() == 1


def test_those_without_a_contact_keep_nobody_else_from_being_asked(
    cast: Cast, elder: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yiyang.devices.queries.alarms.AT_ONCE", 1)
    told(person("无联系人"), NIGHT, ("FALL", 1, 0))
    names_contact(cast, elder)
    told(elder, NIGHT + MINUTE, ("FALL", 1, 0))
    heard(NIGHT + 12 * MINUTE, *Device.objects.all())

    with clock_at(NIGHT + 12 * MINUTE):
        jobs.watch(NIGHT + 12 * MINUTE)

    assert Alarm.objects.get(contact_asked_at__isnull=False).person_id == elder.pk


def test_own_limits_hold_until_their_end_and_call_buttons_are_never_paused(cast: Cast, elder: Person) -> None:
    oxygen, nurse = BY_NAME["OXYGEN"].no, cast.care_home_nurse
    with clock_at(NIGHT):
        given: Any = {"by": nurse, "at": NIGHT, "person": elder}
        limit = commands.set_person_limits(
            **given, code=oxygen, low=85, high=None, until=NIGHT + timedelta(days=30), reason="慢阻肺"
        )
        with pytest.raises(LimitNotPossible):
            commands.set_person_limits(
                **given, code=oxygen, low=200, high=None, until=NIGHT + timedelta(days=1), reason="x"
            )
        with pytest.raises(NeverPaused):
            commands.pause_alarms(**given, cause="CALL", until=NIGHT + 60 * MINUTE, reason="x")
        commands.pause_alarms(**given, cause="PULSE_HIGH", until=NIGHT + 60 * MINUTE, reason="训练")
    low = [("OXYGEN", 89.0, minutes) for minutes in (3, 2, 1, 0)]
    told(elder, NIGHT + 10 * MINUTE, *low)
    told(elder, NIGHT + 10 * MINUTE, *(("HEART_RATE", 150.0, minutes) for minutes in (3, 2, 1, 0)))
    assert not Alarm.objects.exists()

    with clock_at(NIGHT + 20 * MINUTE):
        commands.end_person_limits(by=nurse, at=NIGHT + 20 * MINUTE, row=limit)
    told(elder, NIGHT + 30 * MINUTE, *low)
    assert Alarm.objects.get().cause == "OXYGEN_LOW"

    told(elder, NIGHT + 35 * MINUTE, *(("OXYGEN", 97.0, minutes) for minutes in (2, 1, 0)))
    assert Alarm.objects.get().cleared_at == NIGHT + 35 * MINUTE
    told(elder, NIGHT + 40 * MINUTE, *low[:3])
    assert (Alarm.objects.get().times, Alarm.objects.get().cleared_at) == (2, None)


def test_each_figure_of_the_false_alarm_rate_opens_the_alarms_it_counts(cast: Cast, elder: Person) -> None:
    told(elder, NIGHT, ("FALL", 1, 0), ("CALL", 1, 0))
    with clock_at(NIGHT + MINUTE):
        for one in Alarm.objects.all():
            at: Any = {"by": cast.care_home_nurse, "at": NIGHT + MINUTE, "alarm": one}
            commands.mark_person_seen(**at)
            outcome = "FALSE" if one.cause == "FALL" else "TRUE"
            commands.close_alarm(**at, outcome=outcome, done="坐下太快" if outcome == "FALSE" else "扶去厕所")
        nurse = Client()
        nurse.force_login(cast.care_home_nurse.account)
        for by in ("cause", "rule", "kind", "unit"):
            page = nurse.get(f"/alarm-rates/?by={by}").content.decode()
            [first] = re.findall(r'href="(/alarm-rates/rows/[^"]+figure=false[^"]+)"', page)
            rows = nurse.get(first.replace("&amp;", "&")).content.decode()
            assert ("坐下太快" in rows, "扶去厕所" in rows) == (True, False), by
        file = nurse.get(first.replace("&amp;", "&") + "&format=csv").content.decode("utf-8-sig")
        assert len(file.splitlines()) == 2 and "张桂兰" in file
        stranger = Client()
        stranger.force_login(cast.other_manager.account)
        assert "张桂兰" not in stranger.get("/alarm-rates/rows/?by=cause&group=FALL").content.decode()


def test_a_notice_of_an_alarm_is_answered_only_by_taking_the_alarm(cast: Cast, elder: Person) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    with clock_at(NIGHT + MINUTE):
        run_pending()
        notice = Notice.objects.get(subject="duty.your_turn")
        with pytest.raises(TakeItInstead):
            acknowledge_notice(by=cast.care_home_nurse, at=NIGHT + MINUTE, notice=notice)
        nurse = Client()
        nurse.force_login(cast.care_home_nurse.account)
        assert "我来处理" in nurse.get("/inbox/").content.decode()

        answer = nurse.post(f"/inbox/{notice.pk}/acknowledge/")
        run_pending()

    alarm = Alarm.objects.get()
    assert (answer["Location"], alarm.acknowledged_by) == (
        f"/alarms/{alarm.pk}/",
        cast.care_home_nurse.account_id,
    )
    assert not Notice.objects.open().filter(link=answer["Location"]).exists()


def test_the_inbox_says_what_happened_to_whom_where_but_not_to_who_may_not_see_it(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    with clock_at(NIGHT + MINUTE):
        run_pending()
        notice = Notice.objects.get(subject="duty.your_turn")
        nurse, stranger = Client(), Client()
        nurse.force_login(cast.care_home_nurse.account)
        stranger.force_login(cast.other_manager.account)
        Notice.objects.create(
            account=cast.other_manager.account, subject=notice.subject, params=notice.params, link=notice.link,
            created_at=NIGHT,
        )  # fmt: skip

        shown, hidden = (one.get("/inbox/").content.decode() for one in (nurse, stranger))

    assert "<strong>跌倒 · 张桂兰" in shown
    assert "处理设备报警" in hidden and "张桂兰" not in hidden
    assert "张桂兰" not in notice.text  # it goes outside the platform too


def test_the_home_page_shows_the_alarms_and_visits_of_the_own_unit_and_nothing_else(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    worker, elsewhere = Client(), Client()
    worker.force_login(cast.care_worker.account)
    elsewhere.force_login(cast.other_manager.account)
    with clock_at(NIGHT + MINUTE):
        alarm = Alarm.objects.get()
        assert "/alarms/at-home/" in worker.get("/").content.decode()
        waits = worker.get("/alarms/at-home/").content.decode()
        seen_by_a_stranger = elsewhere.get("/alarms/at-home/").content.decode()
        alarm = commands.mark_person_seen(by=cast.care_home_nurse, at=NIGHT, alarm=alarm)
        seen = worker.get("/alarms/at-home/").content.decode()
        commands.order_visit(
            by=cast.care_home_nurse, at=NIGHT, alarm=alarm, due_at=NIGHT + 180 * MINUTE, what="看髋部"
        )
        alarm = commands.close_alarm(
            by=cast.care_home_nurse, at=NIGHT, alarm=alarm, outcome="TRUE", done="扶起"
        )
        later = worker.get("/alarms/at-home/").content.decode()

    assert "跌倒" in waits and "张桂兰" in waits and f"/alarms/{alarm.pk}/acknowledge/" in waits
    assert f"/alarms/{alarm.pk}/close/" in seen and f"/alarms/{alarm.pk}/close/" not in waits
    assert seen_by_a_stranger.strip() == ""
    assert "看髋部" in later and "acknowledge" not in later


def test_a_visit_is_ordered_from_an_alarm_told_again_when_late_and_over_when_made(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    due = NIGHT + 180 * MINUTE
    nurse = Client()
    nurse.force_login(cast.care_home_nurse.account)
    with clock_at(NIGHT + MINUTE):
        alarm = commands.mark_person_seen(by=cast.care_home_nurse, at=NIGHT, alarm=Alarm.objects.get())
        given: Any = {
            "by": cast.care_home_nurse,
            "at": NIGHT,
            "alarm": alarm,
            "due_at": due,
            "what": "看髋部",
        }
        visit = commands.order_visit(**given)
        run_pending()
        with pytest.raises(VisitOrdered), transaction.atomic():
            commands.order_visit(**given)
        assert "看髋部" in nurse.get("/alarm-visits/").content.decode()
        assert "张桂兰" in nurse.get("/duty/").content.decode()
    for at in (NIGHT + 60 * MINUTE, due, due + 5 * MINUTE):
        with clock_at(at):
            duty_jobs.go_on(at)
    matter = Matter.objects.get(act="VISIT")
    assert [step.rung for step in matter.steps.order_by("at")] == ["ON_DUTY", "DEPUTY"]

    with clock_at(due + 6 * MINUTE):
        nurse.post(f"/alarm-visits/{visit.pk}/made/", {"found": "能走，无痛"})
        run_pending()
        assert "能走，无痛" in nurse.get(f"/alarms/{alarm.pk}/").content.decode()

    matter.refresh_from_db()
    assert matter.closed_at is not None
    assert not Notice.objects.open().filter(link="/alarm-visits/").exists()


def test_whoever_makes_the_visit_has_seen_the_person_and_what_they_found_is_not_typed_again(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("CALL", 1, 0))
    worker = Client()
    worker.force_login(cast.care_worker.account)
    at = NIGHT + MINUTE
    with clock_at(at):
        alarm = commands.acknowledge_alarm(by=cast.care_home_nurse, at=at, alarm=Alarm.objects.get())
        visit = commands.order_visit(
            by=cast.care_home_nurse, at=at, alarm=alarm, due_at=NIGHT + 20 * MINUTE, what="想喝水"
        )
        answer = worker.post(f"/alarm-visits/{visit.pk}/made/", {"found": "已扶起喝水，一切都好"})
        page = worker.get(f"/alarms/{alarm.pk}/close/").content.decode()

    alarm.refresh_from_db()
    assert answer.status_code == 302
    assert (alarm.seen_at, alarm.seen_by) == (at, cast.care_worker.account_id)
    assert "已扶起喝水，一切都好</textarea>" in page


def test_an_alarm_is_closed_in_one_step_by_whoever_says_there_that_they_saw_the_person(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    nurse = Client()
    nurse.force_login(cast.care_home_nurse.account)
    with clock_at(NIGHT + MINUTE):
        address = f"/alarms/{Alarm.objects.get().pk}/close/"
        refused = nurse.post(address, {"outcome": "TRUE", "done": "扶起，无伤"}).content.decode()
        closed = nurse.post(address, {"outcome": "TRUE", "done": "扶起，无伤", "seen": "on"})

    alarm = Alarm.objects.get()
    assert "扶起，无伤</textarea>" in refused and 'name="seen"' in refused
    assert closed.status_code == 302
    assert (alarm.outcome, alarm.seen_by) == ("TRUE", cast.care_home_nurse.account_id)


def test_a_transfer_asked_for_from_an_alarm_tells_the_hospital_what_was_said_on_the_telephone(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    nurse = Client()
    nurse.force_login(cast.care_home_nurse.account)
    with clock_at(NIGHT + MINUTE):
        alarm = Alarm.objects.get()
        nurse.post(
            f"/alarms/{alarm.pk}/call/",
            {"result": "REACHED", "to_name": "张桂兰", "note": "右髋很痛，站不起来"},
        )
        page = nurse.get(f"/people/{elder.pk}/request-transfer/?alarm={alarm.pk}").content.decode()

    assert "右髋很痛，站不起来</textarea>" in page


def test_who_is_put_in_charge_is_told_and_who_comes_on_duty_sees_what_is_not_closed(
    cast: Cast, elder: Person
) -> None:
    told(elder, NIGHT, ("FALL", 1, 0))
    alarm = Alarm.objects.get()
    with clock_at(NIGHT + MINUTE):
        run_pending()
        given: Any = {"by": cast.care_home_nurse, "at": NIGHT + MINUTE, "alarm": alarm}
        commands.assign_alarm(**given, account_id=cast.care_worker.account_id)
        run_pending()
        [notice] = Notice.objects.open().filter(account=cast.care_worker.account)
        assert (notice.subject, notice.priority) == ("devices.alarm_in_charge", "EMERGENCY")
        worker = Client()
        worker.force_login(cast.care_worker.account)
        shown = worker.get("/duty/").content.decode()
        assert "张桂兰" in shown and f"/alarms/{alarm.pk}/" in shown

        commands.mark_person_seen(by=cast.care_worker, at=NIGHT + MINUTE, alarm=alarm)
        run_pending()

    notice.refresh_from_db()
    assert notice.withdrawn_at is not None
