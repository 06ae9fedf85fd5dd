"""`yiyang rescore`: what another version of an instrument would make of the assessments that stand."""

from __future__ import annotations

import csv
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yiyang.cli.scoring import WRONG_USE, spoken, the_instrument
from yiyang.cli.start import fail, installation, say

if TYPE_CHECKING:
    from yiyang.assessments.queries import Comparison
    from yiyang.assessments.rules.instruments import Instrument

HEADS = ("assessment", "level", "level_then", "total", "total_then")


def register(app: typer.Typer) -> None:
    app.command()(rescore)


def rescore(
    instrument: Annotated[str, typer.Argument(help="The other version: a TOML file, or a shipped code.")],
    out: Annotated[
        Path | None, typer.Option("--csv", help="Write each assessment that would change to this file.")
    ] = None,
    language: Annotated[str, typer.Option(help="zh or en; by default the terminal's.")] = "",
    data: Annotated[Path | None, typer.Option(help="Folder of the installation.")] = None,
) -> None:
    """Say which levels would change if all standing assessments of an instrument were scored by another version
    of it. Nothing is written to the database; results keep the version that they were given on."""
    content = the_instrument(instrument, spoken(language))
    if out is not None and out.exists():
        fail(f"{out} exists. Choose another name.", WRONG_USE)
    with installation(data):
        from yiyang.assessments.queries import Comparison, on_version

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
        mark = "  " if now == then else "->"
        say(f"  {now or '-':>12} {mark} {then or '-':<12} {number:>10,}")
    if comparison.incomplete:
        say(
            f"  {comparison.incomplete:,} lack an answer that this version asks for, and would have no level."
        )
