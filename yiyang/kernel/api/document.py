"""The OpenAPI document: what ninja reads from the code, with the headers, problems and examples of every route."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from yiyang.kernel.api.problems import MEDIA_TYPE, TITLES, Problem
from yiyang.kernel.api.routes import Route
from yiyang.kernel.api.schemas import Shown, Told, json_schema_of

READING = (400, 401, 403, 404, 422, 500, 503)
WRITING = (400, 401, 403, 404, 409, 412, 413, 415, 422, 500, 503)

HEADERS = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Makes a repeated request safe: the same key and body get the same answer for a day.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        "example": "0b0a3c1e-4a53-4d0b-9d27-1e4c1b0c6a11",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The ETag of the record as you saw it; 412 when somebody has changed it since.",
        "schema": {"type": "string", "pattern": '^"v[0-9]{1,9}"$'},
        "example": '"v3"',
    },
    "IfMatchNeeded": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag of the record as you saw it; 412 when somebody has changed it since.",
        "schema": {"type": "string", "pattern": '^"v[0-9]{1,9}"$'},
        "example": '"v3"',
    },
}
ETAG = {"description": "The version of the record.", "schema": {"type": "string"}, "example": '"v3"'}
LOCATION = {"description": "Where the new record is.", "schema": {"type": "string"}}


def complete(document: dict[str, Any], prefix: str, routes: Iterable[Route]) -> None:
    """Add to every operation what is the same for all: headers, problems, examples."""
    components = document["components"]
    components["schemas"]["Problem"] = json_schema_of(Problem, "serialization")
    components["parameters"] = HEADERS
    components["responses"] = {f"Problem{status}": _problem(status) for status in TITLES}
    for route in routes:
        operation = document["paths"][prefix + route.path][route.method.lower()]
        for parameter in operation["parameters"]:
            _without_null(parameter)
        operation["parameters"] += _headers(route)
        _describe_answer(operation, route)
        _describe_body(operation, route)
        for status in _statuses(route):
            operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}


def example_of(model: type[BaseModel]) -> Any:
    """The model's own example; a page holds one example of its items."""
    generic = model.__pydantic_generic_metadata__
    if generic["args"]:
        return {"items": [example_of(generic["args"][0])], "next": None}
    assert issubclass(model, Shown | Told)
    return model.example


def body_of(route: Route) -> type[Told] | None:
    import inspect

    given = inspect.signature(route.view, eval_str=True).parameters.get("body")
    return given.annotation if given else None


def _statuses(route: Route) -> tuple[int, ...]:
    if route.method == "GET":
        return READING
    return (*WRITING, 428) if route.matches == "must" else WRITING


def _headers(route: Route) -> list[dict[str, str]]:
    names = ["IdempotencyKey"] if route.method == "POST" else []
    names += {"may": ["IfMatch"], "must": ["IfMatchNeeded"]}.get(route.matches, [])
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _without_null(parameter: dict[str, Any]) -> None:
    """A parameter of a query is there or not; it is never null."""
    choices = parameter["schema"].pop("anyOf", None)
    if choices:
        [only] = [choice for choice in choices if choice.get("type") != "null"]
        parameter["schema"] = only | parameter["schema"]


def _describe_answer(operation: dict[str, Any], route: Route) -> None:
    answer = operation["responses"][route.status]
    answer["description"] = "Done" if route.method != "GET" else "Found"
    answer["content"]["application/json"]["example"] = example_of(route.shows)
    answer["headers"] = {"ETag": ETAG} | ({"Location": LOCATION} if route.status == 201 else {})


def _describe_body(operation: dict[str, Any], route: Route) -> None:
    told = body_of(route)
    if told is not None:
        operation["requestBody"]["content"]["application/json"]["example"] = example_of(told)
        operation["requestBody"]["required"] = True


def _problem(status: int) -> dict[str, Any]:
    example = Problem.example if status == 409 else None
    content: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if example:
        content["example"] = example
    return {"description": TITLES[status], "content": {MEDIA_TYPE: content}}
