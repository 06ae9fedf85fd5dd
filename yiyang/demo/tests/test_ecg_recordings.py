"""Recorded ECGs, played through the gateway twice: each lead is there once, whole, at its rate and in millivolts.

What to expect is read from each recording by itself: its header (rate, count, gain, first value and checksum of each
lead), its last samples, and where doctors have marked each beat.
"""

from __future__ import annotations

import itertools
import json
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from yiyang.demo.devices.recorded import UnknownRecording, records
from yiyang.devices.commands.intake import take_in
from yiyang.devices.queries.signals import Whole, strip, strips
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend, own_key
from yiyang.gateways.ingest.reading import read
from yiyang.kernel.time import clock_at, now
from yiyang.people.tests import factories as people

DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
BEATS = {*range(1, 14), 25, 30, 34, 35, 38, 41}  # of the codes of annotations, those that mark a beat
SKIP, AUX = 59, 63


@dataclass(frozen=True)
class Lead:
    name: str
    per_millivolt: float
    baseline: int
    first: int
    checksum: int


@dataclass(frozen=True)
class Header:
    hertz: float
    count: int
    leads: list[Lead]


def header_of(file: Path) -> Header:
    """`100.dat 212 200 11 1024 995 -22131 0 MLII`: gain, bits, zero, first value, checksum, block, lead."""
    lines = [one.split() for one in file.read_text().splitlines() if one.strip() and one[0] != "#"]
    (_name, number, hertz, count, *_rest), *signals = lines
    leads = []
    for one in signals[: int(number)]:
        gain, zero, first, checksum = one[2], int(one[4]), int(one[5]), int(one[6])
        gain = gain.split("/")[0]
        baseline = int(gain.split("(")[1].rstrip(")")) if "(" in gain else zero
        leads.append(
            Lead(
                "".join(filter(str.isalnum, "".join(one[8:]))),
                float(gain.split("(")[0]) or 200.0,
                baseline,
                first,
                checksum,
            )
        )
    return Header(float(hertz.split("/")[0]), int(count), leads)


def beats_of(file: Path) -> list[int]:
    """The samples at which a beat is marked: six bits of code and ten of distance, in two bytes."""
    words = np.frombuffer(file.read_bytes(), "<u2").tolist()
    found, at, place = [], 0, 0
    while place < len(words) and words[place]:
        code, distance = words[place] >> 10, words[place] & 0x3FF
        place += 1
        if code == SKIP:
            at += (words[place] << 16) + words[place + 1]
            place += 2
        elif code == AUX:
            place += (distance + 1) // 2
        elif code < SKIP:
            at += distance
            if code in BEATS:
                found.append(at)
    return found


@pytest.mark.django_db
@pytest.mark.outside_data
def test_each_lead_of_every_recorded_ecg_is_stored_once_and_whole():
    headers = sorted((DATA / "ecg").glob("*.hea"))
    if not headers:
        pytest.skip("YIYANG_TEST_DATA has no ecg")
    for file in headers:
        expected = header_of(file)
        found = replayed(file, expected)
        assert sorted(found) == sorted(f"ECG_{lead.name}".upper() for lead in expected.leads), file.name
        for lead in expected.leads:
            is_whole(file, expected, lead, found[f"ECG_{lead.name}".upper()])
        if (marked := file.with_suffix(".atr")).exists():
            beats_are_where_they_were_marked(beats_of(marked), expected, list(found.values()))


def replayed(file: Path, expected: Header) -> dict[str, list[Whole]]:
    """By lead, what is stored after the recording was sent twice, in order of time."""
    wearer, worn = people.person(), device(DeviceKind.ECG_PATCH)
    lend(worn, wearer.pk)
    ended = now()
    began = ended - timedelta(seconds=expected.count / expected.hertz + 60)
    sent = list(records(file, worn.urn, began.timestamp()))
    for _ in range(2):
        for record in sent:
            with clock_at(ended):
                decoded = read(json.dumps([record]).encode(), "application/senml+json", "", ended)
                assert not decoded.broken and not decoded.refused, file.name
                take_in([(own_key(worn), pack) for pack in decoded.packs], now=ended)
    found: dict[str, list[Whole]] = {}
    for one in reversed(strips(wearer.pk, began - timedelta(minutes=1), ended, most=10_000)):
        found.setdefault(one.code.upper(), []).append(strip(wearer.pk, one.micros, one.code))
    for stored in found.values():
        assert abs(stored[0].at - began) < timedelta(milliseconds=2)
    return found


def is_whole(file: Path, expected: Header, lead: Lead, stored: list[Whole]) -> None:
    name = f"{file.name} {lead.name}"
    assert {(one.rate, one.unit) for one in stored} == {(expected.hertz, "mV")}, name
    for one, other in itertools.pairwise(stored):
        assert abs(other.at - one.at - timedelta(seconds=one.count / one.rate)) < timedelta(milliseconds=2), (
            name
        )
    millivolts = np.concatenate([one.samples for one in stored])
    assert len(millivolts) == expected.count == sum(one.count for one in stored), name
    assert millivolts[0] == pytest.approx((lead.first - lead.baseline) / lead.per_millivolt), name
    units = np.round(millivolts * lead.per_millivolt).astype(int) + lead.baseline
    assert np.allclose(millivolts * lead.per_millivolt, units - lead.baseline, atol=0.01), name
    assert (int(units.sum()) - lead.checksum) % 65536 == 0, name  # of sixteen bits, as the header has it


def beats_are_where_they_were_marked(beats: list[int], expected: Header, leads: list[list[Whole]]) -> None:
    """The steepest of a heartbeat lies where it was marked, not between two beats; so the pulse is the one marked."""
    assert beats and beats[-1] < expected.count
    pulse = 60 * (len(beats) - 1) / ((beats[-1] - beats[0]) / expected.hertz)
    assert 30 < pulse < 200
    near = round(0.08 * expected.hertz)
    clearer = []
    for stored in leads:
        steep = np.abs(np.diff(np.concatenate([one.samples for one in stored])))
        at = [one for one in beats if near < one < len(steep) - near]
        between = [(one + other) // 2 for one, other in itertools.pairwise(at)]
        of_beats = np.median([steep[one - near : one + near].max() for one in at])
        of_rest = np.median([steep[one - near : one + near].max() for one in between])
        clearer.append(of_beats / of_rest)
    assert max(clearer) > 2


def test_what_is_no_ecg_that_can_be_played_is_named(tmp_path: Path):
    (tmp_path / "x.hea").write_text("x 1 360 100\nx.dat 8 200 11 1024 995 -22131 0 MLII\n")

    with pytest.raises(UnknownRecording, match=r"x\.hea: leads of one file in format 212 or 16"):
        list(records(tmp_path / "x.hea", "urn:dev:ser:1", 1_790_000_000.0))


def test_three_leads_and_whole_numbers_are_played_too(tmp_path: Path):
    samples = np.arange(30, dtype="<i2").reshape(10, 3) - 5
    (tmp_path / "y.dat").write_bytes(samples.tobytes())
    lines = [
        f"y.dat 16 100({zero})/mV 16 0 0 0 0 {lead}" for zero, lead in ((0, "I"), (2, "II"), (-2, "V 1"))
    ]
    (tmp_path / "y.hea").write_text("\n".join(["y 3 250 10", *lines]))

    found = list(records(tmp_path / "y.hea", "urn:dev:ser:1", 1_790_000_000.0))

    assert [one["n"].split("/", 2)[2] for one in found] == [
        "ECG_I/250/0.01",
        "ECG_II/250/0.01",
        "ECG_V1/250/0.01",
    ]
    decoded = read(json.dumps(found).encode(), "application/senml+json", "", now())
    first = [np.frombuffer(one.samples, "<i2")[0] for pack in decoded.packs for one in pack.signals]
    assert first == [-5, -6, -1]
