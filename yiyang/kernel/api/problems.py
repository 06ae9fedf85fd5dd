"""Every "no" of the API: one shape (RFC 9457), in the reader's language, with a code that never changes."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import uuid4

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from ninja.errors import AuthenticationError, HttpError, ValidationError

from yiyang.kernel.api.schemas import Example, Shown
from yiyang.kernel.facts import plain
from yiyang.kernel.refusals import NotFound, Refusal, Stale

log = logging.getLogger("yiyang.api")
MEDIA_TYPE = "application/problem+json"
ERRORS_AT_MOST = 20
LONGEST = 200


class InvalidRequest(Refusal):
    message = gettext_lazy(
        "Something in the request is not as it must be; see “errors”. Correct it and send it again."
    )
    status = 422


class BodyMalformed(Refusal):
    message = gettext_lazy("The body is not JSON: {problem}. Send one JSON object in UTF-8.")
    status = 400


class ContentTypeUnknown(Refusal):
    message = gettext_lazy("Send the body as “Content-Type: application/json”.")
    status = 415


class BodyTooLarge(Refusal):
    message = gettext_lazy("The body is larger than {most} bytes. Send less at a time.")
    status = 413


class TokenMissing(Refusal):
    message = gettext_lazy("Send “Authorization: Bearer …” with a token; “yiyang token issue” makes one.")
    status = 401


class NoSuchPath(Refusal):
    message = gettext_lazy("There is nothing at this address. See /api/openapi.json for all that there is.")
    status = 404


class MethodNotAllowed(Refusal):
    message = gettext_lazy("This address does not answer to this method; “Allow” says to which.")
    status = 405


class NotPossible(Refusal):
    message = gettext_lazy("This request cannot be answered as it was sent.")
    status = 400


class Unavailable(Refusal):
    message = gettext_lazy(
        "The database cannot be reached or written to at the moment. Nothing was changed; try again."
    )
    status = 503


class InternalError(Refusal):
    message = gettext_lazy(
        "Something went wrong here; it is in the log under {incident}. Look at the record before you try again."
    )
    status = 500


TITLES = {
    400: gettext_noop("The request cannot be read"),
    401: gettext_noop("Not signed in"),
    403: gettext_noop("Not allowed"),
    404: gettext_noop("Not found"),
    405: gettext_noop("Method not allowed"),
    409: gettext_noop("Not possible in this state"),
    412: gettext_noop("Changed in the meantime"),
    413: gettext_noop("Too large"),
    415: gettext_noop("Wrong content type"),
    422: gettext_noop("Check what was sent"),
    428: gettext_noop("If-Match is needed"),
    500: gettext_noop("Internal error"),
    503: gettext_noop("Not available now"),
}

# What the checks of values say, by the kind of their error. What is not listed is "not valid".
VALUE_ERRORS = {
    "missing": gettext_noop("This is needed."),
    "extra_forbidden": gettext_noop("This name is not known here."),
    "unknown_parameter": gettext_noop("This parameter is not known here."),
    "string_type": gettext_noop("This must be a text."),
    "string_too_short": gettext_noop("This must not be empty."),
    "string_too_long": gettext_noop("This is too long: at most {max_length} characters."),
    "line_breaks": gettext_noop("This must be one line."),
    "characters": gettext_noop("This contains control characters, which cannot be kept."),
    "literal_error": gettext_noop("This must be one of: {expected}."),
    "int_type": gettext_noop("This must be a whole number."),
    "int_parsing": gettext_noop("This must be a whole number."),
    "int_from_float": gettext_noop("This must be a whole number."),
    "int_parsing_size": gettext_noop("This number is too large."),
    "bool_type": gettext_noop("This must be true or false."),
    "bool_parsing": gettext_noop("This must be true or false."),
    "float_type": gettext_noop("This must be a number."),
    "greater_than_equal": gettext_noop("This must be {ge} or more."),
    "less_than_equal": gettext_noop("This must be {le} or less."),
    "list_type": gettext_noop("This must be a list."),
    "too_long": gettext_noop("This list is too long: at most {max_length}."),
    "too_short": gettext_noop("This list is too short: at least {min_length}."),
    "dict_type": gettext_noop("This must be an object."),
    "model_type": gettext_noop("This must be an object."),
    "model_attributes_type": gettext_noop("This must be an object."),
    "id_malformed": gettext_noop("This must be an id, as 01890f5e-0000-7000-8000-000000000000."),
    "instant_malformed": gettext_noop(
        "This must be an instant with its time zone, as 2026-05-01T08:30:00+08:00."
    ),
    "day_malformed": gettext_noop("This must be a date, as 2026-05-01."),
    "date_out_of_range": gettext_noop("This date is not possible: it must lie between 1850 and 2200."),
    "ends_before": gettext_noop("The end must lie after the beginning."),
    "base64": gettext_noop("This must be a file in base64."),
    "unknown_reference": gettext_noop("There is no such record, or it is not open to you."),
}
NOT_VALID = gettext_noop("This value is not valid.")


class ValueProblem(Shown):
    example: ClassVar[Example] = {"in": "body", "pointer": "/reason", "message": "This is needed."}

    pointer: str
    message: str


class Problem(Shown):
    """Why something was not done (RFC 9457). `code` is stable; `title` and `detail` are for people."""

    example: ClassVar[Example] = {
        "type": "/api/problems/BED_NOT_FREE",
        "title": "Not possible in this state",
        "status": 409,
        "code": "BED_NOT_FREE",
        "detail": "Bed 301-2 is taken by somebody else until 2026-05-03 10:00. Choose another bed, or join the waiting list.",
        "details": {"bed": "301-2", "free_from": "2026-05-03T02:00:00Z"},
    }

    type: str
    title: str
    status: int
    code: str
    detail: str
    details: dict[str, Any] | None = None
    errors: list[dict[str, str]] | None = None


class ValuesRefused(Exception):
    """Values in the request that cannot be, each with its place: (in, path, kind of error, what it names)."""

    def __init__(self, *errors: tuple[str, Iterable[str | int], str]) -> None:
        self.errors = errors
        super().__init__(len(errors))


def problem(refusal: Refusal, *, status: int = 0, errors: list[dict[str, str]] | None = None) -> HttpResponse:
    """The answer that says no."""
    status = status or refusal.status
    body: dict[str, Any] = {
        "type": f"/api/problems/{refusal.code}",
        "title": _(TITLES.get(status, TITLES[400])),
        "status": status,
        "code": refusal.code,
        "detail": _short(str(refusal)),
    }
    details = {
        name: _short(str(value)) if isinstance(value, str) or not _is_plain(value) else value
        for name, value in plain(refusal.details).items()
        if name != "field"
    }
    if details:
        body["details"] = details
    if "field" in refusal.details and not errors:
        errors = [{"in": "body", "pointer": f"/{refusal.details['field']}", "message": _short(str(refusal))}]
    if errors:
        body["errors"] = errors[:ERRORS_AT_MOST]
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="yiyang"'
    if status == 503:
        response["Retry-After"] = "2"
    return response


def of_exception(request: HttpRequest, error: Exception) -> HttpResponse:
    """Whatever a route raised, as an answer. A bug is logged without anything that a person typed."""
    if isinstance(error, HttpError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if isinstance(error, Stale) and getattr(request, "version", None) is not None:
        return problem(error, status=412)
    if isinstance(error, Refusal):
        return problem(error)
    if isinstance(error, ValidationError):
        return _of_values(error.errors)
    if isinstance(error, ValuesRefused):
        return problem(
            InvalidRequest(),
            errors=[_value_error(where, path, kind, {}) for where, path, kind in error.errors],
        )
    if isinstance(error, Http404):
        return problem(NotFound())
    if isinstance(error, AuthenticationError):
        return problem(TokenMissing())
    if isinstance(error, RequestDataTooBig):
        return problem(BodyTooLarge(most=BODY_AT_MOST))
    if isinstance(error, BadRequest | UnreadablePostError | HttpError):
        return problem(NotPossible())
    if is_outage(error):
        log.warning("database not available: %s", type(error).__name__)
        return problem(Unavailable())
    return problem(InternalError(incident=logged(request, error)))


BODY_AT_MOST = 1_000_000
READ_ONLY, DISK_FULL = "25006", "53100"


def is_outage(error: Exception) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DatabaseError) and state in (READ_ONLY, DISK_FULL)


def logged(request: HttpRequest, error: Exception) -> str:
    """Where it broke, without values: messages of the database quote rows."""
    incident = str(uuid4())
    frames = "".join(
        f"\n  {frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-25:]
    )
    match = request.resolver_match
    log.error(
        "%s %s %s %s%s", incident, request.method, match.route if match else "", type(error).__name__, frames
    )
    return incident


def _of_values(errors: list[dict[str, Any]]) -> HttpResponse:
    if any(error["loc"][0] == "path" for error in errors):
        return problem(NotFound())
    shown = []
    for error in errors[:ERRORS_AT_MOST]:
        where, *path = error["loc"]
        shown.append(
            _value_error(where, path[1:] if where == "body" else path, error["type"], error.get("ctx", {}))
        )
    return problem(InvalidRequest(), errors=shown)


def _value_error(where: str, path: Iterable[str | int], kind: str, context: dict[str, Any]) -> dict[str, str]:
    pointer = "".join("/" + _short(str(part)).replace("~", "~0").replace("/", "~1") for part in path)
    message = _(VALUE_ERRORS.get(kind, NOT_VALID)).format_map(_Known(context))
    return {"in": where, "pointer": pointer, "message": message}


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _is_plain(value: Any) -> bool:
    return isinstance(value, int | float | bool | list | dict)
