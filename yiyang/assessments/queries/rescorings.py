"""Runs that laid a version over what stands: how far they are, what came of them, who is touched."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum

from yiyang.access.permissions import Permission
from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.models import Assessment, Rescored, Rescoring
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound

READERS = (Permission.ASSESS, Permission.MANAGE_INSTRUMENTS, Permission.SEE_FIGURES)
SHARES: dict[str, Any] = {
    "done": Sum("chunks__rows", default=0),
    "left": Count("chunks", filter=Q(chunks__done_at=None)),
}


@dataclass(frozen=True)
class Line:
    """One level as it was signed, and how many of it come to which level."""

    level: str
    title: str
    cells: tuple[tuple[str, int], ...]  # level then, how many
    total: int


@dataclass(frozen=True)
class Fit:
    """Of one kind of bed: to how many it answered otherwise before."""

    kind: str
    before: str  # E, N or J: qualifies, does not, a clinician decides
    after: str
    number: int


@dataclass(frozen=True)
class Outcome:
    """What came of a run so far, from the numbers that each chunk kept with its results."""

    rows: int
    versions: tuple[tuple[str, int], ...]
    levels: tuple[tuple[str, str], ...]  # level then, its title
    lines: tuple[Line, ...]
    worse: int
    better: int
    without: int  # had a level, and miss an answer that is asked for now
    fits: tuple[Fit, ...]

    @property
    def moved(self) -> int:
        return self.rows - sum(
            number for line in self.lines for level, number in line.cells if level == line.level
        )


def runs(actor: Actor) -> QuerySet[Rescoring]:
    """Those of the actor's own district, and what was asked for on the server; the newest first."""
    found = Rescoring.objects.select_related("instrument").annotate(**SHARES).order_by("-started_at", "-id")
    if actor.sees_all:
        return found
    unit: Any = getattr(actor, "organisation", None)
    if unit is None or not any(actor.may(one) for one in READERS):
        return found.none()
    own = Q(organisation__area__code__startswith=unit.area_id[:6])
    return found.filter(own | Q(organisation=None))


def runs_of(actor: Actor, instrument_id: UUID) -> list[Rescoring]:
    """The latest by this version."""
    return list(runs(actor).filter(instrument=instrument_id)[:20])


def run(actor: Actor, rescoring_id: UUID) -> Rescoring:
    found = runs(actor).filter(pk=rescoring_id).first()
    if found is None:
        raise NotFound
    return found


def run_of(rescoring_id: UUID) -> Rescoring:
    """For whoever works on it."""
    found: Rescoring = Rescoring.objects.select_related("instrument").get(pk=rescoring_id)
    return found


def outcome(run: Rescoring) -> Outcome:
    flows: Counter[tuple[str, str]] = Counter()
    versions: Counter[str] = Counter()
    fits: Counter[tuple[str, str, str]] = Counter()
    for chunk in run.chunks.exclude(done_at=None):
        for version, before, level, number in chunk.flows:
            flows[before, level] += number
            versions[version] += number
        for kind, before, after, number in chunk.fits:
            fits[kind, before, after] += number
    content = content_of(run.instrument)
    ranks = {band.level: band.rank for band in content.bands}
    ways = Counter({"worse": 0, "better": 0, "without": 0})
    for (before, level), number in flows.items():
        if before and not level:
            ways["without"] += number
        elif before in ranks and level in ranks and before != level:
            ways["worse" if ranks[level] > ranks[before] else "better"] += number
    return Outcome(
        rows=sum(flows.values()),
        versions=tuple(sorted(versions.items())),
        levels=_named({level for _before, level in flows}, content),
        lines=_lines(flows, content),
        **ways,
        fits=tuple(Fit(*key, number) for key, number in sorted(fits.items()) if key[1] != key[2]),
    )


def _lines(flows: Counter[tuple[str, str]], content: Content) -> tuple[Line, ...]:
    columns = [level for level, _title in _named({level for _before, level in flows}, content)]
    found = []
    for before, title in _named({one for one, _level in flows}, content):
        cells = tuple((level, flows[before, level]) for level in columns)
        found.append(Line(before, title, cells, sum(number for _level, number in cells)))
    return tuple(found)


def _named(levels: set[str], content: Content) -> tuple[tuple[str, str], ...]:
    """In the order of the version, best first; levels that it does not know, and none, come last."""
    titles = {band.level: str(band.title) for band in content.bands}
    places = {level: at for at, level in enumerate(titles)}
    ordered = sorted(levels, key=lambda level: (places.get(level, len(places)), not level, level))
    return tuple((level, titles.get(level, level)) for level in ordered)


def moved(
    actor: Actor, run: Rescoring, before: str | None = None, level: str | None = None
) -> QuerySet[Rescored]:
    """The results of persons whose record is open to the actor: of one cell, else all whose level moves."""
    found = Rescored.objects.filter(run=run).exclude(level=F("level_before"))
    if before is not None and level is not None:
        found = Rescored.objects.filter(run=run, level_before=before, level=level)
    if not actor.sees_all:
        found = found.filter(assessment__in=Assessment.objects.visible_to(actor))
    return found.select_related("assessment__person").order_by("assessment_id")
