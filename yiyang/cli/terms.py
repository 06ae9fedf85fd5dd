"""`yiyang terms load FILE`, `yiyang terms list`: code systems and value sets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from yiyang.cli.start import REFUSED, fail, installation, say

terms = typer.Typer(help="Code systems and value sets (ICD-10, drugs, items …).", no_args_is_help=True)
Data = Annotated[Path | None, typer.Option(help="Folder of the installation.")]


@terms.command("load")
def load_terms(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="CSV with a header, or a CodeSystem or ValueSet of FHIR R4 (JSON).",
        ),
    ],
    url: Annotated[str, typer.Option(help="Its address, if the file does not say it.")] = "",
    version: Annotated[str, typer.Option(help="Its version.")] = "",
    title: Annotated[str, typer.Option(help="What it is called.")] = "",
    licence: Annotated[str, typer.Option(help="Under which terms you may use it.")] = "",
    source: Annotated[str, typer.Option(help="Who publishes it.")] = "",
    use: Annotated[
        list[str] | None,
        typer.Option(help="Offered for: DIAGNOSIS, ALLERGY, MEDICINE, ITEM. May be given several times."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    data: Data = None,
) -> None:
    """Put a list of codes into use, in place of what was loaded at its address. All faults are said at once."""
    told = {
        "url": url,
        "version": version,
        "title_zh": title,
        "licence": licence,
        "source": source,
        "uses": tuple(use or ()),
    }
    content = file.read_bytes()
    with installation(data):
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.refusals import Refusal
        from yiyang.kernel.time import now
        from yiyang.records.commands import terms as commands

        try:
            if dry_run:
                report = commands.compared(commands.read_terms(content, file.name, told))
            else:
                report = commands.load_terms(by=SYSTEM, at=now(), content=content, name=file.name, told=told)
        except Refusal as refusal:
            for one in refusal.details.get("found", ()):
                say(f"  {one}")
            fail(str(refusal), REFUSED)
    for line in in_words(report):
        say(line)
    say("Nothing was written (--dry-run)." if dry_run else "It is in use.")


@terms.command("list")
def list_terms(data: Data = None) -> None:
    """What is loaded, the newest first."""
    with installation(data):
        from yiyang.records.queries import terms as queries

        found: list[Any] = list(queries.loaded_lists())
    for one in found:
        uses = " ".join(one.uses) or "-"
        say(
            f"{one.url}  {one.version or '-':12} {one.number:8}  {uses:20} {one.title_zh or one.title or one.name}"
        )
    if not found:
        say("Nothing is loaded. HL7's own lists are there without loading.")


def in_words(report: Any) -> list[str]:
    kind = "value set" if report.is_set else "code system"
    lines = [f"{kind} {report.url} {report.version}: {report.title}", f"{report.number} codes"]
    if report.before is not None:
        lines.append(f"in place of version {report.before or '(none)'}")
    if not report.is_set:
        lines.append(f"{report.added} new, {report.changed} changed, {report.removed} no longer in it")
    return lines
