"""`yiyang take-again`: messages of devices that tripped over a fault of ours, once it is mended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.start import installation, say

Data = Annotated[Path | None, typer.Option(help="Folder of the installation.")]


def register(app: typer.Typer) -> None:
    app.command("take-again")(take_again)


def take_again(data: Data = None) -> None:
    """Take in the messages of devices that were set aside. Safe to repeat; what still fails stays."""
    with installation(data):
        from yiyang.gateways.ingest import again

        taken, left = again.take_again()
    say(f"Taken in: {taken}. Left: {left}.")
