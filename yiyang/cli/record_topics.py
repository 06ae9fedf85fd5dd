"""`yiyang record-topics`: after the district's lists of withheld words and codes have changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.start import installation, say

Data = Annotated[Path | None, typer.Option(help="Folder of the installation.")]


def register(app: typer.Typer) -> None:
    app.command("record-topics")(record_topics)


def record_topics(data: Data = None) -> None:
    """Judge every entry of the record anew: of which matters it speaks that a person may not have been told of."""
    with installation(data):
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.time import now
        from yiyang.records.commands.topics import FIRST, Place, judge_topics

        looked_at = changed = 0
        for superseded in (False, True):
            place: Place | None = FIRST
            while place is not None:
                done = judge_topics(by=SYSTEM, at=now(), after=place, superseded=superseded)
                looked_at, changed, place = looked_at + done.looked_at, changed + done.changed, done.next
    say(f"Looked at {looked_at} versions of entries; {changed} speak of something else than before.")
