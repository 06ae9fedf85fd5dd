"""A rule is tried on many persons in a few statements: the same readings as of one person after the other."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from yiyang.devices import wire
from yiyang.devices.commands import packing
from yiyang.devices.commands.intake import take_in
from yiyang.devices.packs import Pack
from yiyang.devices.queries import bands, movement, replay_of_many
from yiyang.devices.queries.replay import BACK, HOUR, spans, worth
from yiyang.devices.queries.replay_of_many import every_one_of, scores_of, worth_of
from yiyang.devices.queries.rules import in_force, valid_seconds, warning_instrument
from yiyang.devices.queries.series import readings
from yiyang.devices.rules.judging.rules import Rule, with_own_limits
from yiyang.devices.rules.judging.series import Reading
from yiyang.devices.rules.judging.warning_score import ITEMS, RAREST, along
from yiyang.devices.rules.judging.watches import moved, movements
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.devices.tests.lending import device, lend, own_key
from yiyang.devices.tests.test_recordings import START, cases
from yiyang.kernel.time import clock_at
from yiyang.people.tests import factories as people

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
VITALS = {
    "HEART_RATE": (78, 9),
    "OXYGEN": (95, 3),
    "BREATHING": (17, 3),
    "SYSTOLIC": (128, 16),
    "TEMPERATURE": (37, 1),
}
Rows = list[tuple[int, int, float]]
HOURS = """
SELECT DISTINCT hour FROM devices_pack p JOIN unnest(%s::smallint[], %s::float8[], %s::float8[]) b(code, low, high)
    ON p.code = b.code WHERE person_id = %s AND hour >= %s AND hour < %s AND (min < b.low OR max >= b.high) ORDER BY hour
"""


def told(kind: DeviceKind, rows: Rows, now: datetime, order: Callable[[Rows], Rows] = list) -> UUID:
    """A person whose device told all this by then; what is older than a few hours is packed or late."""
    who, worn = people.person(), device(kind)
    lend(worn, who.pk)
    sent = order(rows)
    for first in range(0, len(sent), 5000):
        part = sent[first : first + 5000]
        take_in(
            [(own_key(worn), Pack(
                urn=worn.urn, at=[one[0] for one in part], code=[one[1] for one in part],
                value=[one[2] for one in part], marks=[0] * len(part),
            ))], now=now,
        )  # fmt: skip
    return who.pk


def days(seed: int, count: int = 2, each: int = 10) -> Rows:
    """Five quantities every some minutes, with hours of silence and values that cannot be."""
    chance = random.Random(seed)
    found: Rows = []
    for minute in range(0, count * 1440, each):
        at = NOW - timedelta(days=count) + timedelta(minutes=minute + 7)
        if chance.random() < 0.2 or at >= NOW:
            continue
        for name, (usual, spread) in VITALS.items():
            value = 999 if chance.random() < 0.01 else round(chance.gauss(usual, spread), 1)
            found.append((round(at.timestamp()) * 1_000_000, BY_NAME[name].no, value))
    return found


def backwards(rows: Rows) -> Rows:
    return rows[::-1]


def of_one(person: UUID, scale: str, since: datetime, until: datetime) -> list[Reading]:
    """The scores of one person as they were worked out one after the other, by the readings of one quantity each."""
    valid, several = valid_seconds(until), bands.worth_several(until)
    asked = [(code, *bands.points_from(code, 1 if code == RAREST else several)) for code in ITEMS]
    with connection.cursor() as cursor:
        cursor.execute(HOURS, [*(list(column) for column in zip(*asked, strict=True)), person, since, until])
        hours = [row[0] for row in cursor.fetchall()]
    found: list[Reading] = []
    back = timedelta(seconds=max(valid.values()))
    for begins, ends in spans([*hours, until - 3 * HOUR], until, back):
        parts = {}
        for code in ITEMS:
            raw = readings([person], code, begins, ends)
            parts[code] = list(map(Reading, raw.at.tolist(), raw.value.tolist(), raw.marks.tolist()))
        found += [one for one, _score in along(warning_instrument(), parts, valid=valid, scale=scale)]
    return found


def mine(
    person: UUID, causes: tuple[str, ...], *, own: tuple[float | None, float | None] | None = None
) -> list[Rule]:
    found = [rule for cause in causes if (rule := in_force(NOW).one(cause, person, ()))]
    return [with_own_limits(one, *own) for one in found] if own else found


@pytest.fixture
def many() -> list[UUID]:
    """One told nothing, one all at once and late, one backwards; then their hours were packed."""
    with clock_at(NOW):
        found = [
            told(DeviceKind.MONITOR, days(seed), NOW, backwards if seed == 3 else list)
            for seed in (1, 2, 3, 4)
        ]
        found.append(told(DeviceKind.MONITOR, [], NOW))
        packing.pack(NOW)
        found.append(told(DeviceKind.MONITOR, days(5), NOW))
    return found


@pytest.mark.parametrize("causes", [("OXYGEN_LOW",), ("PULSE_HIGH",), ("TEMPERATURE_HIGH",), ("PULSE_JUMP",)])
def test_readings_that_matter_are_the_same_of_many_as_of_one_after_the_other(
    many: list[UUID], causes: tuple[str, ...]
) -> None:
    asked = {one: mine(one, causes, own=(None, 90) if place == 1 else None) for place, one in enumerate(many)}

    found = worth_of(asked, NOW - BACK, NOW)

    assert found == {one: worth(one, asked[one], NOW - BACK, NOW) for one in many}
    assert found[many[4]] == [] and sum(map(len, found.values())) > 100


def test_scores_are_the_same_of_many_as_of_one_after_the_other(many: list[UUID]) -> None:
    scales = {one: "2" if place == 2 else "1" for place, one in enumerate(many)}

    found = scores_of(scales, NOW - BACK, NOW)

    assert found == {one: of_one(one, scales[one], NOW - BACK, NOW) for one in many}
    assert found[many[4]] == [] and max(one.value for one in found[many[0]]) >= 5


def test_as_many_statements_for_one_person_as_for_many(
    many: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Any] = []
    plain = wire.cursor
    monkeypatch.setattr(replay_of_many.wire, "cursor", lambda: opened.append(1) or plain())
    counts = []
    for some in (many[:1], many):
        worth_of({one: mine(one, ("OXYGEN_LOW",)) for one in some}, NOW - BACK, NOW)
        scores_of(dict.fromkeys(some, "1"), NOW - BACK, NOW)
        counts.append(len(opened))
        opened.clear()

    assert counts == [4, 4]
    assert worth_of({}, NOW - BACK, NOW) == {} == scores_of({}, NOW - BACK, NOW)


def test_movements_of_a_month_are_those_that_are_looked_at_one_by_one() -> None:
    names = ("MOTION", "DOOR_OPEN", "OUT_OF_BED", "STEPS")
    chance = random.Random(8)
    with clock_at(NOW):
        persons = [told(DeviceKind.MOTION_SENSOR, [], NOW)]
        for order in (list, backwards):
            rows = [
                (
                    round((NOW - timedelta(minutes=7 * nth)).timestamp()) * 1_000_000,
                    BY_NAME[name].no,
                    float(chance.randrange(2) if name != "STEPS" else chance.choice([0, 10, 10, 20])),
                )
                for nth in range(1, 200)
                for name in names
                if chance.random() < 0.6
            ]
            persons.append(told(DeviceKind.MOTION_SENSOR, rows, NOW, order))
        packing.pack(NOW)
    codes = [BY_NAME[name].no for name in names]

    singly = movement.readings(persons, codes, NOW - BACK, NOW)
    found = {
        one: moved(all_.code, all_.at, all_.value)
        for one, all_ in every_one_of(persons, codes, NOW - BACK, NOW)
    }

    assert set(found) == set(persons[1:])
    for person, mine in found.items():
        assert [mine.one(place) for place in range(len(mine.at))] == movements(singly[person])
    assert all(len(mine.at) > 100 and mine.door.any() and mine.in_bed.any() for mine in found.values())


@pytest.mark.outside_data
def test_recordings_give_the_same_of_many_as_of_one_after_the_other() -> None:
    recorded = cases()
    if not recorded:
        pytest.skip("YIYANG_TEST_DATA has no vitals-icu and no cgm")
    monitors = [rows for kind, rows in recorded.values() if kind == DeviceKind.MONITOR][:8]
    last = max(rows[-1][0] for rows in monitors)
    until = datetime.fromtimestamp(last / 1_000_000, UTC) + timedelta(minutes=1)
    with clock_at(until):
        persons = [told(DeviceKind.MONITOR, rows, until) for rows in monitors]
        packing.pack(until)
    since = START - timedelta(hours=1)

    for causes in (("OXYGEN_LOW",), ("PULSE_HIGH",), ("BREATHING_HIGH",)):
        asked = {one: mine(one, causes) for one in persons}
        assert worth_of(asked, since, until) == {one: worth(one, asked[one], since, until) for one in persons}
    scored = scores_of(dict.fromkeys(persons, "1"), since, until)
    assert scored == {one: of_one(one, "1", since, until) for one in persons}
    assert sum(map(len, scored.values())) > 500
