"""`yiyang up`, `yiyang migrate`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.start import FAILED, RUNNING, configure, fail, say

Data = Annotated[Path | None, typer.Option(help="Folder for database, logs and keys of a demo.")]


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(migrate)


def up(
    demo: Annotated[
        bool, typer.Option("--demo", help="Build a district of generated people; it lives.")
    ] = False,
    area: Annotated[str | None, typer.Option(help="6-digit code of the district.")] = None,
    people: Annotated[int, typer.Option(min=50, max=200_000, help="People of the demo district.")] = 2000,
    speed: Annotated[
        float,
        typer.Option(min=0, help="How many times faster than life the demo lives; 0: devices alone go on."),
    ] = 1.0,
    seed: Annotated[int, typer.Option(help="What happens in the demo; another number, another course.")] = 1,
    port: Annotated[int | None, typer.Option(help="Port of the pages; push takes the next one.")] = None,
    address: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    data: Data = None,
) -> None:
    """Start everything: PostgreSQL, pages, live push, worker. Ctrl-C stops all of it.

    Whatever dies is started again. With DATABASE_URL set, that server is used and left alone.
    """
    config = configure(
        data,
        YIYANG_AREA=area,
        YIYANG_PORT=port,
        YIYANG_ADDRESS=address,
        YIYANG_MODE="demo" if demo else None,
    )
    from yiyang.ops.installation import AlreadyRunning, CannotStart, Installation
    from yiyang.ops.postgres import NoBinaries, ServerFailed
    from yiyang.ops.postgres.runner import NoAccount

    try:
        Installation(config, say, demo=demo, people=people, speed=speed, seed=seed).run()
    except AlreadyRunning as error:
        fail(str(error), RUNNING)
    except (CannotStart, NoBinaries, ServerFailed, NoAccount) as error:
        fail(str(error), FAILED)


def migrate(
    static: Annotated[
        bool, typer.Option("--static", help="Also put the files of the pages into the data folder.")
    ] = False,
    data: Data = None,
) -> None:
    """Bring the database's tables to this version. Safe to repeat, and while the old version still runs.

    It waits only briefly for a table in use, so that nobody waits long behind it, and tries again.
    """
    from yiyang.cli.start import installation

    os.environ.pop("YIYANG_POOLED", None)  # one connection, which keeps its settings and locks
    with installation(data):
        from yiyang.ops.migration import NeverItsTurn
        from yiyang.ops.migration import migrate as apply

        try:
            apply(say)
        except NeverItsTurn as error:
            fail(str(error), FAILED)
        if static:
            from django.core.management import call_command

            call_command("collectstatic", interactive=False, verbosity=0)
