"""What `yiyang check` says of the calendar of workdays."""

from __future__ import annotations

from datetime import UTC, datetime

from yiyang.kernel.time import clock_at
from yiyang.ops import check


def test_a_calendar_without_the_current_year_is_a_warning() -> None:
    with clock_at(datetime(2077, 3, 1, tzinfo=UTC)):
        [finding] = check.holidays()

    assert finding.state == check.WARNING
    assert "2077" in finding.words


def test_a_calendar_with_the_year_is_in_order() -> None:
    with clock_at(datetime(2026, 3, 1, tzinfo=UTC)):
        [finding] = check.holidays()

    assert finding.state == check.OK
