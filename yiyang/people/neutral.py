"""The last gate before the person: whatever a page or an answer says, what they were not told is not in it.

Pages and queries choose their words themselves (`rules.disclosure`); this catches what free text, names of units
and new pages bring along. It acts for elders' own accounts alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
from django.http import HttpResponse

from yiyang.people import queries

READ = ("text/html", "text/plain", "text/csv", "application/json", "application/problem+json")
_digit_for_digit = msgspec.json.Encoder(decimal_format="number")


def neutral_to_the_person(get_response: Callable[[Any], HttpResponse]) -> Callable[[Any], HttpResponse]:
    def answer(request: Any) -> HttpResponse:
        response = get_response(request)
        actor = getattr(request, "actor", None)
        shown = response.headers.get("Content-Type", "").partition(";")[0]
        if getattr(actor, "role", "") != "ELDER" or response.streaming or shown not in READ:
            return response
        words = queries.words_before(actor)
        if words.to_the_person and response.content:
            text = response.content.decode(response.charset or "utf-8")
            if shown.endswith("json"):
                text = json.dumps(words.answer(json.loads(text)), ensure_ascii=False, separators=(",", ":"))
            else:
                text = words.text(text)
            response.content = text
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))
        return response

    return answer


def resources_to_the_person(actor: Any, body: bytes) -> bytes:
    """An answer of /fhir: byte for byte as it is where nothing has to be said otherwise; numbers keep their digits."""
    if getattr(actor, "role", "") != "ELDER" or not body:
        return body
    words = queries.words_before(actor)
    if not words.to_the_person:
        return body
    sent = json.loads(body, parse_float=Decimal)
    said = words.answer(sent)
    return body if said == sent else _digit_for_digit.encode(said)
