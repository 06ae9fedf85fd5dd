"""FHIR files by the worker: tried, then written part by part; what was refused and why; nothing lost, nothing twice."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from yiyang.access.tests.factories import Cast, area, cast
from yiyang.cli.imports import import_files
from yiyang.gateways.fhir.bulk.rest import NDJSON
from yiyang.gateways.fhir.rest.tests.client import Fhir
from yiyang.gateways.fhir.runs import commands, jobs, parts, working
from yiyang.gateways.fhir.runs.models import ImportRun
from yiyang.gateways.fhir.tests.test_import_bundle import PERSONS, patient
from yiyang.kernel.models import PlainFact
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.project.settings_for_tests import CHECKOUT
from yiyang.records.models import History, Resource
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import kind_of

pytestmark = pytest.mark.django_db
SETTINGS = "yiyang.project.settings_for_tests"


@pytest.fixture
def made(db: None) -> Cast:
    return cast()


@pytest.fixture
def desk(made: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    """The manager of a home, at the page; the worker works when it is told to."""
    monkeypatch.setattr("yiyang.gateways.views.AT_ONCE", 0)
    client = Client()
    client.force_login(made.care_home_manager.account)
    return client


def send(desk: Client, content: bytes, name: str, **fields: Any) -> ImportRun:
    file = SimpleUploadedFile(name, content)
    answer = desk.post(reverse("gateways:import_data"), {"file": file, **fields})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    run = ImportRun.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[-1])
    working.work_on(run.pk)
    run.refresh_from_db()
    return run


def write(desk: Client, run: ImportRun) -> ImportRun:
    assert desk.post(reverse("gateways:write_import_run", args=[run.pk])).status_code == 302
    working.work_on(run.pk)
    run.refresh_from_db()
    return run


def page(desk: Client, run: ImportRun) -> str:
    return desk.get(reverse("gateways:import_run", args=[run.pk])).content.decode()


def lines(*found: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in found).encode()


def pulse(id: str, **fields: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": id, "status": "final", "code": {"text": "pulse"},
        "subject": {"reference": "Patient/p1"}, **fields,
    }  # fmt: skip


def test_lines_come_in_by_themselves_and_the_report_says_what_was_refused(
    desk: Client, made: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LINES", 2)
    content = lines(
        {"resourceType": "Provenance", "id": "v", "target": [{"reference": "Observation/1"}], "recorded": "2024-01-01T00:00:00Z", "agent": [{"who": {"display": "Li"}}]},
        pulse("1"), pulse("2", performer=[{"reference": "Practitioner/lost"}]), pulse("3", status="wrong"),
        pulse("4", subject={"reference": "Patient/nobody"}), patient(),
    )  # fmt: skip

    tried = send(desk, content, "lines.ndjson")
    assert (tried.state, Resource.objects.count(), Person.objects.count()) == ("TRIED", 0, 0)
    assert "Observation/3" in page(desk, tried)
    tried = write(desk, tried)
    where = reverse("gateways:import_report", args=[tried.pk])
    report = desk.get(where).getvalue().decode()
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = desk.get(where).getvalue().decode()

    person = Person.objects.get()
    assert (tried.state, tried.content) == ("DONE", None)
    assert tried.counts["added"] == {"Patient": 1, "Observation": 2, "Provenance": 1}
    assert {row.person_id for row in Resource.objects.all()} == {person.pk}
    target = json.loads(Resource.objects.get(body__contains='"Provenance"').body)["target"][0]["reference"]
    assert Resource.objects.filter(id=target.removeprefix("Observation/")).exists()
    told = sorted(line.split(",")[0] for line in report.splitlines() if "/" in line.split(",")[0])
    assert told == ["Observation/2", "Observation/3", "Observation/4"]
    assert "它引用了 Practitioner/lost" in report and "which is not here" not in report
    assert "It refers to Practitioner/lost, which is not here." in english and "引用" not in english
    again = send(desk, content, "lines.ndjson")
    assert again.counts["added"] == {} and again.counts["there"]["Observation"] == 2
    stranger = Client()
    stranger.force_login(made.by_role["coordinator"].account)
    assert stranger.get(reverse("gateways:import_report", args=[again.pk])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_writes_loses_nothing_and_doubles_nothing(made: Cast) -> None:
    content = lines(patient(), *(pulse(f"o{number}") for number in range(640)))
    found = area("310106")
    run = commands.begin_import(
        by=made.care_home_manager, at=now(), content=content, name="a.ndjson", area=found
    )
    ImportRun.objects.update(state="WRITING")

    with worker() as process:
        while ImportRun.objects.get().part < 2:
            assert process.poll() is None
            time.sleep(0.03)
        process.kill()
    left = ImportRun.objects.get()
    assert (left.state, left.parts) == ("WRITING", 4) and left.part < 4
    jobs.take_up_once()
    assert kept() == 300 * (left.part - 1)
    working.work_on(run.pk)

    run.refresh_from_db()
    assert (run.state, kept(), run.counts["added"]) == ("DONE", 640, {"Patient": 1, "Observation": 640})
    assert len(set(Resource.objects.values_list("id", flat=True))) == 641
    assert not History.objects.exists()
    written = PlainFact.objects.filter(name="import.part_written")
    assert [fact.data["part"] for fact in written] == [1, 2, 3]


def kept() -> int:
    return Resource.objects.filter(kind=kind_of("Observation")).count()


def worker() -> subprocess.Popen[bytes]:
    """The worker as it runs in an installation, on the database of this test."""
    known = connection.settings_dict
    url = f"postgresql://{known['USER']}@/{known['NAME']}?host={quote(str(known['HOST']), safe='')}"
    around = {name: value for name, value in os.environ.items() if name != "YIYANG_TEST_SERVER"}
    command = [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker", "--queues=imports"]
    return subprocess.Popen(
        command, cwd=CHECKOUT, env=around | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": SETTINGS}
    )


def test_what_differs_is_named_or_brought_up_to_date(desk: Client) -> None:
    id = "6f1f6a3e-8f6e-4b8e-9c53-0b6a5f0f0a01"
    write(desk, send(desk, lines(patient(), pulse(id)), "a.ndjson"))
    changed = lines(patient(), pulse(id, status="amended"))

    named = send(desk, changed, "b.ndjson")
    updated = write(desk, send(desk, changed, "b.ndjson", update="on"))

    assert [line.resource for line in named.lines.all()] == [f"Observation/{id}"]
    assert updated.counts["updated"] == {"Observation": 1}
    assert Resource.objects.get(id=id).version == 2


def test_on_the_command_line_a_report_names_what_differs_and_update_brings_it_up_to_date(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = SimpleNamespace(area=area("310106").code)
    monkeypatch.setattr("yiyang.cli.imports.installation", lambda _data: nullcontext(here))
    file, report = tmp_path / "a.ndjson", tmp_path / "report.csv"
    id = "6f1f6a3e-8f6e-4b8e-9c53-0b6a5f0f0a01"

    def bring_in(update: bool = False, dry_run: bool = False, **fields: Any) -> list[list[str]]:
        file.write_bytes(lines(patient(), pulse(id, **fields), pulse("wrong", status="?")))
        import_files([file], report=report, update=update, dry_run=dry_run)
        return list(csv.reader(report.open(encoding="utf-8-sig")))[1:]

    assert [one[:2] for one in bring_in()] == [["a.ndjson", "Observation/wrong"]]
    assert [one[1] for one in bring_in(status="amended")] == ["Observation/wrong", f"Observation/{id}"]
    assert Resource.objects.get(id=id).version == 1
    bring_in(update=True, dry_run=True, status="amended")
    assert Resource.objects.get(id=id).version == 1
    assert [one[1] for one in bring_in(update=True, status="amended")] == ["Observation/wrong"]
    assert Resource.objects.get(id=id).version == 2


def test_a_file_that_is_none_or_is_not_wanted_goes(desk: Client) -> None:
    broken = send(desk, b"{", "x.json")
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": patient()}]}
    unwanted = send(desk, json.dumps(bundle).encode(), "y.json")

    desk.post(reverse("gateways:cancel_import", args=[unwanted.pk]))
    unwanted.refresh_from_db()

    assert (broken.state, unwanted.state, unwanted.content) == ("REFUSED", "CANCELLED", None)
    assert desk.post(reverse("gateways:write_import_run", args=[unwanted.pk])).status_code == 409
    assert not Person.objects.exists()


@pytest.mark.outside_data
@pytest.mark.skipif(not PERSONS, reason="no Synthea bundles in the folder of outside data")
def test_what_goes_in_on_the_page_comes_out(desk: Client) -> None:
    path: Path = PERSONS[0]
    raw = path.read_bytes()
    told = [e["resource"] for e in json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)["entry"]]

    tried = send(desk, raw, path.name)
    assert tried.state == "TRIED", [(one.resource, one.why) for one in tried.lines.all()]
    run = write(desk, tried)

    assert (run.state, run.counts["left_out"], run.lines.count()) == ("DONE", {}, 0)
    kept = {row.id: bodies.decode(row.body.encode()) for row in Resource.objects.all()}
    assert len(kept) == len(told)
    for one in told:
        if one["resourceType"] != "Patient":
            assert same(one) == same(kept[one["id"]]), one["id"]


def same(resource: Any) -> Any:
    """All but what a server sets itself, and whither references lead from now on."""
    if isinstance(resource, dict):
        return {
            name: "" if name in ("reference", "url") else same(value)
            for name, value in resource.items()
            if name not in ("versionId", "lastUpdated")
        }
    return [same(one) for one in resource] if isinstance(resource, list) else str(resource)


def test_an_operator_sends_lines_over_fhir_and_writes_them_when_they_were_tried(made: Cast) -> None:
    manager, nurse = Fhir(made.care_home_manager), Fhir(made.care_home_nurse)
    sent = lines(patient(), pulse("o1"), pulse("o2", status="done"))
    later = {"Prefer": "respond-async"}

    assert nurse.ask("POST", "$import", sent, NDJSON, **later).status_code == 403
    assert manager.ask("POST", "$import", sent, NDJSON).status_code == 400
    begun = manager.ask("POST", "$import", sent, NDJSON, **later)
    assert begun.status_code == 202
    where = begun["Content-Location"].partition("/fhir/")[2]
    assert manager.get(where).status_code == 202
    assert nurse.get(where).status_code == 404
    run = ImportRun.objects.get()
    working.work_on(run.pk)

    tried = manager.get(where)
    assert tried.status_code == 200 and not Resource.objects.exists()
    told = {one["name"]: one for one in json.loads(tried.content)["parameter"]}
    assert told["state"]["valueCode"] == "tried"
    assert {"name": "Observation", "valueInteger": 1} in told["added"]["part"]
    assert [one["severity"] for one in told["outcome"]["resource"]["issue"]] == ["error"]
    assert manager.ask("POST", where).status_code == 202
    working.work_on(run.pk)
    assert json.loads(manager.get(where).content)["parameter"][0]["valueCode"] == "done"
    assert Resource.objects.filter(kind=kind_of("Observation")).count() == 1
    assert manager.ask("DELETE", where).status_code == 409


def test_a_small_file_brings_in_what_a_large_one_does(
    desk: Client, made: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yiyang.gateways.views.AT_ONCE", 30_000)
    sent = SimpleUploadedFile("small.ndjson", lines(patient(), pulse("1")))

    tried = desk.post(reverse("gateways:import_data"), {"file": sent})
    assert tried.status_code == 200, tried.context["outcome"].problems
    written = desk.post(reverse("gateways:write_import", args=[tried.context["ticket"]]))

    assert written.status_code == 302
    assert {row.person_id for row in Resource.objects.all()} == {Person.objects.get().pk}
