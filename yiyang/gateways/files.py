"""One way in for files of every kind: by their content they are a roster or FHIR."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from yiyang.access import queries as access
from yiyang.access.areas import load_district
from yiyang.gateways.fhir import importing as fhir
from yiyang.gateways.fhir.runs.parts import File
from yiyang.gateways.fhir.runs.working import Importer
from yiyang.gateways.roster import importing as roster
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

if TYPE_CHECKING:
    from yiyang.access.models import Area, Organisation

Progress = Callable[[int, int], None]
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
    report: list[tuple[str, str]] = field(default_factory=list)
    """Which resource was refused or is to be looked at, and why."""
    written: bool = False
    nothing: bool = False
    """Whether the file brings nothing that is not here already."""


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


def import_file(
    path: Path,
    *,
    area: str,
    unit_code: str = "",
    dry_run: bool = False,
    update: bool = False,
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Import one file from the command line, as the system itself."""
    if not path.is_file() or not path.name.endswith((*FHIR_ENDINGS, *ROSTER_ENDINGS)):
        raise Unreadable(f"{path}: give a .csv, .xlsx, .json, .ndjson or .json.gz file, or a folder of them.")
    load_district(area[:6])
    unit = access.organisation_named(unit_code) if unit_code else None
    if unit_code and unit is None:
        raise roster.CodeUnknown(code=unit_code)
    found = access.area(area)
    assert found is not None
    content = path.read_bytes()
    try:
        if is_fhir(content, path.name):
            given = {"by": SYSTEM, "name": path.name, "area": found, "unit": unit, "update": update}
            return _fhir_by_parts(content, given, progress, dry_run=dry_run)
        return import_content(content, path.name, by=SYSTEM, at=now(), area=found, unit=unit, dry_run=dry_run)
    except Refusal as refusal:
        return Outcome(problems=[str(refusal)])


def _fhir_by_parts(content: bytes, given: dict[str, Any], progress: Progress, *, dry_run: bool) -> Outcome:
    """A Bundle whole; lines part by part, each kept when it is done: sent again after a kill, it goes on."""
    file, all_of_it = File(content), Outcome(written=not dry_run)
    came = fhir.Outcome()
    with transaction.atomic() if dry_run else nullcontext():
        for number in range(file.parts):
            part = file.part(number)
            one = fhir.import_bundle(
                at=now(), content=part.content, each=part.each, dry_run=dry_run and file.parts == 1, **given
            )
            came.join(one)
            progress(number + 1, file.parts)
        if dry_run:
            transaction.set_rollback(True)
    all_of_it.lines, all_of_it.problems = fhir.outcome_in_words(came), [str(one) for one in came.problems]
    all_of_it.report = [(file.told(name), file.told(str(why))) for name, why in (*came.refused, *came.noted)]
    all_of_it.persons = came.persons
    all_of_it.nothing = not (came.added or came.updated)
    all_of_it.written = not (dry_run or came.problems)
    return all_of_it


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
    if is_fhir(content, name):
        # As by the worker: the record takes what they send, for those whom they see.
        asker: Any = by if by is SYSTEM else Importer(by)
        given = {"by": asker, "name": name, "area": area, "unit": unit, "update": False}
        return _fhir_by_parts(content, given, lambda done, total: None, dry_run=dry_run)
    done = roster.import_roster(by=by, at=at, content=content, name=name, dry_run=dry_run)
    problems = [f"{p.sheet} {p.row}{' · ' + p.column if p.column else ''}: {p.text}" for p in done.problems]
    return Outcome(roster.outcome_in_words(done), problems, done.passwords, written=done.written)


def is_fhir(content: bytes, name: str) -> bool:
    return name.lower().endswith(FHIR_ENDINGS) or content[:1] == b"{" or content[:2] == b"\x1f\x8b"
