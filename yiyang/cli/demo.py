"""`yiyang bench`, `yiyang simulate`, and what the supervisor runs for a demo."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.start import FAILED, REFUSED, configure, fail, installation, say


def register(app: typer.Typer) -> None:
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)
    app.command("build-demo", hidden=True)(build_demo)
    app.command()(simulate)


def bench(context: typer.Context) -> None:
    """Measure this machine against direct SQL; see bench/README.md. Options are handed on."""
    import importlib.util
    import sys

    if importlib.util.find_spec("bench.__main__") is None:
        fail("The benchmarks are part of a checkout: run this in its top folder.")
    sys.argv = ["bench", *context.args]
    runpy.run_module("bench", run_name="__main__")


def build_demo(people: Annotated[int, typer.Option()] = 2000) -> None:
    """Build the district of a demo in an empty database."""
    with installation() as config:
        from yiyang.demo.build import build

        build(area=config.area, people=people, progress=say)


def simulate(
    speed: Annotated[float, typer.Option(min=0.01, help="How many times faster than life.")] = 1.0,
    seed: Annotated[int, typer.Option(help="The same seed does the same in the same district.")] = 1,
    clients: Annotated[int, typer.Option(min=1, max=64, help="How many act at the same time.")] = 1,
    minutes: Annotated[float, typer.Option(min=0, help="How long; 0: until it is stopped.")] = 0.0,
    acts: Annotated[int, typer.Option(min=0, help="Or how many acts of each client, at once.")] = 0,
    port: Annotated[int | None, typer.Option(help="Port of the running installation.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the installation.")] = None,
) -> None:
    """Let a demo district live, over its public API: people fall ill, are moved, recover, go on leave.

    It keeps a demo alive, makes load (--speed 600 --clients 8), and is the soak test (--minutes 10). Every ten
    seconds it looks whether the figures of every unit add up. Ends with 1 when an answer was a 5xx, none came, or
    the figures did not add up.
    """
    config = configure(data, YIYANG_PORT=port)
    if config.production:
        fail('Invented people live in a demo alone; mode is "production".', REFUSED)
    import django

    django.setup()
    from yiyang.demo.simulate import Pace
    from yiyang.demo.simulate import simulate as live

    pace = Pace(speed=speed, seed=seed, clients=clients, minutes=minutes, acts=acts)
    outcome = live(base_url=f"http://127.0.0.1:{config.port}", pace=pace, say=say)
    say(str(outcome))
    if outcome.failed:
        raise typer.Exit(FAILED)
