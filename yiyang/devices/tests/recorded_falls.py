"""Recorded accelerations of falls and daily life, whatever file they come in: sheets and text, with or without heads.

Which columns they are, and in which unit, is told from heads, or else from what an acceleration is: three columns whose
length at rest is the weight of a body, often with that length beside them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from numpy.typing import NDArray

from yiyang.devices.rules.detecting.units import AT_REST

SUFFIXES = (".xlsx", ".csv", ".txt")
USUAL_HZ = 100.0
# SisFall (Sucerquia et al. 2017): nine whole numbers a line, of which the first three are an ADXL345's, 256 for 1 g.
SISFALL_COLUMNS, SISFALL_A_G, SISFALL_HZ = 9, 256.0, 200.0
TEXT = re.compile(r"[,;\t ]+")
HERTZ = re.compile(r"(\d+(?:\.\d+)?)\s*Hz")


class NoAcceleration(ValueError):
    """The file holds nothing that could be an acceleration."""


@dataclass(frozen=True)
class Trial:
    """(n, 3) in `unit` (empty: told from the weight at rest). `fell`: None where neither name nor folder says so."""

    name: str
    samples: NDArray[Any]
    rate: float
    unit: str
    fell: bool | None


def trials(folder: Path) -> list[Path]:
    """All recordings below a folder."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES and not path.stem.lower().startswith(("readme", "license", "~"))
    )


def trial(path: Path, root: Path) -> Trial:
    """One recording; `root` is the folder of the whole set, whose own name says nothing of a trial."""
    heads, table = _table(path)
    if not len(table):
        raise NoAcceleration(path.name)
    if not heads and table.shape[1] == SISFALL_COLUMNS and _whole(table):
        return Trial(path.stem, table[:, :3] / SISFALL_A_G, SISFALL_HZ, "g", fell(path, root))
    first, unit = _by_heads(heads) or (_by_looks(table), "")
    samples = table[:, first] if isinstance(first, list) else table[:, first : first + 3]
    samples = samples[np.isfinite(samples).all(axis=1)]
    return Trial(path.stem, samples, _rate(heads, table, path, root), unit, fell(path, root))


def fell(path: Path, root: Path) -> bool | None:
    """What the names say: SisFall's F… and D…, else the words of the file and of its folders, the nearest first."""
    if found := re.match(r"([FD])\d\d_S[AE]\d\d_R\d\d", path.stem):
        return found.group(1) == "F"
    for part in (path.stem, *(one.name for one in path.parents if one != root and root in one.parents)):
        words = part.lower()
        if re.search(r"\b(adl|adls|daily|non.?falls?|no.?falls?|activit\w+)\b", words):
            return False
        if re.search(r"fall", words):
            return True
    return None


def _table(path: Path) -> tuple[list[str], NDArray[Any]]:
    """The heads, if there are any, and the rows that are numbers."""
    heads: list[str] = []
    rows: list[list[float]] = []
    for cells in _lines(path):
        numbers = [_number(cell) for cell in cells]
        known = [one for one in numbers if one is not None]
        if len(known) >= 3 and (not rows or len(numbers) >= len(rows[0])):
            width = len(rows[0]) if rows else len(numbers)
            rows.append([np.nan if one is None else one for one in numbers[:width]])
        elif not rows and len(known) < len(cells) / 2 and any(cells):
            heads = [str(cell or "").strip() for cell in cells]
    return heads, np.array(rows, float)


def _lines(path: Path) -> list[Sequence[Any]]:
    if path.suffix.lower() == ".xlsx":
        sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).active
        return [tuple(row) for row in sheet.iter_rows(values_only=True)]
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        text = file.read()
    if path.suffix.lower() == ".csv" and "," in text.splitlines()[0]:
        return list(csv.reader(text.splitlines()))
    return [TEXT.split(line.strip().rstrip(";").strip()) for line in text.splitlines() if line.strip()]


def _number(cell: Any) -> float | None:
    try:
        return None if cell is None or isinstance(cell, bool) else float(cell)
    except (TypeError, ValueError):
        return None


def _whole(table: NDArray[Any]) -> bool:
    return bool(np.isfinite(table).all() and (table == np.round(table)).all())


def _by_heads(heads: Sequence[str]) -> tuple[Any, str] | None:
    """The three columns whose heads speak of an acceleration and end in x, y, z."""
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        words = head.lower()
        axis = re.search(r"(?:^|[^a-z])([xyz])(?:[^a-z]|$)|acc\w*?[_ .-]?([xyz])\b|^a([xyz])\b", words)
        if axis and not re.search(r"gyr|mag|incl|angle|rot|^g[xyz]\b", words):
            found.setdefault(next(one for one in axis.groups() if one), place)
    if set(found) != {"x", "y", "z"}:
        return None
    words = heads[found["x"]].lower().replace("²", "2").replace("^", "")
    unit = next(
        (one for one, like in (("m/s2", "m/s2"), ("mg", "mg"), ("g", "[g]"), ("g", "(g)")) if like in words),
        "",
    )
    return [found[axis] for axis in "xyz"], unit


def _by_looks(table: NDArray[Any]) -> int:
    """Three columns with their length beside them; else the first three that weigh as much as a body at rest."""
    places = range(table.shape[1] - 2)
    lengths = {at: np.linalg.norm(table[:, at : at + 3], axis=1) for at in places}
    for at in places:
        weight = float(np.nanmedian(lengths[at]))
        beside = [one for one in (at - 1, at + 3) if 0 <= one < table.shape[1]]
        if any(
            np.nanmedian(np.abs(lengths[at] - table[:, one])) < 0.02 * max(weight, 1e-9) for one in beside
        ):
            return at
    for at in places:
        if any(low <= float(np.nanmedian(lengths[at])) < high for low, high, _unit in AT_REST):
            return at
    raise NoAcceleration("no three columns weigh as much as a body at rest")


def _rate(heads: Sequence[str], table: NDArray[Any], path: Path, root: Path) -> float:
    """From a column of times, else from what is written beside the files, else the usual one."""
    for place, head in enumerate(heads):
        if re.match(r"(time|timestamp|t)\b", head.lower()):
            step = float(np.nanmedian(np.diff(table[:, place])))
            for scale in (1.0, 1e-3, 1e-6, 1e-9):
                if step > 0 and 10 <= 1 / (step * scale) <= 1000:
                    return 1 / (step * scale)
    for folder in (path.parent, *path.parents):
        for beside in sorted(folder.glob("README*")):
            if found := HERTZ.search(beside.read_text(errors="replace")):
                return float(found.group(1))
        if folder == root:
            break
    return USUAL_HZ
