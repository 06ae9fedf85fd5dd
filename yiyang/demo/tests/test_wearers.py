"""Generated wearers look like people: day and night, illness that moves all signs, sensors that slip."""

import numpy as np

from yiyang.demo.devices.movement import fall_window, places
from yiyang.demo.devices.physiology import BY_NAME, DAY, HOUR, SIGNS, Wearers
from yiyang.devices.rules.detecting.falls import falls_in

WHO = np.arange(400)[:, None]
WEEK = 1_790_000_000 + np.arange(0, 7 * DAY, 600)
WEARERS = Wearers(7)


def test_the_same_seed_gives_the_same_week_in_any_order():
    backwards = Wearers(7).measure("HEART_RATE", WHO[::-1], WEEK[::-1])

    assert np.array_equal(WEARERS.measure("HEART_RATE", WHO, WEEK), backwards[::-1, ::-1], equal_nan=True)
    assert not np.array_equal(
        WEARERS.truth("HEART_RATE", WHO, WEEK), Wearers(8).truth("HEART_RATE", WHO, WEEK)
    )


def test_the_pulse_is_slower_at_night():
    hour = (WEEK / HOUR + 8) % 24
    pulse = WEARERS.truth("HEART_RATE", WHO, WEEK)

    assert pulse[:, (hour > 13) & (hour < 17)].mean() - pulse[:, (hour > 1) & (hour < 5)].mean() > 6


def test_an_illness_moves_all_signs_together_and_passes():
    month = 1_790_000_000 + np.arange(0, 60 * DAY, HOUR)
    ill = WEARERS.illness(WHO, month)
    worst = np.unravel_index(ill.argmax(), ill.shape)
    person, at = WHO[worst[0]], month[worst[1] : worst[1] + 1]
    well = month[ill[worst[0]] == 0]

    assert well.size and 0 < (ill > 0).mean() < 0.1
    for name, sign in zip(BY_NAME, SIGNS, strict=True):
        change = WEARERS.truth(name, person, at).mean() - WEARERS.truth(name, person, well).mean()
        assert np.sign(change) == np.sign(sign.ill), name


def test_sensors_are_off_at_times_and_slip():
    told = WEARERS.measure("OXYGEN", WHO, WEEK)

    assert 0.01 < np.isnan(told).mean() < 0.06
    assert 0.001 < (told == 0).mean() < 0.01


def test_glucose_rises_after_meals_and_stays_in_what_can_be():
    glucose = WEARERS.truth("GLUCOSE", WHO, WEEK)

    assert 4 < np.median(glucose) < 8
    assert glucose.min() >= 2.1
    assert glucose.max() <= 27


def test_a_generated_fall_is_one_for_the_detector():
    assert all(len(falls_in(fall_window(7, who), 50, "g")) == 1 for who in range(50))


def test_about_one_in_three_falls_in_a_year():
    falls = WEARERS.falls(np.arange(3000)[:, None], np.arange(20_000, 20_365))

    assert 0.25 < np.isfinite(falls).any(axis=1).mean() < 0.4


def test_walks_stay_near_home_and_those_who_wander_do_not():
    home, year = (31.23, 121.47), 1_790_000_000 + np.arange(0, 365 * DAY, 1200)
    away = [
        np.abs(places(7, np.int64(3), year, home, wanders=wanders) - home).max() for wanders in (False, True)
    ]

    assert away[0] < 0.005 < 0.01 < away[1]
