"""One person's record: `Patient/ID/$everything`, and searches within it (`Patient/ID/Observation?…`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from yiyang.gateways.fhir.rest import conditions, operations, outcomes, searching
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.gateways.fhir.rest.outcomes import AddressUnknown
from yiyang.gateways.fhir.rest.reading import PAGE_AT_MOST, count_of, show
from yiyang.kernel.time import now
from yiyang.records.queries import everything as records
from yiyang.records.r4.definitions import compartment, is_resource
from yiyang.records.r4.search.refusals import SearchTypeUnknown
from yiyang.records.stored import Stored

PAGE = 500
KNOWN = ("_type", "_since", "_count", "start", "end", "_cursor")
BY_PERSON = ("patient", "subject", "beneficiary")


def everything(asked: Asked, type: str, id: str) -> Answer:
    parameters = operations.given(asked)
    operations.refuse_unknown(parameters, KNOWN)
    told = dict(parameters)
    part = records.everything(
        asked.actor,
        id,
        of=_types(parameters),
        since=conditions.instant("_since", told.get("_since", "")),
        start=conditions.instant("start", told.get("start", "")),
        end=_end(told.get("end", "")),
        count=min(max(1, count_of(told["_count"])), PAGE_AT_MOST) if told.get("_count") else PAGE,
        cursor=told.get("_cursor", ""),
        base=asked.base,
    )
    show(asked, [*part.found, *part.beside], "fhir.everything")
    path = f"{asked.base}/Patient/{id}/$everything"
    links = [{"relation": "self", "url": operations.address(path, parameters, told.get("_cursor", ""))}]
    if part.next:
        links.append({"relation": "next", "url": operations.address(path, parameters, part.next)})
    entries = [
        *(entry(asked, one, "match") for one in part.found),
        *(entry(asked, one, "include") for one in part.beside),
        *(_cut() if part.cut else ()),
    ]
    return bundle(links, entries)


def in_record(asked: Asked, type: str, id: str, inner: str) -> Answer:
    """Of one type, within one person's record."""
    asked.parameters = [(_reference(inner), f"Patient/{id}"), *asked.parameters]
    records.persons_behind(asked.actor, id)
    asked.__dict__.pop("searching", None)
    return searching.search(asked, inner)


def in_record_by_form(asked: Asked, type: str, id: str, inner: str) -> Answer:
    asked.parameters = [(_reference(inner), f"Patient/{id}"), *asked.parameters]
    records.persons_behind(asked.actor, id)
    return searching.search_by_form(asked, inner)


def bundle(links: list[dict[str, str]], entries: list[dict[str, Any]]) -> Answer:
    told: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "meta": {"lastUpdated": now().isoformat(timespec="milliseconds").replace("+00:00", "Z")},
        "link": links,
    }
    if entries:
        told["entry"] = entries
    return Answer(200, msgspec.json.encode(told))


def entry(asked: Asked, one: Stored, mode: str) -> dict[str, Any]:
    return {
        "fullUrl": f"{asked.base}/{one.type}/{one.id}",
        "resource": msgspec.Raw(one.body.encode()),
        "search": {"mode": mode},
    }


def _cut() -> list[dict[str, Any]]:
    text = _("More belongs to these results than can be given beside them. Ask for it by itself.")
    return [
        {"resource": outcomes.said(text, "warning", "informational"), "search": {"mode": "outcome"}},
    ]


def _types(parameters: list[tuple[str, str]]) -> list[str]:
    named = [one for name, value in parameters if name == "_type" for one in value.split(",")]
    for one in named:
        if not is_resource(one):
            raise SearchTypeUnknown(parameter="_type", value=one[:60])
    return list(dict.fromkeys(named))


def _end(given: str) -> datetime | None:
    """The end of the day where only a day was named."""
    found = conditions.instant("end", given)
    return found + timedelta(days=1) if found and len(given) == 10 else found


def _reference(inner: str) -> str:
    """The search parameter by which a type belongs to a person."""
    codes = compartment().get(inner, ())
    if not codes or inner == "Patient":
        raise AddressUnknown
    return next((one for one in BY_PERSON if one in codes), codes[0])
