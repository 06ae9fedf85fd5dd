"""What changes and meets a search reaches an address once, in order, signed, however late; or is seen to be given up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from yiyang.access.tests.factories import Cast, cast
from yiyang.beds.commands import begin_leave
from yiyang.beds.tests import factories as beds
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.gateways.fhir.subscriptions import addressing, commands, queries, working
from yiyang.gateways.fhir.subscriptions.models import Hook, HookEvent
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import Reading
from yiyang.kernel.tests.held_open import HeldOpen
from yiyang.kernel.time import now
from yiyang.people.models import CareRelationship
from yiyang.people.tests.factories import person, seen_by
from yiyang.project.push import subscribed
from yiyang.records import commands as records
from yiyang.records.r4 import body as bodies

pytestmark = pytest.mark.django_db(transaction=True)


class Receiver:
    """A program of somebody else, on this machine."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.got.append((self.command, self.path, dict(self.headers), content))
                self.send_response(receiver.answer)
                self.end_headers()

            do_PUT = do_POST  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        self.host = f"127.0.0.1:{self.server.server_port}"

    def told(self) -> list[str]:
        """The resources that were sent, and nothing else."""
        return [json.loads(content)["id"] for method, _path, _headers, content in self.got if method == "PUT"]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    made = Receiver()
    monkeypatch.setattr(addressing, "config", replace(addressing.config, subscriptions_allowed=[made.host]))
    yield made
    made.server.shutdown()
    made.server.server_close()


def wish(endpoint: str, **more: Any) -> dict[str, Any]:
    channel = {"type": "rest-hook", "payload": "application/fhir+json", "header": ["X-Key: abc"]} | more
    return {
        "resourceType": "Subscription", "status": "requested", "reason": "to know", "criteria": PULSE,
        "channel": channel | ({"endpoint": endpoint} if endpoint else {}),
    }  # fmt: skip


PULSE = "Observation?code=http://loinc.org|8867-4&status=final"


def work() -> None:
    """As the worker does every five seconds."""
    working.look_at_all(now())
    for hook_id in queries.due(now()):
        working.deliver(hook_id)


def status_of(client: Fhir, id: str) -> str:
    return str(json.loads(client.get(f"Subscription/{id}").content)["status"])


def note(made: Cast, elder: Any, id: str, **more: Any) -> None:
    body = bodies.written(observation(elder.pk, id=id, **more))
    records.update_resource(by=made.care_home_nurse, at=now(), type="Observation", id=id, body=body)


def test_what_meets_the_search_is_told_once_in_order_and_signed_also_when_it_is_committed_late(
    receiver: Receiver,
) -> None:
    made = cast()
    elder, stranger = person("王秀英"), person("外人")
    seen_by(elder, made.care_home.pk)
    nurse = Fhir(made.care_home_nurse)
    note(made, elder, "before")
    asked = nurse.post("Subscription", wish(f"http://{receiver.host}/told"))
    id, key = json.loads(asked.content)["id"], asked["X-Yiyang-Signing-Key"]
    silent = json.loads(nurse.post("Subscription", wish("")).content)["id"]
    assert asked.status_code == 201 and status_of(nurse, id) == "requested"
    work()
    assert status_of(nurse, id) == "active"
    (method, path, headers, content) = receiver.got.pop()
    assert (method, path, content, headers["X-Key"]) == ("POST", "/told", b"", "abc")

    late = HeldOpen(lambda: note(made, elder, "late"))
    note(made, elder, "one")
    note(made, elder, "two", status="preliminary")  # does not meet it
    told = bodies.written(observation(stranger.pk, id="not-mine"))
    records.create_resource(by=SYSTEM, at=now(), body=told, id="not-mine")
    work()
    assert receiver.told() == [], "what was written after an open transaction waits for it"
    late.commit()
    note(made, elder, "one", valueString="again")
    work()
    work()

    assert receiver.told() == ["late", "one", "one"]
    assert [json.loads(content)["meta"]["versionId"] for *_rest, content in receiver.got] == ["1", "1", "2"]
    method, path, headers, content = receiver.got[0]
    assert (method, path) == ("PUT", "/told/Observation/late")
    stamp, signed = (part.partition("=")[2] for part in headers["X-Yiyang-Signature"].split(","))
    assert signed == working.signature(key, stamp, content)
    assert Reading.objects.filter(subject_kind="fhir.subscription", persons__contains=[elder.pk]).count() == 3
    who = {"authorization": nurse.headers["Authorization"]}
    heard = subscribed.after(who, silent, subscribed.begin(who, silent, "0"))
    assert heard is not None
    assert [one["id"] for _number, one in heard[1]] == ["late", "one", "one"]
    assert subscribed.after(who, silent, heard[1][0][0])[1] == heard[1][1:], (
        "whoever comes back misses nothing"
    )

    assert nurse.delete("Observation/late").status_code == 204
    records.delete_resource(by=SYSTEM, at=now(), type="Observation", id="not-mine")
    records.delete_resource(by=SYSTEM, at=now(), type="Observation", id="two")  # did not meet it
    work()
    method, path, headers, content = receiver.got[-1]
    assert (method, path, content) == ("POST", "/told", b"")
    assert (headers["X-Yiyang-Deleted"], len(receiver.got)) == ("Observation/late", 4)
    gone = subscribed.after(who, silent, heard[1][-1][0])[1]
    assert [(one["id"], one["deleted"]) for _number, one in gone] == [("late", True)]

    note(made, elder, "three")
    working.look_at_all(now())
    CareRelationship.objects.filter(person_id=elder.pk).update(ends_at=now())
    work()
    assert "three" not in receiver.told(), "asked again at the moment of sending"
    assert nurse.delete(f"Subscription/{id}").status_code == 204
    assert Hook.objects.get(resource=id).state == "OFF"


def test_what_the_platform_itself_runs_is_told_too_however_late_and_not_of_strangers(
    receiver: Receiver,
) -> None:
    made = cast()
    elder, stranger = person("王秀英"), person("外人")
    seen_by(elder, made.care_home.pk)
    nurse = Fhir(made.care_home_nurse)
    who = {"authorization": nurse.headers["Authorization"]}

    def asked(criteria: str, endpoint: str = "") -> str:
        answer = nurse.post("Subscription", wish(endpoint) | {"criteria": criteria})
        return str(json.loads(answer.content)["id"])

    def heard(id: str) -> list[str]:
        return [one["id"] for _number, one in subscribed.after(who, id, 0)[1]]

    asked("EpisodeOfCare?status=active", f"http://{receiver.host}/told")
    within, taken, team = (
        asked("Encounter?class=NONAC"),
        asked("Location?operational-status=O"),
        asked("CareTeam"),
    )
    bed, other = beds.bed(made.care_home, label="1"), beds.bed(made.hospital, "HOSPITAL", label="2")
    work()
    receiver.got.clear()
    stays: list[Any] = []
    late = HeldOpen(lambda: stays.append(beds.stay(elder, bed)))
    beds.stay(stranger, other)
    work()
    assert receiver.got == [], "a stay that is being begun may still come before"
    late.commit()
    work()
    work()

    [stay] = stays
    [(method, path, _headers, content)] = receiver.got
    assert (method, path) == ("PUT", f"/told/EpisodeOfCare/{stay.pk}")
    assert json.loads(content)["patient"] == {"reference": f"Patient/{elder.pk}"}
    row = stay.occupancies.get()
    assert heard(within) == [str(stay.pk), str(row.pk)] and heard(taken) == [str(bed.pk)]
    assert set(heard(team)) == {str(elder.pk)}

    begin_leave(
        by=made.care_home_nurse,
        at=now(),
        episode=stay,
        due_back_at=now() + timedelta(days=2),
        companion="王芳",
    )
    work()
    assert len(receiver.got) == 1, "the episode itself shows the same as before"
    assert str(row.pk) in heard(within)[2:] and len(heard(within)) > 3
    CareRelationship.objects.filter(person_id=elder.pk).update(ends_at=now())
    assert heard(within) == heard(team) == []


def test_an_address_that_does_not_answer_is_tried_again_then_seen_as_given_up_and_sent_again(
    receiver: Receiver,
) -> None:
    made = cast()
    elder = person("王秀英")
    seen_by(elder, made.care_home.pk)
    nurse, doctor = Fhir(made.care_home_nurse), Fhir(made.ward_doctor)
    id = json.loads(nurse.post("Subscription", wish(f"http://{receiver.host}/told")).content)["id"]
    work()
    receiver.answer = 503
    note(made, elder, "one")
    note(made, elder, "two")
    work()
    hook = Hook.objects.get(resource=id)
    assert (hook.failures, hook.state) == (1, "ACTIVE") and hook.next_attempt_at
    assert receiver.told() == ["one"], "the second waits for the first"
    for _attempt in range(commands.ATTEMPTS):
        Hook.objects.update(next_attempt_at=None)
        work()

    stopped = json.loads(nurse.get(f"Subscription/{id}").content)
    assert (stopped["status"], stopped["error"]) == ("error", "HTTP 503")
    assert list(HookEvent.objects.values_list("resource", "state")) == [("one", "DEAD"), ("two", "WAITING")]
    receiver.answer, receiver.got = 200, []
    commands.send_again(by=made.care_home_nurse, at=now(), hook=hook)
    work()
    assert receiver.told() == ["one", "two"] and status_of(nurse, id) == "active"
    assert doctor.delete(f"Subscription/{id}").status_code in (403, 404)

    bad = {
        "http://example.org/": "ENDPOINT_UNFIT", "https://u:p@example.org/": "ENDPOINT_UNFIT",
        "https://10.0.0.1/": "ENDPOINT_CLOSED", "https://169.254.169.254/": "ENDPOINT_CLOSED",
        "https://[::ffff:127.0.0.1]/": "ENDPOINT_CLOSED", "https://localhost/": "ENDPOINT_CLOSED",
        "ftp://example.org": "ENDPOINT_UNFIT", "https://[": "ENDPOINT_UNFIT",
    }  # fmt: skip
    assert {one: code_of(nurse.post("Subscription", wish(one))) for one in bad} == bad
    assert code_of(nurse.post("Subscription", wish("", type="email"))) == "CHANNEL_UNFIT"
    assert code_of(nurse.post("Subscription", wish("") | {"criteria": "Observation?x=1"})) != ""
    assert code_of(nurse.post("Subscription", wish("", header=["Host: x"]))) == "HEADER_UNFIT"
