"""Falls are told from daily life, whatever the sensor, its unit and its rate."""

import os
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from yiyang.devices.rules.detecting.falls import falls_in

OUTSIDE = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
TRIALS = sorted((OUTSIDE / "falls-lsm6dso").glob("*/*.xlsx"))


def acceleration(path: Path) -> np.ndarray:
    """x, y, z in mg: the three columns after their vector sum, whether or not a running number stands first."""
    sheet = openpyxl.load_workbook(path, read_only=True).active
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[1], (int, float))]
    table = np.array(
        [[value if isinstance(value, (int, float)) else np.nan for value in row[:6]] for row in rows]
    )
    first = next(
        column
        for column in (1, 2)
        if np.nanmedian(np.abs(np.linalg.norm(table[:, column : column + 3], axis=1) - table[:, column - 1]))
        < 20
    )
    return table[:, first : first + 3]


@pytest.mark.outside_data
@pytest.mark.skipif(not TRIALS, reason="the recordings of falls are not here (YIYANG_TEST_DATA)")
@pytest.mark.parametrize("path", TRIALS, ids=lambda path: path.stem)
def test_recorded_trials_are_judged_by_what_happened(path):
    found = falls_in(acceleration(path), 100, "mg")

    assert bool(found) == ("Fall" in path.parent.name), found


def life(rate: float, *parts: tuple[float, tuple[float, float, float]]) -> np.ndarray:
    """Seconds of a steady acceleration each, in g."""
    return np.concatenate([np.tile(force, (round(seconds * rate), 1)) for seconds, force in parts])


UPRIGHT, LYING = (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)


@pytest.mark.parametrize("rate", [25, 50, 100, 200])
@pytest.mark.parametrize(
    "unit, factor", [("g", 1), ("mg", 1000), ("m/s2", 9.80665), ("", 1), ("", 1000), ("", 9.8)]
)
def test_a_drop_and_a_landing_that_ends_lying_is_a_fall(rate, unit, factor):
    window = life(rate, (4, UPRIGHT), (0.3, (0, 0.3, 0)), (0.15, (1.8, 0.5, 0)), (4, LYING)) * factor

    (fall,) = falls_in(window, rate, unit)

    assert fall.at_s == pytest.approx(4.4, abs=0.2)
    assert fall.tilt_degrees == pytest.approx(90, abs=1)


@pytest.mark.parametrize(
    "what, window",
    [
        ("a jump", life(100, (4, UPRIGHT), (0.3, (0, 0.2, 0)), (0.1, (0, 3.5, 0)), (4, UPRIGHT))),
        ("lying down slowly", life(100, (4, UPRIGHT), (1, (0.5, 0.8, 0)), (1, (0.9, 0.4, 0)), (4, LYING))),
        ("a knock on the sensor", life(100, (4, UPRIGHT), (0.01, (0, 9, 0)), (4, UPRIGHT))),
        ("a second of silence", life(100, (0.5, UPRIGHT))),
    ],
)
def test_daily_life_is_no_fall(what, window):
    assert falls_in(window, 100, "g") == [], what


def test_bounces_of_one_fall_are_one():
    window = life(
        100,
        (4, UPRIGHT),
        (0.3, (0, 0.3, 0)),
        (0.1, (2.5, 0.5, 0)),
        (1.3, LYING),
        (0.1, (2.4, 0, 0)),
        (4, LYING),
    )

    assert len(falls_in(window, 100, "g")) == 1


@pytest.mark.parametrize("window", [np.zeros((10, 2)), np.full((200, 3), np.nan), np.full((200, 3), 77.0)])
def test_what_is_no_acceleration_is_refused(window):
    with pytest.raises(ValueError):
        falls_in(window, 100)
