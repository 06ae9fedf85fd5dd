"""Every "no" under /fhir: an OperationOutcome in the reader's language, with the code of the refusal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.core.exceptions import BadRequest, DisallowedHost, RequestDataTooBig
from django.http import Http404, HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.api.problems import (
    InternalError,
    NotPossible,
    TokenMissing,
    Unavailable,
    is_outage,
    logged,
)
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal, Stale

# What HL7's list of issue types calls each status.
CODES = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 406: "not-supported",
    409: "conflict", 410: "deleted", 412: "conflict", 413: "too-long", 415: "not-supported", 422: "processing",
    416: "processing", 429: "throttled", 500: "exception", 503: "transient",
}  # fmt: skip
ISSUES_AT_MOST = 200
LONGEST = 500
REFUSALS = "urn:yiyang:refusal"


class AddressUnknown(Refusal):
    message = _(
        "There is nothing at this address. The CapabilityStatement at /fhir/metadata says what there is."
    )
    status = 404


class MethodNotHere(Refusal):
    message = _("This address does not answer to {method}. “Allow” says to which methods it does.")
    status = 405


@dataclass(frozen=True)
class Problem:
    """A status and the OperationOutcome that goes with it."""

    status: int
    outcome: dict[str, Any]


def of_exception(request: HttpRequest, error: Exception) -> Problem:
    """Whatever was raised, as an answer. A bug is logged without anything that was sent."""
    if isinstance(error, Refusal):
        return of_refusal(error)
    if isinstance(error, Http404):
        return of_refusal(NotFound())
    if isinstance(error, BadRequest | UnreadablePostError | RequestDataTooBig | DisallowedHost):
        return of_refusal(NotPossible())
    if is_outage(error):
        return of_refusal(Unavailable())
    return of_refusal(InternalError(incident=logged(request, error)))


def of_refusal(refusal: Refusal) -> Problem:
    status = 412 if isinstance(refusal, Stale) else refusal.status
    issues = refusal.details.get("issues")
    if issues:
        return Problem(status, outcome(_one(issue) for issue in list(issues)[:ISSUES_AT_MOST]))
    expression = refusal.details.get("expression")
    issue = {
        "severity": "error",
        "code": getattr(refusal, "issue_code", "") or CODES.get(status, "processing"),
        "details": {"coding": [{"system": REFUSALS, "code": refusal.code}], "text": _short(str(refusal))},
    }
    if expression:
        issue["expression"] = [expression] if isinstance(expression, str) else list(expression)
    return Problem(status, outcome([issue]))


def of_status(status: int) -> Problem:
    """What a page would have refused: not signed in, a forged form."""
    if status in (401, 302):
        return of_refusal(TokenMissing())
    if status == 403:
        return of_refusal(NotAllowed())
    return Problem(status, of_refusal(AddressUnknown() if status == 404 else NotPossible()).outcome)


def said(text: str, severity: str = "information", code: str = "informational") -> dict[str, Any]:
    """An OperationOutcome that says that all went well, or what to mind."""
    return outcome([{"severity": severity, "code": code, "details": {"text": _short(text)}}])


def outcome(issues: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def of_issues(issues: Iterable[Any]) -> dict[str, Any]:
    return outcome(_one(issue) for issue in list(issues)[:ISSUES_AT_MOST])


def _one(issue: Any) -> dict[str, Any]:
    """One finding of the validation."""
    told = {"severity": issue.severity, "code": issue.code, "details": {"text": _short(str(issue.text))}}
    if issue.expression:
        told["expression"] = [issue.expression]
    return told


def text(resource: dict[str, Any]) -> bytes:
    return msgspec.json.encode(resource)


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
