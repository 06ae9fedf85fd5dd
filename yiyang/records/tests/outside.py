"""The outside data: resources that HL7 published, FHIRPath and patch cases. Tests skip where it is absent."""

from __future__ import annotations

import os
import tarfile
from functools import cache
from pathlib import Path

import pytest

DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))


@cache
def examples() -> dict[str, bytes]:
    """Name -> text of every example resource there is."""
    found = {}
    for path in sorted(DATA.glob("fhir-r4-examples*/*")):
        if path.name.endswith((".tar.gz", ".tgz")):
            with tarfile.open(path) as archive:
                for member in archive.getmembers():
                    inside = archive.extractfile(member) if member.name.endswith(".json") else None
                    if inside is not None:
                        found[Path(member.name).name] = inside.read()
        elif path.suffix == ".json":
            found[path.name] = path.read_bytes()
    if not found:
        pytest.skip(f"no fhir-r4-examples in {DATA}")
    return found
