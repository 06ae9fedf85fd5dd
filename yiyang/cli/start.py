"""What commands have in common: the configuration, Django, the database, and how they end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from yiyang.ops.configuration import Config

FAILED, CONFIGURATION, RUNNING, PROBLEMS, REFUSED = 1, 3, 4, 5, 6


def say(text: str = "") -> None:
    typer.echo(text)


def fail(text: str, code: int = FAILED) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)


def configure(data: Path | None = None, **variables: object) -> Config:
    """Read the configuration; what was given on the command line stands above the environment."""
    given = {"YIYANG_DATA": data.absolute() if data else None} | variables
    os.environ |= {name: str(value) for name, value in given.items() if value is not None}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.project.settings")
    from yiyang.ops.configuration import ConfigError

    if "yiyang.ops.config" in sys.modules:
        raise AssertionError("the configuration was read before the command line was")
    try:
        from yiyang.ops.config import config
    except ConfigError as error:
        fail(str(error), CONFIGURATION)
    return config


@contextmanager
def installation(data: Path | None = None) -> Iterator[Config]:
    """Django and the database, started if it does not run. A Refusal ends the command in plain words."""
    from yiyang.ops.postgres import NoBinaries, ServerFailed
    from yiyang.ops.postgres.runner import NoAccount

    config = configure(data)
    from yiyang.ops.installation import database_for_command

    try:
        with database_for_command(config):
            import django

            django.setup()
            speak_the_terminals_language()
            with refusals():
                yield config
    except (NoBinaries, ServerFailed, NoAccount) as error:
        fail(str(error))


def speak_the_terminals_language() -> None:
    from django.utils import translation

    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    translation.activate("zh-hans" if next((n for n in names if n), "").startswith("zh") else "en")


@contextmanager
def refusals() -> Iterator[None]:
    from django.db import OperationalError, ProgrammingError

    from yiyang.kernel.refusals import Refusal

    try:
        yield
    except Refusal as refusal:
        fail(str(refusal), REFUSED)
    except ProgrammingError as error:
        if "does not exist" not in str(error):
            raise
        fail("The database has not all tables. Run: yiyang migrate")
    except OperationalError as error:
        fail(f"The database does not answer: {error}. Run: yiyang check")
