"""`yiyang rescore`: what another version of an instrument would make of the assessments that stand."""

from __future__ import annotations

import csv
import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from yiyang.cli.scoring import WRONG_USE, spoken, the_instrument
from yiyang.cli.start import PROBLEMS, fail, installation, say

if TYPE_CHECKING:
    from yiyang.assessments.queries import Comparison
    from yiyang.assessments.queries.rescorings import Outcome
    from yiyang.assessments.rules.instruments import Instrument

HEADS = ("assessment", "level", "level_then", "total", "total_then")


def register(app: typer.Typer) -> None:
    app.command()(rescore)


def rescore(
    instrument: Annotated[
        str,
        typer.Argument(
            help="The other version: a file, or CODE@VERSION of one in use; CODE alone is the newest."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--csv", help="Write each assessment that would change to this file.")
    ] = None,
    store: Annotated[
        bool,
        typer.Option("--store", help="Keep the results beside the signed ones, by a version that is in use."),
    ] = False,
    processes: Annotated[int, typer.Option(min=1, max=32, help="At once, when results are kept.")] = 2,
    language: Annotated[str, typer.Option(help="zh or en; by default the terminal's.")] = "",
    data: Annotated[Path | None, typer.Option(help="Folder of the installation.")] = None,
) -> None:
    """Say which levels would change if all standing assessments of an instrument were scored by another version
    of it. Signed results keep the version that they were given on. With --store the new results, and which beds
    would fit, are kept beside them; a run that was broken off goes on when it is asked for again."""
    if store:
        if out is not None:
            fail("--csv goes without --store: the page of the run shows who it is.", WRONG_USE)
        stored(instrument, processes, spoken(language), data)
        return
    if out is not None and out.exists():
        fail(f"{out} exists. Choose another name.", WRONG_USE)
    with installation(data):
        from yiyang.assessments.queries import Comparison, instruments, on_version

        if Path(instrument).exists():
            content = the_instrument(instrument, spoken(language))
        else:
            content = instruments.content_of(in_use(instrument, spoken(language)))
        comparison = Comparison()
        with out.open("x", newline="", encoding="utf-8") if out else nullcontext() as file:
            writer = csv.writer(file) if file else None
            if writer:
                writer.writerow(HEADS)
            for moved in on_version(content, comparison):
                for one in moved if writer else ():
                    writer.writerow((one.assessment, one.level, one.level_then, one.total, one.total_then))  # type: ignore[union-attr]
                typer.echo(f"  {comparison.rows:,} …", err=True)
        told(content, comparison)


def told(content: Instrument, comparison: Comparison) -> None:
    say(
        f"{content.code} {content.version}: {comparison.rows:,} assessments, {comparison.moved:,} levels would change."
    )
    for (now, then), number in sorted(comparison.flows.items()):
        say(flow(now, then, number))
    if comparison.incomplete:
        say(
            f"  {comparison.incomplete:,} lack an answer that this version asks for, and would have no level."
        )


def stored(name: str, processes: int, language: str, data: Path | None) -> None:
    """Begin or go on with a run, here, and say what came of it."""
    with installation(data):
        from yiyang.assessments import commands
        from yiyang.assessments.queries import rescorings
        from yiyang.cli.rescoring_work import bar, carried_out
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.time import now

        begun = time.perf_counter()
        row = in_use(name, language)
        made = commands.start_rescoring(by=SYSTEM, at=now(), instrument=row, here=True)
        run: Any = rescorings.run(SYSTEM, made.pk)  # with its shares
        done = run.done
        bar(done, run.stood, begun)
        for rows in carried_out(run.pk, run.left, min(processes, os.cpu_count() or 1)):
            done += max(0, rows)
            bar(done, run.stood, begun)
        sys.stderr.write("\n")
        run = rescorings.run(SYSTEM, run.pk)
        outcome_told(run, rescorings.outcome(run))


def in_use(name: str, language: str) -> Any:
    """The version in the database: by its code, or by a file that was put into use."""
    from yiyang.assessments.queries import instruments

    code, _, version = name.partition("@")
    if Path(name).exists():
        content = the_instrument(name, language)
        code, version = content.code, content.version
    row = instruments.in_version(code, version)
    if row is None:
        known = [one.version for one in instruments.all_versions() if one.code == code]
        there = (
            f"Versions here: {' '.join(known)}." if known else "Put it into use: yiyang instrument add FILE."
        )
        fail(f"{name} is not in use here. {there}", WRONG_USE)
    if Path(name).exists() and instruments.content_of(row) != content:
        fail(f"{name} says otherwise than the {code} {version} that is in use here.", WRONG_USE)
    return row


def outcome_told(run: Any, outcome: Outcome) -> None:
    code = f"{run.instrument.code} {run.instrument.version}"
    say(f"{code}: {outcome.rows:,} assessments scored, {outcome.moved:,} levels change.")
    say(
        f"  {outcome.worse:,} rise, {outcome.better:,} fall, {outcome.without:,} miss an answer that is asked for."
    )
    for line in outcome.lines:
        for level, number in line.cells:
            if number:
                say(flow(line.level, level, number))
    for fit in outcome.fits:
        say(f"  {fit.kind:>14}: {fit.before} -> {fit.after} {fit.number:>10,}")
    if run.finished_at is None:
        say(f"{run.left} chunks are at others, or were left: ask for it again.")
        raise typer.Exit(PROBLEMS)


def flow(now: str, then: str, number: int) -> str:
    mark = "  " if now == then else "->"
    return f"  {now or '-':>12} {mark} {then or '-':<12} {number:>10,}"
