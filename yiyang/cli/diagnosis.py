"""`yiyang check`, `yiyang settings`, `yiyang keys new`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.start import CONFIGURATION, FAILED, PROBLEMS, configure, fail, say

MARKS = {"ok": "  ok  ", "warning": " WARN ", "problem": " FAIL "}
keys = typer.Typer(help="Key files.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.command()(check)
    app.command()(settings)


def check(
    audit: Annotated[bool, typer.Option("--audit", help="Also prove every seal of the facts.")] = False,
    promises: Annotated[
        bool, typer.Option("--promises", help="Also ask whether every promise about beds and stays holds.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder of the installation.")] = None,
) -> None:
    """Diagnose this installation in words. Exit code 5 when something needs a hand."""
    config = configure(data)
    from yiyang.ops.check import diagnose

    findings = list(diagnose(config, audit=audit, promises=promises))
    if as_json:
        say(json.dumps([finding.__dict__ for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            say(f"[{MARKS[finding.state]}] {finding.about}: {finding.words}")
    if any(finding.state == "problem" for finding in findings):
        raise typer.Exit(PROBLEMS)


def settings(data: Annotated[Path | None, typer.Option(help="Folder of the installation.")] = None) -> None:
    """Show every setting: its value, where it comes from, what it means."""
    config = configure(data)
    for key, setting in config.settings.items():
        option = setting.option
        value = "(set)" if option.secret and setting.value else setting.value
        say(f"{key} = {value!r}   [{setting.source}]\n    {option.what} ({option.variable})")


@keys.command("new")
def new_key_file(
    file: Annotated[Path, typer.Argument(help="Where to write it; must not exist.")],
) -> None:
    """Make a key file for production, readable by you alone. Keep a copy in a safe, apart from backups."""
    from yiyang.ops.keys import new_keys, write_keys

    made = new_keys("production")
    try:
        write_keys(file, made)
    except FileExistsError:
        fail(f"{file} exists. Nothing was changed: data written under lost keys is lost.", FAILED)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.", FAILED)
    say(f"Wrote {file} (mode 600). Its keys, by fingerprint:")
    _show(made.fingerprints())


@keys.command("rotate")
def rotate(
    data: Annotated[Path | None, typer.Option(help="Folder of the installation.")] = None,
) -> None:
    """Write all identifiers under the newest key. Run it after a key was added; old keys can go only afterwards."""
    from yiyang.cli.start import installation

    with installation(data):
        rewrite_everything()
    say("Everything is written under the newest key, and found under every key held.")


def rewrite_everything() -> None:
    """Each table batch by batch, each batch a transaction of its own."""
    from functools import partial

    from yiyang.access.commands.sign_in_keys import ROTATED
    from yiyang.kernel.actors import SYSTEM
    from yiyang.kernel.rotation import COLUMNS, rotate_values
    from yiyang.kernel.time import now
    from yiyang.people.commands.keys import rotate_keys

    rotations: dict[str, Callable[..., str]] = {"persons": rotate_keys}
    rotations |= {one.__name__: one for one in ROTATED}
    rotations |= {table: partial(rotate_values, table=table) for table in COLUMNS}
    for name, rotate_some in rotations.items():
        say(f"  {name} …")
        last = rotate_some(by=SYSTEM, at=now())
        while last:
            last = rotate_some(by=SYSTEM, at=now(), after=last)


@keys.command("show")
def show_fingerprints(file: Annotated[Path, typer.Argument(help="A key file.")]) -> None:
    """Show the fingerprints of a key file's keys, never the keys."""
    from yiyang.ops.keys import BadKeys, read_keys

    try:
        _show(read_keys(file).fingerprints())
    except BadKeys as bad:
        fail(str(bad), CONFIGURATION)


def _show(fingerprints: dict[str, str]) -> None:
    for name, fingerprint in fingerprints.items():
        say(f"  {name:14} {fingerprint}")
