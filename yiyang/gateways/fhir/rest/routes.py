"""Every address under /fhir and what it does: the one table from which requests are led, the capabilities are
told and the tests walk."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.bulk import rest as bulk
from yiyang.gateways.fhir.rest import (
    bundles,
    capability,
    documents,
    everything,
    last,
    reading,
    scopes,
    searching,
    terms,
    writing,
)
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.gateways.fhir.rest.outcomes import AddressUnknown, MethodNotHere
from yiyang.gateways.fhir.runs import rest as imports
from yiyang.kernel.refusals import Refusal
from yiyang.records.r4.definitions import is_resource

ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
TYPE, NAME, VERSION = "{type}", "{id}", "{version}"
Work = Callable[..., Answer]


class IdMalformed(Refusal):
    message = _("An id has 1 to 64 letters, digits, hyphens or points.")
    status = 400


@dataclass(frozen=True)
class Route:
    """`interaction` is the code of FHIR's list, or empty for an operation. `of`: only of this type."""

    method: str
    path: str
    work: Work
    interaction: str = ""
    of: str = ""

    @property
    def name(self) -> str:
        return self.work.__name__


ROUTES = (
    Route("GET", "", searching.search_all, "search-system"),
    Route("POST", "", bundles.process, "transaction"),
    Route("POST", "_search", searching.search_by_form),
    Route("GET", "metadata", capability.metadata, "capabilities"),
    Route("GET", "_history", reading.history_of_type, "history-system"),
    Route("GET", TYPE, searching.search, "search-type"),
    Route("POST", TYPE, writing.create, "create"),
    Route("PUT", TYPE, writing.update_where),
    Route("PATCH", TYPE, writing.patch_where),
    Route("DELETE", TYPE, writing.delete_where),
    Route("GET", f"{TYPE}/_search", searching.search),
    Route("POST", f"{TYPE}/_search", searching.search_by_form),
    Route("GET", f"{TYPE}/_history", reading.history_of_type, "history-type"),
    Route("POST", f"{TYPE}/$validate", writing.check),
    Route("POST", "$validate", writing.check),
    Route("GET", f"{TYPE}/{NAME}", reading.read, "read"),
    Route("PUT", f"{TYPE}/{NAME}", writing.update, "update"),
    Route("PATCH", f"{TYPE}/{NAME}", writing.patch, "patch"),
    Route("DELETE", f"{TYPE}/{NAME}", writing.delete, "delete"),
    Route("GET", f"{TYPE}/{NAME}/_history", reading.history, "history-instance"),
    Route("GET", f"{TYPE}/{NAME}/_history/{VERSION}", reading.vread, "vread"),
    Route("POST", f"{TYPE}/{NAME}/$validate", writing.check),
    Route("GET", f"{TYPE}/{NAME}/$everything", everything.everything, of="Patient"),
    Route("POST", f"{TYPE}/{NAME}/$everything", everything.everything, of="Patient"),
    Route("GET", f"{TYPE}/{NAME}/$document", documents.document, of="Composition"),
    Route("POST", f"{TYPE}/{NAME}/$document", documents.document, of="Composition"),
    Route("GET", f"{TYPE}/{NAME}/{TYPE}", everything.in_record, of="Patient"),
    Route("POST", f"{TYPE}/{NAME}/{TYPE}/_search", everything.in_record_by_form, of="Patient"),
    Route("GET", f"{TYPE}/$lastn", last.last, of="Observation"),
    Route("POST", f"{TYPE}/$lastn", last.last, of="Observation"),
    *(
        Route(method, f"{TYPE}/{name}{operation}", work, of=of)
        for of, operation, work in (
            ("CodeSystem", "$lookup", terms.lookup),
            ("CodeSystem", "$validate-code", terms.validate_code),
            ("CodeSystem", "$subsumes", terms.subsumes),
            ("ValueSet", "$expand", terms.expand),
            ("ValueSet", "$validate-code", terms.validate_in_set),
        )
        for name in ("", f"{NAME}/")
        for method in ("GET", "POST")
    ),
    Route("GET", "$export", bulk.export_all),
    Route("POST", "$export", bulk.export_all),
    Route("GET", f"{TYPE}/$export", bulk.export_patients, of="Patient"),
    Route("POST", f"{TYPE}/$export", bulk.export_patients, of="Patient"),
    Route("GET", f"{TYPE}/{NAME}/$export", bulk.export_group, of="Group"),
    Route("POST", f"{TYPE}/{NAME}/$export", bulk.export_group, of="Group"),
    Route("GET", f"{bulk.STATUS}/{NAME}", bulk.status),
    Route("DELETE", f"{bulk.STATUS}/{NAME}", bulk.cancel),
    Route("GET", f"{bulk.FILE}/{NAME}/{VERSION}", bulk.file),
    Route("POST", "$import", imports.begin_import),
    Route("GET", f"{imports.STATUS}/{NAME}", imports.import_status),
    Route("POST", f"{imports.STATUS}/{NAME}", imports.write_import),
    Route("DELETE", f"{imports.STATUS}/{NAME}", imports.cancel_import),
)

_BY_PATH: dict[tuple[str, ...], list[Route]] = {}
for _route in ROUTES:
    _BY_PATH.setdefault(tuple(_route.path.split("/")) if _route.path else (), []).append(_route)


def found(asked: Asked) -> tuple[Work, dict[str, Any]]:
    """The work that this request asks for, and what its address gives it."""
    shape, given = _shape(asked.path)
    of = given.get("type", "")
    methods = {route.method: route for route in _BY_PATH.get(shape, ()) if route.of in ("", of)}
    if not methods:
        raise AddressUnknown
    route = methods.get("GET" if asked.method == "HEAD" else asked.method)
    if route is None:
        refused = MethodNotHere(method=asked.method[:10])
        refused.allow = ", ".join(sorted(methods))  # type: ignore[attr-defined]
        raise refused
    if "id" in given and not ID.fullmatch(given["id"]):
        raise IdMalformed
    scopes.check(asked, route, given)
    return route.work, given


def _shape(path: list[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """The address with its type, id and version taken out; of what an operation keeps, its id and which file."""
    if path and path[0].startswith("$"):
        given = dict(zip(("id", "version"), path[1:3], strict=False))
        return (path[0], *(f"{{{name}}}" for name in given), *path[3:]), given
    if not path or not is_resource(path[0]):
        return tuple(path), {}
    shape, given = [TYPE], {"type": path[0]}
    if len(path) > 1:
        if path[1].startswith(("_", "$")):
            shape.append(path[1])
        else:
            shape.append(NAME)
            given["id"] = path[1]
    if len(path) > 2 and is_resource(path[2]):
        shape.append(TYPE)
        given["inner"] = path[2]
        return (*shape, *path[3:]), given
    shape += path[2:3]
    if len(path) > 3:
        shape.append(VERSION if path[2] == "_history" else path[3])
        given["version"] = path[3]
    return (*shape, *path[4:]), given
