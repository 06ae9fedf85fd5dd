"""Falls are told from daily life, whatever the sensor, its unit and its rate."""

import os
from pathlib import Path

import numpy as np
import pytest

from yiyang.devices.rules.detecting.falls import falls_in
from yiyang.devices.tests.recorded_falls import fell, trial, trials

OUTSIDE = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
SETS = sorted(path for path in OUTSIDE.glob("*") if path.is_dir() and "fall" in path.name.lower())
AT_MOST = 400  # of a large set each nth


@pytest.mark.outside_data
@pytest.mark.skipif(not SETS, reason="no recordings of falls are here (YIYANG_TEST_DATA)")
@pytest.mark.parametrize("root", SETS, ids=lambda path: path.name)
def test_recorded_trials_are_judged_by_what_happened(root):
    found = trials(root)
    judged = []
    for path in found[:: max(1, len(found) // AT_MOST)]:
        if (fallen := fell(path, root)) is not None:
            one = trial(path, root)
            judged.append((path.stem, fallen, bool(falls_in(one.samples, one.rate, one.unit))))

    told = [found for _name, fallen, found in judged if fallen]
    quiet = [not found for _name, fallen, found in judged if not fallen]
    wrong = [name for name, fallen, found in judged if fallen != found]
    assert sum(told) >= 0.8 * len(told) and sum(quiet) >= 0.8 * len(quiet), wrong


def test_a_recording_is_read_whatever_it_looks_like(tmp_path):
    window = life(200, (3, UPRIGHT), (0.3, (0, 0.3, 0)), (0.2, (2.4, 0.5, 0)), (3, LYING))
    falls, daily = tmp_path / "falls-x" / "Fall Events", tmp_path / "falls-x" / "ADL"
    for folder in (falls, daily):
        folder.mkdir(parents=True)
    raw = np.concatenate([np.round(window * 256), np.full((len(window), 6), 7.0)], axis=1)
    (falls / "F01_SE06_R01.txt").write_text(
        "".join(f"{', '.join(f'{one:4.0f}' for one in row)};\n" for row in raw)
    )
    rows = (f"{place / 200:.3f},1,{x},{y},{z}" for place, (x, y, z) in enumerate(window * 9.80665))
    (daily / "walking.csv").write_text("time,label,ax (m/s2),ay (m/s2),az (m/s2)\n" + "\n".join(rows))

    read = [trial(path, tmp_path / "falls-x") for path in trials(tmp_path / "falls-x")]

    assert [(one.fell, round(one.rate)) for one in read] == [(False, 200), (True, 200)]
    assert all(len(falls_in(one.samples, one.rate, one.unit)) == 1 for one in read)


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
