"""`yiyang record-topics`: at once what the worker does by itself when the lists of withheld words and codes change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.start import installation, say

Data = Annotated[Path | None, typer.Option(help="Folder of the installation.")]


def register(app: typer.Typer) -> None:
    app.command("record-topics")(record_topics)


def record_topics(data: Data = None) -> None:
    """Judge every entry of the record anew: of which matters it speaks that a person may not have been told of. The
    worker does so by itself after an upgrade and when the lists change, in some minutes or hours; this does it now."""
    with installation(data):
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.time import now
        from yiyang.records.commands import judge_topics

        done = judge_topics(by=SYSTEM, at=now(), again=True)
        while done.ended_at is None:
            done = judge_topics(by=SYSTEM, at=now())
    say(
        f"Looked at {done.looked_at} versions of entries; {done.changed} speak of something else than before."
    )
