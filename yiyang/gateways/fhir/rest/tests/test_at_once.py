"""Many clients on one resource at the same moment; what is committed late; what breaks half way."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from yiyang.access.tests.factories import Cast, cast
from yiyang.gateways.fhir.rest.tests.client import Fhir, observation
from yiyang.kernel.models import PersonFact
from yiyang.kernel.seals import seal_facts
from yiyang.kernel.tests.at_once import at_once
from yiyang.kernel.tests.held_open import HeldOpen
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by
from yiyang.records import commands
from yiyang.records.models import History, Index, Resource
from yiyang.records.r4 import body as bodies

pytestmark = pytest.mark.django_db(transaction=True)


def sent(response: Any) -> dict[str, Any]:
    return dict(json.loads(response.content))


def an_elder(made: Cast) -> Person:
    elder = person("王秀英")
    seen_by(elder, made.care_home.pk)
    return elder


def test_sixteen_clients_on_one_resource() -> None:
    """Each update is kept; of those who insist on a version one wins; of those who create one id one creates."""
    made = cast()
    elder = an_elder(made)
    nurses = [Fhir(made.care_home_nurse) for _number in range(16)]
    body = observation(elder.pk, id="one")

    put = at_once([lambda nurse=nurse: nurse.put("Observation/one", body) for nurse in nurses])
    assert Counter(answer.result.status_code for answer in put) == {201: 1, 200: 15}
    insisted = at_once(
        [lambda nurse=nurse: nurse.put("Observation/one", body, If_Match='W/"16"') for nurse in nurses]
    )

    assert Counter(answer.result.status_code for answer in insisted) == {200: 1, 412: 15}
    assert Resource.objects.get().version == 17
    assert sorted(History.objects.values_list("version", flat=True)) == list(range(1, 17))
    assert Index.objects.count() == 1
    facts = PersonFact.objects.filter(name__startswith="resource.").values_list("data__version", flat=True)
    assert sorted(facts) == list(range(1, 18))
    assert sent(nurses[0].get("Observation/one/_history"))["total"] == 17


def test_what_is_committed_late_is_seen_by_whoever_resumes() -> None:
    made = cast()
    elder = an_elder(made)
    nurse = Fhir(made.care_home_nurse)
    seal_facts()

    def write() -> None:
        body = bodies.written(observation(elder.pk))
        commands.create_resource(by=made.care_home_nurse, at=now(), body=body)

    late = HeldOpen(write)
    first = sent(nurse.post("Observation", observation(elder.pk)))["id"]
    page = sent(nurse.get("Observation/_history"))
    late.commit()
    resumed = sent(nurse.get(f"Observation/_history?_since={page['meta']['lastUpdated']}"))

    assert [entry["resource"]["id"] for entry in page["entry"]] == [first]
    assert first not in {entry["resource"]["id"] for entry in resumed["entry"]}
    assert len(resumed["entry"]) == 1
