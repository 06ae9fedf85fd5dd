"""The addresses to which programs and apps talk by themselves: for tokens, to give them back, to ask about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from yiyang.kernel.refusals import Refusal

from ..oauth.held import server

LONGEST = 10_000
FORM = "application/x-www-form-urlencoded"


@csrf_exempt
@require_POST
def oauth_token(request: Any) -> HttpResponse:
    return _answered(request, server.create_token_response)


@csrf_exempt
@require_POST
def oauth_revoke(request: Any) -> HttpResponse:
    return _answered(request, lambda given: server.create_endpoint_response("revocation", given))


@csrf_exempt
@require_POST
def oauth_introspect(request: Any) -> HttpResponse:
    return _answered(request, lambda given: server.create_endpoint_response("introspection", given))


def _answered(request: Any, answer: Callable[[Any], HttpResponse]) -> HttpResponse:
    """Every no is an answer of OAuth: a word that programs know, and a sentence for who writes them."""
    try:
        refuse_unreadable(request)
        response = answer(request)
    except OAuth2Error as error:
        response = said(error)
    except Refusal as refusal:
        response = said(InvalidGrantError(description=refusal.code.replace("_", " ").lower()))
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


def said(error: OAuth2Error) -> HttpResponse:
    status, body, headers = error()
    response = JsonResponse(dict(body) if isinstance(body, list) else body, status=status)
    for name, value in headers:
        response[name] = value
    return response


def refuse_unreadable(request: Any) -> None:
    """Parameters stand in the form alone, each once, in letters that an address can hold."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise InvalidRequestError(description="Send the parameters as application/x-www-form-urlencoded.")
    if request.GET:
        raise InvalidRequestError(description="Send the parameters in the body, not in the address.")
    refuse_odd(request.POST)


def refuse_odd(given: Any) -> None:
    for name, values in given.lists():
        if len(values) > 1:
            raise InvalidRequestError(description="A parameter came twice.")
        if len(values[0]) > LONGEST or not all(" " <= one <= "~" and one not in '"\\' for one in values[0]):
            if name == "state" and len(values[0]) <= LONGEST and values[0].isprintable():
                continue  # it goes back as it came
            raise InvalidRequestError(description="A parameter is too long or holds letters that cannot be.")
