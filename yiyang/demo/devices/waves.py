"""Recorded raw signals played as a device's: an ECG of PhysioNet (format 212 or 16), an acceleration in a table (XLSX)."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .wearing import Record

STRIP_SECONDS = 60  # of an ECG in one record
ACCELERATION_HZ = 100.0
UNSAID_GAIN = 200.0  # of a millivolt, where a header says 0
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]")


class UnknownWave(ValueError):
    """The file is no recording that is known here."""


def of_an_ecg(header: Path, urn: str, start: float) -> Iterator[Record]:
    """Each lead by itself, a minute a record; the samples stay as they were, the scale makes them millivolts."""
    first, *lines = [one for one in header.read_text().splitlines() if one and not one.startswith("#")]
    _name, number, rate, count = first.split()[:4]
    hertz, size = float(rate.partition("/")[0]), int(count)
    told = [one.split(maxsplit=8) for one in lines[: int(number)]]
    formats, files = {one[1] for one in told}, {one[0] for one in told}
    if len(files) != 1 or formats - FORMATS.keys() or len(formats) != 1:
        raise UnknownWave(
            f"{header.name}: leads of one file in format 212 or 16 are played, not {', '.join(sorted(formats))}"
        )
    data = (header.parent / files.pop()).read_bytes()
    samples = FORMATS[formats.pop()](data)[: size * len(told)].reshape(-1, len(told))
    strip = round(hertz * STRIP_SECONDS)
    for nth, (_file, _format, gain, _bits, zero, *_rest, lead) in enumerate(told):
        per_millivolt = float(gain.partition("/")[0].partition("(")[0]) or UNSAID_GAIN
        baseline = gain.partition("(")[2].partition(")")[0] or zero
        name = f"ECG_{NOT_IN_A_NAME.sub('', lead)}"
        for begin in range(0, len(samples), strip):
            part = (samples[begin : begin + strip, nth] - int(baseline)).astype("<i2")
            yield {
                "n": f"{urn}/signal/{name}/{hertz:g}/{1 / per_millivolt:g}", "u": "mV",
                "vd": urlsafe_b64encode(part.tobytes()).decode().rstrip("="), "t": start + begin / hertz,
            }  # fmt: skip


def _format_212(data: bytes) -> np.ndarray:
    """Two samples of twelve bits in three bytes."""
    three = np.frombuffer(data[: len(data) // 3 * 3], np.uint8).reshape(-1, 3).astype(np.int16)
    both = np.stack(
        [three[:, 0] | (three[:, 1] & 0x0F) << 8, three[:, 2] | (three[:, 1] & 0xF0) << 4], axis=1
    ).ravel()
    return np.where(both >= 2048, both - 4096, both)


FORMATS = {"212": _format_212, "16": lambda data: np.frombuffer(data[: len(data) // 2 * 2], "<i2")}


def of_a_movement(table: Path, urn: str, start: float) -> Iterator[Record]:
    """A sheet without heads: the length of the acceleration, then its x, y and z, in mg at 100 Hz."""
    from openpyxl import load_workbook

    rows = load_workbook(table, read_only=True).active.iter_rows(values_only=True)
    try:
        cells = np.array([row[:6] for row in rows if isinstance(row[1], int | float)], float)
        first = next(n for n in (1, 2) if _is_length(cells[:, n - 1], cells[:, n : n + 3]))
    except (TypeError, ValueError, IndexError, StopIteration) as wrong:
        raise UnknownWave(
            f"{table.name}: expected the length of the acceleration and then x, y, z"
        ) from wrong
    force = cells[:, first : first + 3]
    yield {
        "n": f"{urn}/signal/ACCELERATION/{ACCELERATION_HZ:g}/1", "u": "mg",
        "vd": urlsafe_b64encode(force.round().astype("<i2").tobytes()).decode().rstrip("="), "t": start,
    }  # fmt: skip


def _is_length(length: np.ndarray, force: np.ndarray) -> bool:
    """Some sheets begin with a running number."""
    return bool(np.nanmedian(np.abs(np.linalg.norm(force, axis=1) - length)) < 20)
