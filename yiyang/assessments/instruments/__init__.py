"""The instruments that come with the program: one TOML file per version."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from yiyang.assessments.rules.instruments import Instrument
from yiyang.assessments.rules.reading import read

FOLDER = Path(__file__).resolve().parent


def shipped() -> Iterator[tuple[str, str]]:
    """Name and text of every file, in order of names."""
    for path in sorted(FOLDER.glob("*.toml")):
        yield path.name, path.read_text(encoding="utf-8")


@cache
def read_all() -> tuple[Instrument, ...]:
    return tuple(read(text, name) for name, text in shipped())


def versions(code: str) -> list[Instrument]:
    """Every version of a shipped instrument, the newest first."""
    found = [instrument for instrument in read_all() if instrument.code == code]
    return sorted(found, key=lambda one: _parts(one.version), reverse=True)


def newest(code: str) -> Instrument | None:
    """The newest version of a shipped instrument."""
    return next(iter(versions(code)), None)


def newest_file(code: str) -> tuple[str, str] | None:
    """Name and text of the file of the newest version."""
    wanted = newest(code)
    files = ((name, text, read(text, name)) for name, text in shipped() if wanted is not None)
    return next(((name, text) for name, text, content in files if content == wanted), None)


def codes() -> list[str]:
    return sorted({instrument.code for instrument in read_all()})


def _parts(version: str) -> tuple[tuple[int, int | str], ...]:
    """So that 2022.10 comes after 2022.9."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in version.split("."))
