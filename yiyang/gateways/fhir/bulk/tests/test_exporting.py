"""An export holds what was so at one moment, of those who are open to whoever asked, whatever happens meanwhile."""

from __future__ import annotations

import errno
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from yiyang.access.tests.factories import Cast, cast
from yiyang.gateways.fhir.bulk import commands, files, jobs, queries, working
from yiyang.gateways.fhir.bulk.models import Export
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PlainFact, Reading
from yiyang.kernel.seals import seal_facts
from yiyang.kernel.tests.held_open import HeldOpen
from yiyang.kernel.time import now
from yiyang.people.models import CareRelationship
from yiyang.people.tests.factories import person, seen_by
from yiyang.records import commands as records
from yiyang.records.models import Resource
from yiyang.records.queries import exporting
from yiyang.records.r4 import body as bodies

pytestmark = pytest.mark.django_db(transaction=True)
Lines = dict[str, list[dict[str, Any]]]


def export_of(client: Fhir, path: str = "$export", **headers: str) -> tuple[dict[str, Any], Lines]:
    """Ask, let the worker work, look, fetch."""
    where = asked(client, path, **headers)
    work()
    manifest = json.loads(client.get(where).content)
    return manifest, {
        part: [line for one in manifest[part] for line in fetched(client, one)]
        for part in ("output", "deleted")
    }


def asked(client: Fhir, path: str = "$export", **headers: str) -> str:
    kicked = client.get(path, Prefer="respond-async", **headers)
    assert kicked.status_code == 202, kicked.content
    return str(kicked["Content-Location"]).partition("/fhir/")[2]


def work() -> None:
    for one in Export.objects.filter(ended_at=None):
        while working.work_on(one.pk):
            pass


def fetched(client: Fhir, one: dict[str, Any]) -> list[dict[str, Any]]:
    answer = client.get(one["url"].partition("/fhir/")[2])
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == one["count"]
    return [json.loads(line) for line in lines]


def ids(lines: list[dict[str, Any]], type: str = "Observation") -> set[str]:
    return {one["id"] for one in lines if one["resourceType"] == type}


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(files, "exports", lambda: tmp_path)
    return cast()


def note(made: Cast, elder: Any, number: int, **more: Any) -> None:
    body = bodies.written(observation(elder.pk, id=f"o-{number}", **more))
    records.update_resource(
        by=made.care_home_nurse, at=now(), type="Observation", id=f"o-{number}", body=body
    )


def test_an_export_while_others_write_is_exactly_what_was_so_at_its_moment(
    made: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two hundred writes fall between the pieces: changes, deletions and new ones; the worker is stopped and goes on."""
    elders = [person(name) for name in ("甲", "乙", "丙", "丁")]
    for elder in elders:
        seen_by(elder, made.care_home.pk)
    stranger = person("外人")
    for number in range(80):
        note(made, elders[number % 4], number)
    told = bodies.written(observation(stranger.pk, id="not-mine"))
    records.create_resource(by=SYSTEM, at=now(), body=told, id="not-mine")
    before = dict(Resource.objects.exclude(id="not-mine").values_list("id", "body"))
    nurse = Fhir(made.care_home_nurse)
    where = asked(nurse, "$export?_type=Observation,Patient")
    writes = iter(range(200))
    read = exporting.piece

    def interrupted(*given: Any) -> Any:
        found = read(*given)
        for number in [next(writes, None) for _ in range(20)]:
            if number is None:
                break
            if number % 5 == 4:
                gone = f"o-{number % 80}"
                if not Resource.objects.get(id=gone).deleted:
                    records.delete_resource(by=made.care_home_nurse, at=now(), type="Observation", id=gone)
            else:
                note(made, elders[(number * 7) % 4] if number >= 80 else elders[number % 4],
                     number if number < 80 else 1000 + number, valueString=f"new {number}")  # fmt: skip
        return found

    monkeypatch.setattr(exporting, "ROWS", 9)
    monkeypatch.setattr(exporting, "piece", interrupted)
    export = Export.objects.get()
    while working.work_on(export.pk, seconds=0):  # each piece in a slice of its own, as after a kill
        half = files.folder_of(export.pk) / "Observation.1.ndjson"
        with half.open("ab") as file:
            file.write(b'{"half written')
    monkeypatch.setattr(exporting, "piece", read)

    manifest = json.loads(nurse.get(where).content)
    lines = [
        line for one in manifest["output"] if one["type"] == "Observation" for line in fetched(nurse, one)
    ]

    assert next(writes, None) is None, "all two hundred were written"
    assert {one["id"]: one for one in lines} == {id: json.loads(body) for id, body in before.items()}
    assert len(lines) == 80
    patients = next(one for one in manifest["output"] if one["type"] == "Patient")
    assert {one["id"] for one in fetched(nurse, patients)} == {str(elder.pk) for elder in elders}
    seen = {pk for one in Reading.objects.filter(subject_kind="fhir.export") for pk in one.persons}
    assert seen == {elder.pk for elder in elders}
    names = Counter(PlainFact.objects.filter(name__startswith="export.").values_list("name", flat=True))
    assert names == {"export.requested": 1, "export.finished": 1, "export.downloaded": 2}


def test_since_tells_what_was_committed_late_and_what_is_gone(made: Cast) -> None:
    elder = person("王秀英")
    seen_by(elder, made.care_home.pk)
    nurse = Fhir(made.care_home_nurse)
    for number in range(3):
        note(made, elder, number)
    seal_facts()
    late = HeldOpen(lambda: note(made, elder, 7))

    first, whole = export_of(nurse, "Patient/$export?_type=Observation,Patient")
    late.commit()
    records.delete_resource(by=made.care_home_nurse, at=now(), type="Observation", id="o-0")
    second, since = export_of(nurse, f"$export?_type=Observation&_since={first['transactionTime']}")

    assert ids(whole["output"]) == {"o-0", "o-1", "o-2"}
    assert ids(whole["output"], "Patient") == {str(elder.pk)}
    assert "o-7" in ids(since["output"])
    assert [one["entry"][0]["request"]["url"] for one in since["deleted"]] == ["Observation/o-0"]
    assert second["request"].endswith(f"_since={first['transactionTime']}")


def test_a_client_meets_what_the_guide_says(made: Cast) -> None:
    elder, other = person("王秀英"), person("李建国")
    for one in (elder, other):
        seen_by(one, made.care_home.pk)
        note(made, one, 1 if one is elder else 2, note=[{"text": "a\nb " * 400}])
    nurse, colleague = Fhir(made.care_home_nurse), Fhir(made.care_home_manager)
    group = {"resourceType": "Group", "type": "person", "actual": True,
             "member": [{"entity": {"reference": f"Patient/{elder.pk}"}}]}  # fmt: skip
    group_id = json.loads(nurse.post("Group", group).content)["id"]

    assert code_of(nurse.get("$export")) == "ASK_ASYNC"
    refused = {
        "$export?_type=Nonsense": 400, "$export?_outputFormat=text/csv": 400, "$export?_since=yesterday": 400,
        "$export?patient=1": 400, "Group/nobody/$export": 404, "$export-status/1": 404, "$export-file/1/x": 404,
        "$export?_typeFilter=Observation%3Fsubject.name%3Dx": 400,
    }  # fmt: skip
    assert {path: nurse.get(path, Prefer="respond-async").status_code for path in refused} == refused
    where = asked(
        nurse, f"Group/{group_id}/$export?_type=Observation,Patient&_typeFilter=Observation%3Fstatus%3Dfinal"
    )
    under_way = nurse.get(where)
    assert (under_way.status_code, under_way["Retry-After"]) == (202, "1")
    assert under_way["X-Progress"].startswith("0%")
    work()
    ready = nurse.get(where)
    manifest = json.loads(ready.content)

    assert ready["Content-Type"] == "application/json" and ready["Expires"]
    assert manifest["requiresAccessToken"] is True and manifest["error"] == []
    assert {(one["type"], one["count"]) for one in manifest["output"]} == {("Observation", 1), ("Patient", 1)}
    assert colleague.get(where).status_code in (403, 404)
    there = manifest["output"][0]["url"].partition("/fhir/")[2]
    plain = nurse.get(there)
    content = b"".join(plain.streaming_content)
    assert plain["Content-Type"] == "application/fhir+ndjson" and int(plain["Content-Length"]) == len(content)
    part = nurse.get(there, Range="bytes=10-19", If_Range=plain["ETag"])
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 10-19/{len(content)}")
    assert b"".join(part.streaming_content) == content[10:20]
    assert b"".join(nurse.get(there, Range="bytes=-5").streaming_content) == content[-5:]
    assert nurse.get(there, Range=f"bytes={len(content)}-").status_code == 416
    assert nurse.get(there, If_None_Match=plain["ETag"]).status_code == 304
    packed = nurse.get(there, Accept_Encoding="gzip")
    assert gzip.decompress(b"".join(packed.streaming_content)) == content

    CareRelationship.objects.filter(person_id=elder.pk).update(ends_at=now())
    assert code_of(nurse.get(there)) == "SIGHT_ENDED"
    assert nurse.delete(where).status_code == 202
    assert [nurse.get(one).status_code for one in (where, there)] == [404, 404]
    assert not list(files.exports().iterdir())


def test_a_full_disk_and_an_ended_export_leave_nothing_half_written(
    made: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    elder = person("王秀英")
    seen_by(elder, made.care_home.pk)
    for number in range(3):
        note(made, elder, number)
    nurse = Fhir(made.care_home_nurse)
    full = asked(nurse)
    with monkeypatch.context() as patch:
        patch.setattr(files.Files, "_file", _no_space)
        work()
    answer = nurse.get(full)

    assert (answer.status_code, code_of(answer)) == (507, "NO_SPACE_FOR_EXPORT")
    assert not list(files.exports().iterdir())

    ended = asked(nurse)
    read = exporting.piece

    def ended_meanwhile(*given: Any) -> Any:
        assert nurse.delete(ended).status_code == 202
        return read(*given)

    monkeypatch.setattr(exporting, "piece", ended_meanwhile)
    work()
    assert nurse.get(ended).status_code == 404
    assert not list(files.exports().iterdir())
    monkeypatch.setattr(exporting, "piece", read)

    expiring, _lines = export_of(nurse)
    Export.objects.filter(state="DONE").update(expires_at=now())
    (files.exports() / "left-behind").mkdir()
    jobs.tidy_once()
    assert expiring["output"] and not list(files.exports().iterdir())

    for _number in range(commands.MOST_AT_ONCE):
        asked(nurse)
    assert nurse.get("$export", Prefer="respond-async").status_code == 429
    assert queries.left_behind(now()) == []


def _no_space(*_: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")
