"""`yiyang instrument add FILE`, `yiyang instrument list`: which questionnaires are in use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from yiyang.cli.start import REFUSED, fail, installation, say

instrument = typer.Typer(help="Instruments (questionnaires as files).", no_args_is_help=True)
Data = Annotated[Path | None, typer.Option(help="Folder of the installation.")]


@instrument.command("add")
def add_instrument(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="The instrument's TOML file, or a FHIR R4 Questionnaire (JSON)."
        ),
    ],
    data: Data = None,
) -> None:
    """Put a file into use: a new instrument, or a new version of one. A faulty file is refused with every fault."""
    text = file.read_bytes().decode("utf-8", "replace")
    with installation(data):
        from yiyang.assessments import commands
        from yiyang.assessments.commands.refusals import InstrumentFaulty
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.time import now

        try:
            made = commands.add_instrument(by=SYSTEM, at=now(), text=text, name=file.name)
        except InstrumentFaulty as refusal:
            for one in refusal.details["found"]:
                say(f"  {one}")
            fail("Nothing was put into use. Correct the file, then try again.", REFUSED)
    say(f"{made.code} {made.version} is in use: {made.name}")


@instrument.command("list")
def list_instruments(data: Data = None) -> None:
    """Every version, the newest of each instrument first, with how often it was signed."""
    with installation(data):
        from yiyang.assessments.queries import instruments

        found: list[Any] = list(instruments.all_versions())
    for one in found:
        state = "out of use" if one.retired_at else one.status
        say(f"{one.code:20} {one.version:12} {state:16} {one.signed:8}  {one.name}")
