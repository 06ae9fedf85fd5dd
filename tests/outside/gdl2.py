"""Reads test cases in the GDL2 format (openEHR guideline tests): elements with what was entered and what is expected.

gt0005|Systolic BP: 111,mm[Hg]                    a quantity
gt0012|Feeding: 10|local::at0004|Independent|     a coded answer worth 10
gt0017|Gender: local::at0006|Female|              a coded answer without points
gt0060|Birthdate: 1959-06-30T07:55Z               a date
gt0035|Cannot calculate BMI: false                yes or no
gt0008|Total score: 14                            a count
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

SUFFIX = ".test.yml"
QUANTITY = re.compile(r"(-?\d+(?:\.\d+)?)\s*,\s*(\S+)")
CODED = re.compile(r"(?:(-?\d+(?:\.\d+)?)\|)?local::(at\d+)\|(.*?)\|?\s*", re.DOTALL)
COUNT = re.compile(r"-?\d+(?:\.\d+)?")
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T\S*)?")


@dataclass(frozen=True)
class Quantity:
    number: str
    unit: str


@dataclass(frozen=True)
class Coded:
    points: str
    code: str
    text: str


@dataclass(frozen=True)
class Count:
    number: str


Value = Quantity | Coded | Count | bool | date | str


@dataclass(frozen=True)
class Case:
    score: str
    name: str
    today: date | None
    given: dict[str, Value]
    expected: dict[str, Value]


def value(raw: str) -> Value:
    raw = raw.strip()
    if raw in ("true", "false"):
        return raw == "true"
    if found := CODED.fullmatch(raw):
        return Coded(found[1] or "", found[2], " ".join(found[3].split()))
    if found := QUANTITY.fullmatch(raw):
        return Quantity(found[1], found[2])
    if COUNT.fullmatch(raw):
        return Count(raw)
    if found := DAY.fullmatch(raw):
        return date.fromisoformat(found[1])
    return raw


def values(node: Any) -> dict[str, Value]:
    """Element code to value; the words of an element after its code are its author's own."""
    found: dict[str, Value] = {}
    for elements in (node or {}).values():
        for element, raw in (elements or {}).items():
            found[element.partition("|")[0].strip()] = value(raw)
    return found


def cases(path: Path) -> Iterator[Case]:
    # Everything as text: a count keeps its decimals, and no word becomes a yes or a date by itself.
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    day = document.get("current_datetime")
    for case in document["test_cases"]:
        yield Case(
            score=path.name.removesuffix(SUFFIX),
            name=str(case.get("id", "")),
            today=date.fromisoformat(day[:10]) if day else None,
            given=values(case.get("input")),
            expected=values(case.get("expected_output")),
        )
