"""Declaring a route: what it is told, what it shows, what it may answer; everything else is the same for all.

A route is a function `(request, …) -> Answer` that fetches by a query of what the actor may see, and calls one
command. Whoever is shown in the answer is recorded as seen before the answer leaves.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router
from pydantic import BaseModel

from yiyang.kernel import idempotency, versions
from yiyang.kernel.api.problems import ValuesRefused
from yiyang.kernel.api.schemas import Shown
from yiyang.kernel.api.versions import expected_version, tag
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotAllowed

CONTENT_TYPE = "application/json"
FIRST_ID = re.compile(r"{(\w+)}")
View = Callable[..., "Answer"]


@dataclass
class Answer:
    """What a route gives back: the shown object, the version of its record, and the persons whom it shows.

    `exact` is the text itself by media type, for whoever accepts that one.
    """

    shows: Shown
    version: int | None = None
    persons: Iterable[UUID] = ()
    location: str = ""
    exact: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Route:
    """What the document says of a route beside its parameters."""

    method: str
    path: str
    view: View
    shows: type[Shown]
    status: int
    matches: str
    parameters: set[str] = field(default_factory=set)


@dataclass
class Routes:
    """The routes of one context; `router` goes into the API."""

    tag: str
    router: Router = field(init=False)
    declared: list[Route] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.router = Router(tags=[self.tag])

    def get(self, path: str, *, shows: type[Shown], permission: str = "") -> Callable[[View], View]:
        return self._declare("GET", path, shows, 200, "", permission)

    def post(
        self,
        path: str,
        *,
        shows: type[Shown],
        status: int = 200,
        matches: str = "may",
        permission: str = "",
    ) -> Callable[[View], View]:
        """`matches`: whether `If-Match` may be sent, must be sent, or means nothing ("").

        It is the version of the record that comes first in the address.
        """
        return self._declare("POST", path, shows, status, matches, permission)

    def patch(self, path: str, *, shows: type[Shown]) -> Callable[[View], View]:
        return self._declare("PATCH", path, shows, 200, "must", "")

    def _declare(
        self, method: str, path: str, shows: type[Shown], status: int, matches: str, permission: str
    ) -> Callable[[View], View]:
        def declare(view: View) -> View:
            route = Route(method, path, view, shows, status, matches)
            answer = _answering(route, permission)
            route.parameters = _parameters(answer.__signature__)  # type: ignore[attr-defined]
            self.router.add_api_operation(
                path,
                [method],
                answer,
                response={status: shows},
                operation_id=view.__name__,
                summary=_summary(view),
                description=inspect.cleandoc(view.__doc__ or ""),
                url_name=view.__name__,
            )
            self.declared.append(route)
            return view

        return declare


def _answering(route: Route, permission: str) -> Callable[..., HttpResponse]:
    @functools.wraps(route.view)
    def answer(request: Any, **given: Any) -> HttpResponse:
        _refuse_unknown_parameters(request, route.parameters)
        if permission and not request.actor.may(permission):
            raise NotAllowed
        key = request.headers.get("Idempotency-Key") if route.method == "POST" else None
        if key is None:
            return _answered(request, route, given)
        return idempotency.once(
            request, request.actor.token_id, key, lambda: _answered(request, route, given)
        )

    answer.__signature__ = inspect.signature(route.view, eval_str=True)  # type: ignore[attr-defined]
    return answer


def _answered(request: Any, route: Route, given: dict[str, Any]) -> HttpResponse:
    if route.matches:
        request.version = expected_version(request, needed=route.matches == "must")
    with versions.expecting(_record_of(route, given), getattr(request, "version", None)):
        answer = route.view(request, **given)
    accepted = next((one for one in answer.exact if one in request.headers.get("Accept", "")), "")
    body = answer.exact[accepted] if accepted else answer.shows.model_dump_json()
    response = HttpResponse(body, status=route.status, content_type=accepted or CONTENT_TYPE)
    if answer.version is not None:
        response["ETag"] = tag(answer.version)
    if answer.location:
        response["Location"] = answer.location
    response.persons = list(answer.persons)  # type: ignore[attr-defined]
    seen(request.actor, response.persons, f"api.{route.view.__name__}")  # type: ignore[attr-defined]
    return response


def _record_of(route: Route, given: dict[str, Any]) -> UUID | None:
    """The record that the route is about: the first id in its address."""
    first = FIRST_ID.search(route.path)
    return given[first[1]] if first else None


def _refuse_unknown_parameters(request: Any, known: set[str]) -> None:
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        raise ValuesRefused(*[("query", [name], "unknown_parameter") for name in unknown[:5]])


def _parameters(signature: inspect.Signature) -> set[str]:
    """The names of query parameters: the fields of the models that a route takes from the query."""
    names: set[str] = set()
    for parameter in signature.parameters.values():
        model = getattr(parameter.annotation, "__origin__", parameter.annotation)
        if isinstance(model, type) and issubclass(model, BaseModel) and parameter.name != "body":
            names |= set(model.model_fields)
    return names


def _summary(view: View) -> str:
    return inspect.cleandoc(view.__doc__ or view.__name__).split("\n")[0].rstrip(".")
