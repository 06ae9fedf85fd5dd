"""One way in for files of every kind: by their content they are a roster or FHIR."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from yiyang.access import queries as access
from yiyang.access.areas import load_district
from yiyang.gateways.fhir import importing as fhir
from yiyang.gateways.roster import importing as roster
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

if TYPE_CHECKING:
    from yiyang.access.models import Area, Organisation

FHIR_ENDINGS = (".json", ".ndjson", ".gz")
ROSTER_ENDINGS = (".csv", ".xlsx")


class Unreadable(Exception):
    """A path that is no file of a known kind."""


@dataclass
class Outcome:
    """What the terminal or the page shows of an import."""

    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    passwords: list[tuple[str, str]] = field(default_factory=list)
    persons: list[UUID] = field(default_factory=list)
    written: bool = False


def in_order(paths: Iterable[Path]) -> list[Path]:
    """The files behind these paths; what others refer to (hospitals, practitioners) comes first."""
    found: list[Path] = []
    for path in paths:
        inside = (
            sorted(p for p in path.iterdir() if p.name.endswith((*FHIR_ENDINGS, *ROSTER_ENDINGS)))
            if path.is_dir()
            else [path]
        )
        found += inside
    return sorted(
        found, key=lambda p: ("hospital" not in p.name.lower(), "practitioner" not in p.name.lower())
    )


def import_file(path: Path, *, area: str, unit_code: str = "", dry_run: bool = False) -> Outcome:
    """Import one file from the command line, as the system itself."""
    if not path.is_file() or not path.name.endswith((*FHIR_ENDINGS, *ROSTER_ENDINGS)):
        raise Unreadable(f"{path}: give a .csv, .xlsx, .json, .ndjson or .json.gz file, or a folder of them.")
    load_district(area[:6])
    unit = access.organisation_named(unit_code) if unit_code else None
    if unit_code and unit is None:
        raise roster.CodeUnknown(code=unit_code)
    found = access.area(area)
    assert found is not None
    try:
        return import_content(
            path.read_bytes(), path.name, by=SYSTEM, at=now(), area=found, unit=unit, dry_run=dry_run
        )
    except Refusal as refusal:
        return Outcome(problems=[str(refusal)])


def import_content(
    content: bytes,
    name: str,
    *,
    by: Actor,
    at: datetime,
    area: Area,
    unit: Organisation | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Import the content of one file, as whoever sends it may."""
    if _is_fhir(content, name):
        came = fhir.import_bundle(
            by=by, at=at, content=content, name=name, area=area, unit=unit, dry_run=dry_run
        )
        lines = fhir.outcome_in_words(came)
        return Outcome(lines, came.problems, persons=came.persons, written=came.written)
    done = roster.import_roster(by=by, at=at, content=content, name=name, dry_run=dry_run)
    problems = [f"{p.sheet} {p.row}{' · ' + p.column if p.column else ''}: {p.text}" for p in done.problems]
    return Outcome(roster.outcome_in_words(done), problems, done.passwords, written=done.written)


def _is_fhir(content: bytes, name: str) -> bool:
    return name.lower().endswith(FHIR_ENDINGS) or content[:1] == b"{" or content[:2] == b"\x1f\x8b"
