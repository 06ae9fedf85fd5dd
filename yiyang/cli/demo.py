"""`yiyang bench`, and what the supervisor runs for a demo."""

from __future__ import annotations

import importlib
import runpy
from typing import Annotated

import typer

from yiyang.cli.start import configure, fail, installation, say


def register(app: typer.Typer) -> None:
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)
    app.command("build-demo", hidden=True)(build_demo)
    app.command(hidden=True)(simulate)


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
    speed: Annotated[float, typer.Option()] = 1.0,
    seed: Annotated[int, typer.Option()] = 1,
) -> None:
    """Let the demo district live, over its public API."""
    config = configure()
    import django

    django.setup()
    live = importlib.import_module("yiyang.demo.simulate").simulate
    live(base_url=f"http://127.0.0.1:{config.port}", speed=speed, seed=seed)
