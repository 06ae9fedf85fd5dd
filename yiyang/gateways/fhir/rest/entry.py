"""The way in: who asks, in which language, for which interaction; and every refusal as an OperationOutcome.

A request with a token goes straight here, past what only pages need (sessions, forms, menus). One that comes with a
session goes through all of it, the check against forged forms included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from yiyang.access.acting import HEADER, NotWhileActing, by_token
from yiyang.access.actors import AccountActor
from yiyang.access.tokens import authenticate_token
from yiyang.gateways.fhir.rest import answers, outcomes, scopes, smart
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked, parameters, refuse_format
from yiyang.gateways.fhir.rest.routes import found
from yiyang.kernel import readings
from yiyang.kernel.actors import doer
from yiyang.kernel.api.problems import TokenMissing
from yiyang.kernel.time import now
from yiyang.records import queries

ROOT = "/fhir"
BEARER = "bearer "
Next = Callable[[HttpRequest], HttpResponse]


def fhir_first(get_response: Next) -> Next:
    """Middleware: everything under /fhir answers as FHIR does, whoever refuses it."""

    def answer(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if (path != ROOT and not path.startswith("/fhir/")) or path in smart.ADDRESSES:
            return get_response(request)
        if "HTTP_AUTHORIZATION" in request.META or path.rstrip("/") == "/fhir/metadata":
            return respond(request)
        response = get_response(request)
        if response.status_code < 400 or response.get("Content-Type", "").startswith("application/fhir+json"):
            return response
        return answers.response(None, answers.refused(outcomes.of_status(response.status_code)))

    return answer


def respond(request: HttpRequest, rest: str = "") -> HttpResponse:
    """The answer to one request under /fhir."""
    asked: Asked | None = None
    try:
        with readings.gathered() as rows, queries.remembering():
            asked = _asked(request)
            answer = _answer(asked)
        if rows:
            readings.keep(rows)
    except Exception as error:
        answer = answers.refused(outcomes.of_exception(request, error))
        if error_allows := getattr(error, "allow", None):
            answer.headers["Allow"] = error_allows
        if challenge := scopes.challenge(error):
            answer.headers["WWW-Authenticate"] = challenge
        answer.headers |= getattr(error, "headers", {})
    return answers.response(asked, answer)


def _asked(request: HttpRequest) -> Asked:
    meta = request.META
    path = [part for part in request.path_info[len(ROOT) :].split("/") if part]
    asked = Asked(
        request=request,
        method=str(request.method),
        path=path,
        actor=None,
        base=f"{request.scheme}://{request.get_host()}{ROOT}",
        headers=request.headers,
    )
    _speak(request)
    if path != ["metadata"]:
        asked.actor = _actor(request)
    asked.parameters = parameters(meta.get("QUERY_STRING", ""))
    refuse_format(asked)
    return asked


def _answer(asked: Asked) -> Answer:
    work, given = found(asked)
    return work(asked, **given)


def _actor(request: HttpRequest) -> Any:
    """Whoever holds the token, or is signed in."""
    given = request.META.get("HTTP_AUTHORIZATION", "")
    if not given:
        actor = getattr(request, "actor", None)
        if not isinstance(actor, AccountActor):
            raise TokenMissing
        return actor
    if given[:7].lower() != BEARER:
        raise TokenMissing
    actor = authenticate_token(given[7:].strip(), now(), apps=True)
    if begun := request.headers.get(HEADER):
        if actor.app is not None:
            raise NotWhileActing
        actor = by_token(actor, begun, request.path_info)
    request.actor = actor  # type: ignore[attr-defined]
    if "HTTP_ACCEPT_LANGUAGE" not in request.META:
        translation.activate(doer(actor).account.language)  # type: ignore[attr-defined]
    return actor


def _speak(request: HttpRequest) -> None:
    """The language that was asked for; Chinese where none was, or the account's own once it is known."""
    for language, _weight in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        try:
            return translation.activate(get_supported_language_variant(language))
        except LookupError:
            continue
    return translation.activate("zh-hans")
