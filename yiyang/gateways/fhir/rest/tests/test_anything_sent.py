"""Whatever is sent to /fhir: never a 5xx, and every "no" is an OperationOutcome."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiyang.gateways.fhir.rest.routes import ROUTES
from yiyang.gateways.fhir.rest.tests.client import JSON, Fhir, observation
from yiyang.people.models import Person

pytestmark = pytest.mark.django_db
TYPES = ("Patient", "Observation", "Encounter", "Organization", "Bundle", "Elephant")
NAMES = ("_count", "_sort", "_since", "_cursor", "_include", "_total", "_type", "max", "code", "date", "patient",
         "value-quantity", "_has:Observation:patient:code", "subject:Patient.name", "_summary", "start")  # fmt: skip
words = st.text(max_size=12) | st.sampled_from(("1", "-1", "gt5|x|y", "2024-13-01", "ge2024", "http://loinc.org|8867-4", "a,b", "*"))  # fmt: skip
leaf = st.none() | st.booleans() | st.integers() | words
anything = st.recursive(
    leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8
)
KEYS = (
    "status",
    "code",
    "subject",
    "valueQuantity",
    "meta",
    "id",
    "contained",
    "extension",
    "entry",
    "parameter",
)
bodies = st.one_of(
    st.binary(max_size=40),
    anything.map(json.dumps),
    st.dictionaries(st.sampled_from(KEYS), anything, max_size=4).map(
        lambda more: json.dumps(observation() | more)
    ),
    st.tuples(st.sampled_from(("Bundle", "Parameters", "Patient")), anything).map(
        lambda one: json.dumps(
            {"resourceType": one[0], "type": "batch", "entry": one[1], "parameter": one[1]}
        )
    ),
)
KINDS = (JSON, "application/json-patch+json", "application/x-www-form-urlencoded", "text/plain", "")
HEADERS = ("If-Match", "If-None-Match", "If-None-Exist", "If-Modified-Since", "Prefer", "Accept")
headers = st.dictionaries(
    st.sampled_from(HEADERS),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=15) | st.sampled_from(('W/"1"', "*", "code=1")),
    max_size=2,
)  # fmt: skip


def test_nothing_that_is_sent_breaks_it(nurse: Fhir, elder: Person) -> None:
    made = json.loads(nurse.post("Observation", observation(elder.pk)).content)["id"]
    nurse.client.raise_request_exception = False

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(ROUTES),
        st.sampled_from(TYPES),
        st.sampled_from((made, str(elder.pk))) | words,
        st.lists(st.tuples(st.sampled_from(NAMES) | words, words), max_size=3),
        bodies,
        st.sampled_from(KINDS),
        headers,
    )
    def send(route: Any, of: str, id: str, query: Any, body: Any, kind: str, more: dict[str, str]) -> None:
        path = route.path.format(type=route.of or of, id=quote(id, safe=""), version="1")
        sent = None if route.method == "GET" else body
        response = nurse.ask(route.method, f"{path}?{urlencode(query, errors='replace')}", sent, kind, **more)
        assert response.status_code < 500, (path, query, body, response.content)
        if response.status_code >= 400:
            assert json.loads(response.content)["resourceType"] == "OperationOutcome", response.content

    send()
