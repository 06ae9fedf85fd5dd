"""Laying a version of an instrument over all assessments that stand. Signed results stay; the new ones stand beside.

A run is cut into chunks. Each is one command in one transaction, its results with its mark, so that whatever is
killed goes on where it stopped; several may work on a run at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.models import Instrument, Rescoring, RescoringChunk
from yiyang.assessments.queries import standing
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal

if TYPE_CHECKING:
    from yiyang.assessments.rules.rescoring import Laid

CHUNK = 20_000
COPY = """
COPY assessments_rescored (run_id, assessment_id, total_before, total, level_before, level, fits_before, fits)
FROM STDIN
"""


@dataclass(frozen=True)
class Fits:
    """For each row a letter for each kind of bed, as the assessment was signed and as it would be; or nothing."""

    before: Sequence[str]
    after: Sequence[str]


Follow = Callable[["Laid", datetime], Fits]
FOLLOWS: dict[tuple[str, ...], Follow] = {}


def register_fits(kinds: Sequence[str], follow: Follow) -> None:
    """Let what follows from many assessments at once be kept with them: which of these kinds of beds fit."""
    FOLLOWS.clear()
    FOLLOWS[tuple(kinds)] = follow


class NothingToRescore(Refusal):
    message = _("No signed assessment by “{title}” stands. There is nothing to score again.")


class NothingLeft(Refusal):
    message = _("Nothing of this run is left to do, or others are at it.")


@command(Permission.MANAGE_INSTRUMENTS, within=lambda by, **_: by.organisation_id)
def start_rescoring(*, by: Actor, at: datetime, instrument: Instrument, here: bool = False) -> Rescoring:
    """Begin a run, or go on with the one that was broken off. The worker does it, unless whoever asks does (`here`)."""
    version = Instrument.objects.select_for_update(no_key=True).get(pk=instrument.pk)
    run = version.rescorings.filter(finished_at=None).first()
    if run is not None:
        record("rescoring.resumed", by=by, at=at, subject=run, here=here)
        return run
    stood = standing.number(version.code)
    if not stood:
        raise NothingToRescore(title=version.name)
    run = Rescoring.objects.create(
        instrument=version, organisation_id=by.organisation_id, started_at=at, started_by=by.label[:120],
        kinds=list(next(iter(FOLLOWS), ())), stood=stood,
    )  # fmt: skip
    RescoringChunk.objects.bulk_create(
        RescoringChunk(run=run, first=first, last=last)
        for first, last in standing.ranges(version.code, CHUNK)
    )
    record(
        "rescoring.started", by=by, at=at, subject=run, code=version.code, version=version.version,
        stood=stood, here=here,
    )  # fmt: skip
    return run


@command(Permission.MANAGE_INSTRUMENTS, within=lambda by, **_: by.organisation_id)
def rescore_chunk(*, by: Actor, at: datetime, run: Rescoring, here: bool = False) -> RescoringChunk:
    """The next chunk that nobody is at; with the last one the run is finished."""
    from yiyang.assessments.rules.rescoring import lay  # numpy is for those alone who do this

    free = RescoringChunk.objects.select_for_update(skip_locked=True, of=("self",))
    chunk: RescoringChunk | None = free.filter(run=run, done_at=None).order_by("first").first()
    if chunk is None:
        raise NothingLeft
    version = run.instrument
    rows = standing.rows(version.code, chunk.first, chunk.last, run.started_at)
    if rows is not None:
        _keep(run, chunk, lay(content_of(version), rows), at)
    chunk.done_at = at
    chunk.save(update_fields=["done_at", "rows", "flows", "fits"])
    last = _is_last(run)
    record("rescoring.advanced", by=by, at=at, subject=run, rows=chunk.rows, here=here or last)
    if last:
        Rescoring.objects.filter(pk=run.pk).update(finished_at=at)
        record("rescoring.finished", by=by, at=at, subject=run, code=version.code, version=version.version)
    return chunk


def _is_last(run: Rescoring) -> bool:
    """One at a time looks: of two that end together the second sees that the first is done."""
    Rescoring.objects.select_for_update(no_key=True).get(pk=run.pk)
    return not run.chunks.filter(done_at=None).exists()


def _keep(run: Rescoring, chunk: RescoringChunk, laid: Laid, at: datetime) -> None:
    """The results by COPY, and what came of them in numbers."""
    rows = laid.standing
    nothing = [""] * len(rows)
    follow = FOLLOWS.get(tuple(run.kinds))
    fits = follow(laid, at) if follow else Fits(nothing, nothing)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write("".join(_lines(run, laid, fits)))
    flows = Counter(zip(rows.versions, rows.levels, laid.levels, strict=True))
    chunk.rows, chunk.flows = len(rows), [[*key, number] for key, number in sorted(flows.items())]
    followed: Counter[tuple[str, str, str]] = Counter()
    for (before, after), number in Counter(zip(fits.before, fits.after, strict=True)).items():
        for kind, was, now in zip(run.kinds, before, after, strict=bool(before)):
            followed[kind, was, now] += number
    chunk.fits = [[*key, number] for key, number in sorted(followed.items())]


def _lines(run: Rescoring, laid: Laid, fits: Fits) -> Iterator[str]:
    """As COPY takes them; codes of levels have no sign that it would read otherwise."""
    rows = laid.standing
    before, after = map(_number, rows.totals), map(_number, laid.totals)
    columns = rows.ids, before, after, rows.levels, laid.levels, fits.before, fits.after
    for parts in zip(*columns, strict=True):
        yield f"{run.pk}\t" + "\t".join(map(str, parts)) + "\n"


def _number(total: float | None) -> str:
    return r"\N" if total is None else repr(total)
