"""Short lists that come with the platform: our own words and codes, no classification. A district loads its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from yiyang.records.terms import files
from yiyang.records.terms.concepts import CodeTable

FOLDER = Path(__file__).parent


@cache
def tables() -> dict[str, CodeTable]:
    found = [files.read(path.read_bytes(), path.name) for path in sorted(FOLDER.glob("*.csv"))]
    return {one.system.url: one for one in found if isinstance(one, CodeTable)}


def table(url: str) -> CodeTable | None:
    return tables().get(url)


def for_use(use: str) -> list[CodeTable]:
    return [one for one in tables().values() if use in one.system.uses]
