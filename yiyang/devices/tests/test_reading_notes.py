"""A note on readings, and what else lies on the axis of a chart: limits as they held, alarms, events, loans."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiyang.access.tests.factories import Cast
from yiyang.devices import commands
from yiyang.devices.commands.intake import take_in
from yiyang.devices.commands.notes import NoteEndsBeforeItBegins, NoteNotOfThen, NoteWithdrawn
from yiyang.devices.models import ReadingNote
from yiyang.devices.rules.alarms import Cause, Severity
from yiyang.devices.rules.held import Line, Piece, lines
from yiyang.devices.rules.judging.rules import HIGH, LOW, Level, Rule, with_own_limits
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person, seen_by

OXYGEN = BY_NAME["OXYGEN"]
RULE = Rule(Cause.OXYGEN_LOW, OXYGEN.no, LOW, (Level(92, Severity.URGENT), Level(85, Severity.EMERGENCY)))
DAY = [datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 5)]


def test_a_limit_is_one_line_for_as_long_as_it_held() -> None:
    own = with_own_limits(RULE, 88, None)
    pieces = [
        Piece(DAY[0], DAY[1], [RULE]),
        Piece(DAY[1], DAY[2], [own], low=88, high=100),
        Piece(DAY[2], DAY[3], [own], low=88, high=100),
    ]

    assert lines(pieces) == [
        Line(HIGH, 100, "", True, DAY[1], DAY[3]),  # said by a clinician; no rule alarms there
        Line(LOW, 85, "EMERGENCY", False, DAY[0], DAY[1]),
        Line(LOW, 92, "URGENT", False, DAY[0], DAY[1]),
        Line(LOW, 81, "EMERGENCY", True, DAY[1], DAY[3]),
        Line(LOW, 88, "URGENT", True, DAY[1], DAY[3]),
    ]


@pytest.fixture
def wang(cast: Cast) -> Any:
    """An oxygen saturation each minute of an hour, a fall, and an own limit since half an hour."""
    found = person()
    seen_by(found, cast.care_home.pk)
    made = device(DeviceKind.BRACELET)
    lend(made, found.pk, now() - timedelta(hours=8))
    told = [("OXYGEN", now() - timedelta(minutes=minute), 95) for minute in range(60)]
    take_in([(own_key(made), pack(made, *told, ("FALL", now() - timedelta(minutes=20), 1)))], now=now())
    commands.set_person_limits(
        by=cast.care_home_nurse, at=now() - timedelta(minutes=30), person=found, code=OXYGEN.no, low=88, high=None,
        until=now() + timedelta(days=9), reason="慢阻肺",
    )  # fmt: skip
    return found


@pytest.mark.django_db
def test_a_note_is_written_stands_on_the_chart_and_leaves_it_when_it_was_wrong(cast: Cast, wang: Any) -> None:
    nurse, address = Client(), f"/people/{wang.pk}/readings/OXYGEN/"
    nurse.force_login(cast.care_home_nurse.account)
    typed = {"text": "吸氧2升", "since": (now() - timedelta(minutes=40)).isoformat(), "code": OXYGEN.no}

    assert nurse.post(f"/people/{wang.pk}/reading-notes/write/", typed).status_code == 302
    with CaptureQueriesContext(connection) as asked:
        page = nurse.get(address).content.decode()
    with CaptureQueriesContext(connection) as asked_of_all:
        nurse.get(f"/people/{wang.pk}/readings/")
    drawn = nurse.get(f"{address}drawn/", {"until": now().isoformat()}).json()
    note = ReadingNote.objects.get()
    assert nurse.post(f"/reading-notes/{note.pk}/withdraw/", {"reason": "写错了老人"}).status_code == 302
    after = nurse.get(address).content.decode()

    lanes = {one["name"]: [span["label"] for span in one["spans"]] for one in drawn["lanes"]}
    assert lanes["备注"] == ["吸氧2升"]
    assert len(lanes["报警"]) == len(lanes["事件"]) == len(lanes["设备"]) == 1
    assert {(one["value"], one["own"]) for one in drawn["held"]} >= {(92, False), (88, True)}
    assert "吸氧2升" in page and "<s>吸氧2升</s>" in after and "写错了老人" in after
    for statements in (asked, asked_of_all):
        assert len(statements) <= 15, "\n".join(one["sql"][:200] for one in statements)


@pytest.mark.django_db
def test_a_note_that_cannot_be_is_refused_and_one_is_withdrawn_once(cast: Cast, wang: Any) -> None:
    nurse, at = cast.care_home_nurse, now()
    told = {"by": nurse, "at": at, "person": wang, "text": "餐后"}

    with pytest.raises(NoteNotOfThen):
        commands.write_reading_note(**told, since=at + timedelta(hours=1))
    with pytest.raises(NoteEndsBeforeItBegins):
        commands.write_reading_note(**told, since=at, until=at - timedelta(hours=1))
    note = commands.write_reading_note(**told, since=at - timedelta(hours=1), until=at)
    commands.withdraw_reading_note(by=SYSTEM, at=at, note=note, reason="重复")
    with pytest.raises(NoteWithdrawn):
        commands.withdraw_reading_note(by=SYSTEM, at=at, note=note, reason="重复")
