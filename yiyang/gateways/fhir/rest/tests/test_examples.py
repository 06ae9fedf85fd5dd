"""Every example of HL7's: created, read back digit for digit, updated, read by version, its history, deleted."""

from __future__ import annotations

import json
import os
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from yiyang.gateways.fhir.rest.tests.client import Fhir
from yiyang.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.outside_data]
DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[6] / "shared" / "data"))
FOLDER = DATA / "fhir-r4-examples"


def examples() -> Iterator[tuple[str, str]]:
    for packed in sorted(FOLDER.glob("*.tar.gz")):
        with tarfile.open(packed) as archive:
            for member in archive.getmembers():
                if member.name.endswith(".json"):
                    yield member.name, archive.extractfile(member).read().decode("utf-8-sig")  # type: ignore[union-attr]
    for path in sorted(FOLDER.rglob("*.json")):
        yield path.name, path.read_text("utf-8-sig")


def told(text: str | bytes) -> dict[str, Any]:
    """What a resource says, its numbers as they are written; without what is ours."""
    found = json.loads(text, parse_float=str, parse_int=str)
    meta = {
        key: value for key, value in found.get("meta", {}).items() if key not in ("versionId", "lastUpdated")
    }
    return {**{key: value for key, value in found.items() if key != "id"}, "meta": meta}


@pytest.mark.skipif(not FOLDER.is_dir(), reason="YIYANG_TEST_DATA has no fhir-r4-examples")
def test_every_example_is_kept_as_it_was_sent(nurse: Fhir, elder: Person) -> None:
    wrong: list[str] = []
    for name, text in examples():
        # The persons of the examples are nobody here: all of it is told of one who is.
        text = re.sub(
            r'("reference"\s*:\s*")(?:https?://[^"]*/)?Patient/[A-Za-z0-9.-]+(?:/_history/\d+)?"',
            rf'\g<1>Patient/{elder.pk}"',
            text,
        )
        problem = life_of(nurse, text)
        if problem:
            wrong.append(f"{name}: {problem}")

    assert not wrong, "\n".join(wrong)


def life_of(nurse: Fhir, text: str) -> str:
    """What goes wrong in the life of one resource; empty when nothing does."""
    kind, sent = json.loads(text)["resourceType"], told(text)
    created = nurse.post(kind, text)
    if created.status_code != 201:
        return f"created {created.status_code} {created.content[:1500].decode()}"
    id = json.loads(created.content)["id"]
    there = f"{kind}/{id}"
    read = nurse.get(there)
    if read.status_code != 200 or told(read.content) != sent:
        return f"read {read.status_code}, or not what was sent"
    updated = nurse.put(there, read.content, If_Match=read["ETag"])
    if (updated.status_code, updated.headers.get("ETag")) != (200, 'W/"2"'):
        return f"updated {updated.status_code} {updated.content[:300].decode()}"
    first = nurse.get(f"{there}/_history/1")
    if first.content != read.content:
        return "its first version is not what was created"
    if kind != "Patient" and nurse.delete(there).status_code != 204:
        return "not deleted"
    versions = json.loads(nurse.get(f"{there}/_history").content)
    expected = 2 if kind == "Patient" else 3
    return "" if versions["total"] == len(versions["entry"]) == expected else "its history is not whole"
