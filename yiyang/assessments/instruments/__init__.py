"""The instruments that come with the program: one TOML file per version."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def shipped() -> Iterator[tuple[str, str]]:
    """Name and text of every file, in order of names."""
    for path in sorted(FOLDER.glob("*.toml")):
        yield path.name, path.read_text(encoding="utf-8")
