"""The OpenAPI document is true, complete, and holds an example of everything."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from django.test import Client

from yiyang.kernel.api.document import example_of
from yiyang.kernel.api.routes import Route
from yiyang.kernel.refusals import REGISTRY
from yiyang.project.api import PREFIX, ROUTES, api

ALL: list[Route] = [route for routes in ROUTES for route in routes.declared]
ROUTE = pytest.mark.parametrize("route", ALL, ids=lambda route: f"{route.method} {route.path}")


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(json.dumps(api.get_openapi_schema(), default=str))


def operation(document: Any, route: Route) -> Any:
    return document["paths"][PREFIX + route.path][route.method.lower()]


@pytest.mark.django_db
def test_the_document_is_there_without_a_token() -> None:
    response = Client().get("/api/openapi.json")

    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")


@pytest.mark.django_db
def test_the_reference_is_a_page_without_anything_from_elsewhere() -> None:
    page = Client().get("/api/").content.decode()

    assert all(f">{route.method} {PREFIX}{route.path}<" in page for route in ALL)
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://testserver", "")
    assert "https://" not in page


def test_every_route_has_a_name_of_its_own() -> None:
    names = [route.view.__name__ for route in ALL]

    assert len(names) == len(set(names))


def test_every_schema_has_a_name_of_its_own(document: Any) -> None:
    """Two contexts that call different things by one name would overwrite each other's schema."""
    seen: dict[str, str] = {}
    for route in ALL:
        for model in _models(route.shows):
            where = f"{model.__module__}.{model.__qualname__}"
            assert seen.setdefault(model.__name__, where) == where


@ROUTE
def test_every_answer_has_an_example_that_fits_its_schema(document: Any, route: Route) -> None:
    answer = operation(document, route)["responses"][str(route.status)]["content"]["application/json"]

    _check(document, answer["schema"], answer["example"])
    route.shows.model_validate(example_of(route.shows))


@ROUTE
def test_every_body_has_an_example_that_fits_its_schema(document: Any, route: Route) -> None:
    if route.method == "GET":
        assert "requestBody" not in operation(document, route)
        return
    body = operation(document, route)["requestBody"]["content"]["application/json"]

    _check(document, body["schema"], body["example"])


@ROUTE
def test_every_operation_declares_its_refusals(document: Any, route: Route) -> None:
    needed = {"401", "403", "404", "422", "500", "503"}
    if route.method != "GET":
        needed |= {"400", "409", "412", "413", "415"}

    declared = operation(document, route)["responses"]

    assert needed <= set(declared)
    for status in needed:
        name = declared[status]["$ref"].rsplit("/", 1)[1]
        assert "application/problem+json" in document["components"]["responses"][name]["content"]


@ROUTE
def test_every_post_takes_an_idempotency_key(document: Any, route: Route) -> None:
    named = [parameter.get("$ref", "") for parameter in operation(document, route)["parameters"]]

    assert ("#/components/parameters/IdempotencyKey" in named) == (route.method == "POST")


@ROUTE
def test_every_operation_says_in_a_sentence_what_it_does(document: Any, route: Route) -> None:
    said = operation(document, route)

    assert len(said["summary"]) > 8
    assert said["security"] == [{"BearerToken": []}]


def test_every_refusal_is_listed_with_its_code() -> None:
    listed = Client().get("/api/problems", headers={"Accept-Language": "en"}).json()["problems"]

    assert {one["code"] for one in listed} == set(REGISTRY)
    one = Client().get("/api/problems/BED_NOT_FREE", headers={"Accept-Language": "zh-CN"}).json()
    assert one["status"] == 409
    assert "床" in one["message"]
    assert Client().get("/api/problems/NO_SUCH_CODE").status_code == 404


def _check(document: Any, schema: Any, example: Any) -> None:
    jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]}).validate(example)


def _models(shown: Any) -> list[Any]:
    found = [shown]
    for name in getattr(shown, "model_fields", {}):
        found += [
            one for one in _arguments(shown.model_fields[name].annotation) if hasattr(one, "model_fields")
        ]
    return [one for one in found if "[" not in one.__name__]


def _arguments(hint: Any) -> list[Any]:
    inner = getattr(hint, "__args__", ())
    return [hint, *(one for argument in inner for one in _arguments(argument))]
