"""The clock of the platform never goes back while the machine's is set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from yiyang.kernel.tests.machine import Machine

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_it_shows_what_the_machine_shows() -> None:
    assert Machine(NOON).passes(90 * MINUTE) == NOON + 90 * MINUTE


def test_set_back_it_goes_on_from_where_it_was_and_is_caught_up_with() -> None:
    clock = Machine(NOON)

    assert clock.is_set(-10 * MINUTE) == NOON
    assert clock.passes(MINUTE) == NOON + MINUTE / 2
    assert clock.passes(18 * MINUTE) == NOON + 9.5 * MINUTE
    assert clock.passes(MINUTE) == clock.shows == NOON + 10 * MINUTE
    assert clock.passes(5 * MINUTE) == clock.shows


def test_set_back_twice_it_does_not_go_back_either() -> None:
    clock = Machine(NOON)
    told = [
        clock.is_set(-10 * MINUTE),
        clock.passes(MINUTE),
        clock.is_set(-30 * MINUTE),
        clock.passes(MINUTE),
    ]

    assert told == sorted(told)
    assert told[-1] == NOON + MINUTE


def test_set_right_again_it_shows_the_right_time_at_once() -> None:
    clock = Machine(NOON)
    clock.is_set(-10 * MINUTE)

    assert clock.is_set(10 * MINUTE) == NOON
    assert clock.passes(MINUTE) == clock.shows


@pytest.mark.parametrize("by", [timedelta(milliseconds=-900), timedelta(days=-1)])
def test_a_hair_or_a_day_is_followed(by: timedelta) -> None:
    clock = Machine(NOON)

    assert clock.is_set(by) == NOON + by


def test_set_ahead_it_follows() -> None:
    assert Machine(NOON).is_set(5 * MINUTE) == NOON + 5 * MINUTE
