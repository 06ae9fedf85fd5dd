"""What goes back: the resource as it is kept, with the headers that say which version it is."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import http_date
from django.utils.translation import gettext as _

from yiyang.gateways.fhir.rest import outcomes
from yiyang.gateways.fhir.rest.asked import JSON, Asked
from yiyang.people.neutral import resources_to_the_person
from yiyang.records.stored import Stored

PACKED_FROM = 1500


@dataclass
class Answer:
    """`kind` where it is not a resource; `stream` instead of a body where it may be long, with its length if known."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    stream: Iterator[bytes] | None = None
    length: int | None = None


def of_version(asked: Asked, stored: Stored, status: int = 200) -> Answer:
    """One version of a resource, as it was read."""
    return Answer(status, stored.body.encode(), versioned(stored))


def written(asked: Asked, stored: Stored, *, created: bool) -> Answer:
    """What a write answers: what is kept now, nothing, or a word that all went well, as `Prefer` wants it."""
    headers = versioned(stored)
    location = f"{asked.base}/{stored.type}/{stored.id}/_history/{stored.version}"
    headers["Location" if created else "Content-Location"] = location
    wanted = asked.prefer.get("return", "representation")
    body = b""
    if wanted == "OperationOutcome":
        body = outcomes.text(outcomes.said(_("Kept as version {version}.").format(version=stored.version)))
    elif wanted != "minimal":
        body = stored.body.encode()
    return Answer(201 if created else 200, body, headers)


def versioned(stored: Stored) -> dict[str, str]:
    return {"ETag": f'W/"{stored.version}"', "Last-Modified": http_date(stored.updated_at.timestamp())}


def of_resource(resource: dict[str, Any], status: int = 200) -> Answer:
    return Answer(status, msgspec.json.encode(resource))


def refused(problem: outcomes.Problem) -> Answer:
    answer = Answer(problem.status, outcomes.text(problem.outcome))
    if problem.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="yiyang"'
    if problem.status == 503:
        answer.headers["Retry-After"] = "2"
    return answer


def response(asked: Asked | None, answer: Answer) -> HttpResponse:
    """The answer on the wire: pretty or packed where that was asked for."""
    if answer.stream is not None:
        return _streamed(asked, answer)
    body = answer.body if asked is None else resources_to_the_person(asked.actor, answer.body)
    if asked is not None and body and asked.pretty:
        body = msgspec.json.format(body, indent=2)
    made = HttpResponse(status=answer.status, content_type=answer.kind or f"{JSON}; charset=utf-8")
    for name, value in answer.headers.items():
        made[name] = value
    made["Cache-Control"] = "private, no-store"
    made["Vary"] = "Accept, Accept-Encoding, Accept-Language, Authorization"
    if asked is not None and len(body) >= PACKED_FROM and takes_gzip(asked):
        body = gzip.compress(body, compresslevel=1)
        made["Content-Encoding"] = "gzip"
    if asked is not None and asked.method == "HEAD":
        made["Content-Length"] = str(len(body))
        body = b""
    made.content = body
    made._has_been_logged = True  # type: ignore[attr-defined]  # a refusal is an answer, not an event
    if not answer.body:
        del made["Content-Type"]
    return made


def _streamed(asked: Asked | None, answer: Answer) -> HttpResponse:
    """A file, which is never whole in memory."""
    begun = answer.stream or iter(())
    if asked is not None and asked.method == "HEAD":
        begun = iter(())
    made: Any = StreamingHttpResponse(begun, status=answer.status, content_type=answer.kind)
    for name, value in answer.headers.items():
        made[name] = value
    if answer.length is not None:
        made["Content-Length"] = str(answer.length)
    made["Cache-Control"] = "private, no-store"
    made["Vary"] = "Accept, Accept-Encoding, Authorization"
    return made  # type: ignore[no-any-return]


def takes_gzip(asked: Asked) -> bool:
    for part in asked.headers.get("Accept-Encoding", "").split(","):
        name, _semicolon, weight = part.strip().partition(";")
        if name.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
