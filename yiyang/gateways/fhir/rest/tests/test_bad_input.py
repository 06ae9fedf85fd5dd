"""Whatever is sent, the answer is one of FHIR's and never a fault: broken bodies, addresses, headers and bundles."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from yiyang.gateways.fhir.rest.routes import ROUTES
from yiyang.gateways.fhir.rest.tests.client import JSON, Fhir, code_of, observation
from yiyang.people.models import Person
from yiyang.records.models import Resource

pytestmark = pytest.mark.django_db
TIMES = 400
ODD: list[Any] = [
    None, True, 0, -1, 10**30, "", " ", "\u0000", "\ud800", "x" * 2000, [], {}, [[]], [None], {"": ""}, "2026-02-30",
    "2026-06-30T23:59:60Z", {"reference": "Patient/x/y"}, {"reference": 5}, "urn:uuid:", "../../etc", "Observation?",
    "Observation?_id=a&_id=b&nothing=1", "${jndi}", "'; DROP TABLE x; --", {"resourceType": "Patient"}, "é中\U0001f600",
]  # fmt: skip
HEADERS: dict[str, list[str]] = {
    "If-Match": ["x", 'W/"99999999999"', "*", 'W/"-1"'],
    "If-None-Match": ["*", "x,y", 'W/""'],
    "If-None-Exist": ["", "?", "_id", "nothing=1", "identifier=|", "_id=%00"],
    "If-Modified-Since": ["yesterday", "Mon, 01 Jan 0001 00:00:00 GMT"],
    "Accept": ["text/turtle", "*/*;q=x", ","],
    "Prefer": ["return", "return=;handling=strict", "=;=;"],
    "Content-Encoding": ["gzip", "br", ""],
    "Accept-Language": ["xx;q=z", "zh-CN"],
}
QUERIES = [
    "",
    "?_count=1000000",
    "?_count=-1",
    "?_since=9999-99-99",
    "?_cursor=1.1.1.1.",
    "?_cursor=%00",
    "?a&=b&&",
    "?_format=%ff",
]
QUERIES += [
    "?_sort=nothing",
    "?_include=*",
    "?code=%7C%7C%7C",
    "?date=ge",
    "?subject:Patient.name:exact=x",
    "?_has:a:b:c:d=1",
]


def twisted(chance: random.Random, told: Any, depth: int = 0) -> Any:
    """The same with something odd somewhere in it."""
    if not isinstance(told, dict | list) or not told or depth > 4 or chance.random() < 0.15:
        return chance.choice(ODD)
    if isinstance(told, list):
        place = chance.randrange(len(told))
        return [
            twisted(chance, one, depth + 1) if place == number else one for number, one in enumerate(told)
        ]
    name = chance.choice([one for one in told if one != "resourceType"] or list(told))
    return {**told, name: twisted(chance, told[name], depth + 1)}


def some_body(chance: random.Random, elder: Person) -> bytes:
    one = observation(elder.pk, id="one", component=[{"code": {"text": "x"}, "valueInteger": 1}])
    entry = {"fullUrl": "urn:uuid:1", "resource": one, "request": {"method": "PUT", "url": "Observation/one"}}
    read = {"request": {"method": "GET", "url": "Observation?code=x"}}
    told = chance.choice(
        [
            one,
            {"resourceType": "Bundle", "type": chance.choice(["batch", "transaction"]), "entry": [entry, read]},
            [{"op": "replace", "path": "/status", "value": "final"}, {"op": "test", "path": "/id", "value": "one"}],
            {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [{"name": "type", "valueCode": "delete"}]}]},
            {"resourceType": "Patient", "name": [{"text": "王"}], "identifier": [{"system": "a", "value": "b"}]},
        ]
    )  # fmt: skip
    text = json.dumps(twisted(chance, told)).encode()
    if chance.random() < 0.1:
        cut = chance.randrange(len(text) + 1)
        text = (
            text[:cut]
            + chance.choice([b"", b"\xff", b"{", b"\x00", b'"'])
            + text[cut:][: chance.randrange(9)]
        )
    return text


def test_whatever_is_sent_is_answered_and_nothing_fails(nurse: Fhir, elder: Person) -> None:
    chance, failed = random.Random(20261122), []
    nurse.put("Observation/one", observation(elder.pk, id="one"))
    for _time in range(TIMES):
        route = chance.choice(ROUTES)
        id = chance.choice(["one", "one", "%00", "a" * 65, "..", "x%2Fy", "é"])
        kind = chance.choice(["Observation", "Patient", "Bundle", "Nothing"])
        path = route.path.format(type=kind, id=id, version=chance.choice(["1", "0", "x", "9" * 20]))
        headers = {name: chance.choice(values) for name, values in HEADERS.items() if chance.random() < 0.15}
        body = some_body(chance, elder) if route.method != "GET" else b""
        content = chance.choice(
            [JSON] * 6 + ["application/json-patch+json", "", "text/xml", "application/x-www-form-urlencoded"]
        )
        response = nurse.ask(route.method, path + chance.choice(QUERIES), body, content, **headers)
        if response.status_code >= 500 or not (
            response.content == b"" or response["Content-Type"].startswith(JSON)
        ):
            failed.append(f"{response.status_code} {route.method} {path} {headers} {body[:300]!r}")

    assert not failed, "\n".join(failed)


def test_a_body_that_is_too_large_too_deep_or_too_much_is_refused_at_once(nurse: Fhir, elder: Person) -> None:
    deep = b'{"resourceType":"Observation","x":' + b"[" * 5000 + b"]" * 5000 + b"}"
    large = b'{"resourceType":"Observation","x":"' + b"a" * (16 * 2**20) + b'"}'
    entry = {"request": {"method": "GET", "url": "Observation/x"}}
    many = {"resourceType": "Bundle", "type": "batch", "entry": [entry] * 20_001}

    answers = [nurse.post("Observation", deep), nurse.post("Observation", large), nurse.post("", many)]
    questions = nurse.get("Observation?" + "&".join(["code=x"] * 300))

    assert [one.status_code for one in answers] == [400, 413, 413]
    assert (questions.status_code, code_of(questions)) == (400, "TOO_MANY_PARAMETERS")
    assert not Resource.objects.exists()
