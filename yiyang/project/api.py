"""The JSON API under /api/: the routes of every context, one way to sign in, one shape of problems."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from ninja import NinjaAPI

from yiyang.access.api import routes as access
from yiyang.access.bearer import BearerToken
from yiyang.assessments.api import routes as assessments
from yiyang.beds.api import routes as beds
from yiyang.devices.api import routes as devices
from yiyang.duty.api import routes as duty
from yiyang.gateways.fhir.api import routes as fhir
from yiyang.gateways.messages.api import routes as channels
from yiyang.kernel.api import document
from yiyang.kernel.api.bodies import Bodies
from yiyang.kernel.api.problems import (
    MEDIA_TYPE,
    MethodNotAllowed,
    NoSuchPath,
    NotPossible,
    of_exception,
    problem,
)
from yiyang.kernel.refusals import REGISTRY, Refusal
from yiyang.packets.api import routes as packets
from yiyang.people.api import routes as people
from yiyang.records.api import routes as records
from yiyang.supervision.api import routes as supervision

PREFIX = "/api"
DESCRIPTION = (
    "People, beds, stays and transfers of a district. Every request carries a token; what it may see and do is "
    "what its holder may see and do on the screens. Problems have stable codes: see /api/problems."
)
ROUTES = [
    *access,
    duty,
    *people,
    *records,
    *assessments,
    *devices,
    *beds,
    supervision,
    channels,
    fhir,
    packets,
]


class Api(NinjaAPI):
    def set_default_exception_handlers(self) -> None:
        self.add_exception_handler(Exception, of_exception)

    def get_openapi_schema(self, **_asked: Any) -> Any:
        return _document(self)


@cache
def _document(of: NinjaAPI) -> Any:
    made = NinjaAPI.get_openapi_schema(of, path_prefix="api/")
    document.complete(made, PREFIX, [route for routes in ROUTES for route in routes.declared])
    return made


api = Api(
    title="Yiyang",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
    auth=BearerToken(),
    parser=Bodies(),
)
for _routes in ROUTES:
    api.add_router("", _routes.router)


@require_GET
def problems(request: HttpRequest) -> JsonResponse:
    """Every code that a problem may carry, with its status and what it says."""
    return JsonResponse({"problems": [_problem(one) for _code, one in sorted(REGISTRY.items())]})


@require_GET
def problem_of_code(request: HttpRequest, code: str) -> HttpResponse:
    found = REGISTRY.get(code)
    return JsonResponse(_problem(found)) if found else problem(NoSuchPath())


def _problem(refusal: type[Refusal]) -> dict[str, object]:
    return {"code": refusal.code, "status": refusal.status, "message": str(refusal.message)}


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    return problem(NoSuchPath())


def problems_under_api(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Under /api/ every refusal is a problem document, in the language asked for, whoever raised it."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return get_response(request)
        _speak(request)
        response = get_response(request)
        if response.status_code < 400 or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        if response.status_code == 405:
            refused = problem(MethodNotAllowed())
            refused["Allow"] = response["Allow"]
            return refused
        return problem(
            NoSuchPath() if response.status_code == 404 else NotPossible(), status=response.status_code
        )

    return answer


def _speak(request: HttpRequest) -> None:
    for language, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        try:
            return translation.activate(get_supported_language_variant(language))
        except LookupError:
            continue
    return None
