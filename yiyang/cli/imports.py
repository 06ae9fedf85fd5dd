"""`yiyang import`: rosters (CSV, XLSX) and FHIR R4 bundles from files."""

from __future__ import annotations

import csv
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
    update: Annotated[
        bool, typer.Option("--update", help="Bring to what a FHIR file says what came in before.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(help="Write here (CSV) which resource was refused or needs a look, and why."),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the installation.")] = None,
) -> None:
    """Import files: a roster or a Bundle whole or not at all, lines (NDJSON) each by itself.

    What is known already is kept, so files can be sent twice: after a kill it goes on.
    """
    with installation(data) as config:
        from yiyang.gateways.files import Unreadable, import_file, in_order

        refused, told = 0, list[tuple[str, str, str]]()
        for path in in_order(paths):
            say(f"{path.name}:")
            try:
                outcome = import_file(
                    path,
                    area=area or config.area,
                    unit_code=unit,
                    dry_run=dry_run,
                    update=update,
                    progress=lambda done, total: say(f"  {done}/{total}") if total > 1 else None,
                )
            except Unreadable as error:
                fail(f"  {error}", FAILED)
            for line in outcome.lines:
                say(f"  {line}")
            for problem in outcome.problems:
                say(f"  ! {problem}")
            refused += bool(outcome.problems)
            told += [(path.name, *one) for one in outcome.report]
            if outcome.problems:
                say("  Nothing of this file was written.")
            elif dry_run:
                say("  Dry run: nothing was written.")
        if report:
            with report.open("w", encoding="utf-8-sig", newline="") as out:
                csv.writer(out).writerows([("file", "resource", "why"), *told])
        if refused:
            fail(f"{refused} files were refused.", FAILED)
