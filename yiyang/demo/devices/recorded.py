"""Recorded data played as a device's, as SenML records: CSV files of bedside monitors and of glucose sensors, and
raw signals."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from . import waves
from .wearing import Record

# By the head of a column, without its unit: our quantity, and which column comes first when two say the same.
MONITOR = {
    "HR": ("HEART_RATE", "beat/min"), "PULSE": ("HEART_RATE", "beat/min"), "RESP": ("BREATHING", "/min"),
    "SpO2": ("OXYGEN", "%"), "NBPSys": ("SYSTOLIC", "mm[Hg]"), "NBPDias": ("DIASTOLIC", "mm[Hg]"),
    "NBPMean": ("MEAN_PRESSURE", "mm[Hg]"), "ABPSys": ("SYSTOLIC", "mm[Hg]"), "ABPDias": ("DIASTOLIC", "mm[Hg]"),
    "ABPMean": ("MEAN_PRESSURE", "mm[Hg]"),
}  # fmt: skip
LOCAL = ZoneInfo("Asia/Shanghai")
WAVES = {".hea": waves.of_an_ecg, ".xlsx": waves.of_a_movement}


class UnknownRecording(ValueError):
    """The file has no columns that are known here."""


def records(path: Path, urn: str, start: float, wearer: str = "") -> Iterator[Record]:
    """The readings of a file as if they began at `start` (seconds since 1970).

    `wearer`: whose of the file, where it holds several. A cell that is empty says nothing; 0 is sent as it is, for
    the platform to know what it means.
    """
    if path.suffix in WAVES:
        try:
            yield from WAVES[path.suffix](path, urn, start)
        except waves.UnknownWave as wrong:
            raise UnknownRecording(str(wrong)) from wrong
        return
    with _opened(path) as text:
        rows = csv.DictReader(text)
        heads = rows.fieldnames or []
        if "minute" in heads:
            yield from _of_a_monitor(rows, heads, urn, start)
        elif {"id", "time", "gl"} <= set(heads):
            yield from _of_a_glucose_sensor(rows, urn, start, wearer)
        else:
            raise UnknownRecording(f"{path.name}: expected the columns minute … or id, time, gl")


def _of_a_monitor(
    rows: csv.DictReader[str], heads: Sequence[str], urn: str, start: float
) -> Iterator[Record]:
    known = {head: MONITOR[head.split("[")[0]] for head in heads if head.split("[")[0] in MONITOR}
    order = sorted(known, key=lambda head: list(MONITOR).index(head.split("[")[0]))
    for row in rows:
        at = start + float(row["minute"]) * 60
        told: dict[str, Record] = {}
        for head in order:
            name, unit = known[head]
            if row[head] and (name not in told or not told[name]["v"]):
                told[name] = {"n": f"{urn}/{name}", "u": unit, "v": float(row[head]), "t": at}
        yield from told.values()


def _of_a_glucose_sensor(rows: csv.DictReader[str], urn: str, start: float, wearer: str) -> Iterator[Record]:
    first: float | None = None
    for row in rows:
        wearer = wearer or row["id"]
        if row["id"] != wearer:
            continue
        at = datetime.fromisoformat(row["time"]).replace(tzinfo=LOCAL).timestamp()
        first = at if first is None else first
        yield {"n": f"{urn}/GLUCOSE", "u": "mg/dL", "v": float(row["gl"]), "t": start + at - first}


def _opened(path: Path) -> io.TextIOBase:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
