"""read, vread, history and search."""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest import answers, conditions
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.records import queries
from yiyang.records.stored import NOBODY, Stored

PAGE, PAGE_AT_MOST = 50, 1000


class CountMalformed(Refusal):
    message = _("“_count” must be a whole number, 0 or more.")
    status = 400


def read(asked: Asked, type: str, id: str) -> Answer:
    found = queries.resource(asked.actor, type, id)
    show(asked, [found], "fhir.read")
    if conditions.unchanged(asked, found):
        return Answer(304, headers=answers.versioned(found))
    return answers.of_version(asked, found)


def vread(asked: Asked, type: str, id: str, version: str) -> Answer:
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        raise NotFound
    found = queries.version(asked.actor, type, id, int(version))
    show(asked, [found], "fhir.vread")
    return answers.of_version(asked, found)


def history(asked: Asked, type: str, id: str) -> Answer:
    found = queries.history(asked.actor, type, id, **_page(asked))
    return _history(asked, found, f"{type}/{id}/_history")


def history_of_type(asked: Asked, type: str = "") -> Answer:
    found = queries.history_of_type(asked.actor, type, **_page(asked))
    return _history(asked, found, f"{type}/_history" if type else "_history")


def show(asked: Asked, shown: list[Stored], what: str) -> None:
    """Write down whose data the answer shows."""
    seen(asked.actor, {one.person_id for one in shown} - {NOBODY}, what)


def count_of(given: str) -> int:
    if not given:
        return PAGE
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise CountMalformed
    return min(int(given), PAGE_AT_MOST)


def _page(asked: Asked) -> dict[str, Any]:
    return {
        "count": max(1, count_of(asked.first("_count"))),
        "cursor": asked.first("_cursor"),
        "since": conditions.instant("_since", asked.first("_since")),
    }


def _history(asked: Asked, found: queries.Changes, path: str) -> Answer:
    show(asked, found.versions, "fhir.history")
    links = [{"relation": "self", "url": _address(asked, path, asked.first("_cursor"))}]
    if found.next:
        links.append({"relation": "next", "url": _address(asked, path, found.next)})
    bundle = {
        "resourceType": "Bundle",
        "type": "history",
        "meta": {"lastUpdated": now().isoformat(timespec="milliseconds").replace("+00:00", "Z")},
        **({"total": found.total} if found.total is not None else {}),
        "link": links,
        "entry": [_change(asked, one) for one in found.versions],
    }
    if not bundle["entry"]:
        del bundle["entry"]
    return Answer(200, msgspec.json.encode(bundle))


def _change(asked: Asked, one: Stored) -> dict[str, object]:
    method = "DELETE" if one.deleted else "POST" if one.version == 1 else "PUT"
    status = {"DELETE": "204", "POST": "201", "PUT": "200"}[method]
    entry: dict[str, object] = {"fullUrl": f"{asked.base}/{one.type}/{one.id}"}
    if not one.deleted:
        entry["resource"] = msgspec.Raw(one.body.encode())
    return entry | {
        "request": {"method": method, "url": one.type if method == "POST" else f"{one.type}/{one.id}"},
        "response": {
            "status": status,
            "etag": f'W/"{one.version}"',
            "lastModified": one.updated_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        },
    }


def _address(asked: Asked, path: str, cursor: str) -> str:
    kept = [(name, value) for name, value in asked.searching if name != "_cursor"]
    asking = urlencode([*kept, ("_cursor", cursor)] if cursor else kept)
    return f"{asked.base}/{path}" + (f"?{asking}" if asking else "")
