"""Search, by address and by form, of one type or of several: a page of what is open to whoever asks."""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yiyang.gateways.fhir.rest import bundles, outcomes, subsets
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked, ContentNotFhir, parameters
from yiyang.gateways.fhir.rest.reading import show
from yiyang.kernel.time import now
from yiyang.records.queries import search as records
from yiyang.records.r4.search import Query, parse
from yiyang.records.stored import Stored

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 1024 * 1024


def search(asked: Asked, type: str = "") -> Answer:
    query = parse(type or None, asked.searching, asked.prefer.get("handling", "lenient"), asked.base)
    page = records.search(asked.actor, query, asked.base)
    show(asked, [*page.hits, *page.included], "fhir.search")
    entries = [
        *(_entry(asked, query, one, "match") for one in page.hits),
        *(_entry(asked, query, one, "include") for one in page.included),
        *_remarks(query, page),
    ]
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "meta": {"lastUpdated": now().isoformat(timespec="milliseconds").replace("+00:00", "Z")},
        **({} if page.total is None else {"total": page.total}),
        "link": _links(asked, type, query, page.next),
        **({"entry": entries} if entries else {}),
    }
    return Answer(200, msgspec.json.encode(bundle))


def search_by_form(asked: Asked, type: str = "") -> Answer:
    """POST _search: the parameters of the body beside those of the address."""
    kind = asked.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise ContentNotFhir
    if hasattr(asked.request, "_post"):  # read by the check against forged forms
        given = [(name, one) for name, values in asked.request.POST.lists() for one in values]
        given = [(name, value) for name, value in given if name != "csrfmiddlewaretoken"]
    else:
        given = parameters(asked.raw(LARGEST_FORM).decode("utf-8", "replace"))
    asked.parameters += given
    asked.__dict__.pop("searching", None)
    return search(asked, type)


def search_all(asked: Asked) -> Answer:
    """Of all types, or of those in `_type`; without any parameter nothing was asked."""
    return search(asked) if asked.searching else bundles.nothing_at_root(asked)


def _entry(asked: Asked, query: Query, one: Stored, mode: str) -> dict[str, Any]:
    return {
        "fullUrl": f"{asked.base}/{one.type}/{one.id}",
        "resource": msgspec.Raw(subsets.shown(one.body, query).encode()),
        "search": {"mode": mode},
    }


def _links(asked: Asked, type: str, query: Query, following: str) -> list[dict[str, str]]:
    """With the parameters that were taken, so that the reader sees which were left out."""
    path = f"{asked.base}/{type}" if type else asked.base
    kept = [(name, value) for name, value in query.used if name != "_cursor"]
    pages = [("self", query.cursor), *([("next", following)] if following else [])]
    return [
        {"relation": name, "url": f"{path}?{urlencode([*kept, ('_cursor', marker)] if marker else kept)}"}
        for name, marker in pages
    ]


def _remarks(query: Query, page: records.Page) -> list[dict[str, Any]]:
    """What the reader has to know of the result, as an OperationOutcome among the entries."""
    said = []
    if query.ignored:
        names = ", ".join(one[:60] for one in query.ignored[:20])
        said.append(_("These parameters are not known here and were left out: {names}.").format(names=names))
    if page.cut:
        said.append(_("More belongs to these results than can be given beside them. Ask for it by itself."))
    if page.estimated:
        said.append(_("The number of results is an estimate."))
    if not said:
        return []
    issues = [{"severity": "warning", "code": "informational", "details": {"text": one}} for one in said]
    return [{"resource": outcomes.outcome(issues), "search": {"mode": "outcome"}}]
