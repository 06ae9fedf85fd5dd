"""`yiyang import`: rosters (CSV, XLSX) and FHIR R4 bundles from files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.start import FAILED, fail, installation, say


def register(app: typer.Typer) -> None:
    app.command("import")(import_files)


def import_files(
    paths: Annotated[
        list[Path], typer.Argument(help="Files or folders: .csv, .xlsx, .json, .ndjson, .json.gz")
    ],
    area: Annotated[
        str, typer.Option(help="Area of what a FHIR file brings; the district if left out.")
    ] = "",
    unit: Annotated[str, typer.Option(help="Code of the unit that gets to see the persons.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; write nothing.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder of the installation.")] = None,
) -> None:
    """Import files, each whole or not at all. What is known already is kept, so files can be sent twice."""
    with installation(data) as config:
        from yiyang.gateways.files import Unreadable, import_file, in_order

        refused = 0
        for path in in_order(paths):
            say(f"{path.name}:")
            try:
                outcome = import_file(path, area=area or config.area, unit_code=unit, dry_run=dry_run)
            except Unreadable as error:
                fail(f"  {error}", FAILED)
            for line in outcome.lines:
                say(f"  {line}")
            for problem in outcome.problems:
                say(f"  ! {problem}")
            refused += bool(outcome.problems)
            if outcome.problems:
                say("  Nothing of this file was written.")
            elif dry_run:
                say("  Dry run: nothing was written.")
        if refused:
            fail(f"{refused} files were refused.", FAILED)
