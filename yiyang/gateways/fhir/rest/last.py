"""`Observation/$lastn`: the newest results of each code, of one person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest import operations, outcomes
from yiyang.gateways.fhir.rest.answers import Answer
from yiyang.gateways.fhir.rest.asked import Asked
from yiyang.gateways.fhir.rest.everything import bundle, entry
from yiyang.gateways.fhir.rest.reading import show
from yiyang.kernel.refusals import Refusal
from yiyang.records.queries.last import newest_of_each
from yiyang.records.r4.extracting import parameters as search_parameters
from yiyang.records.r4.search import parse

MOST = 100
PERSON = ("patient", "subject", "patient:Patient", "subject:Patient")


class PersonExpected(Refusal):
    message = _("Name the person whose results are wanted: “patient” or “subject”.")
    status = 400
    issue_code = "required"


def last(asked: Asked, type: str) -> Answer:
    parameters = operations.given(asked)
    known = {*search_parameters(type)}
    for name, _value in parameters:
        if name != "max" and name.partition(":")[0].partition(".")[0] not in known:
            operations.refuse_unknown(
                [(name, "")], ("max", "patient", "subject", "category", "code", "date", "…")
            )
    if not any(name in PERSON and value for name, value in parameters):
        raise PersonExpected
    asked_for = [one for one in parameters if one[0] != "max"]
    query = parse(type, asked_for, "strict", asked.base)
    newest = newest_of_each(asked.actor, query, _most(parameters), asked.base)
    show(asked, newest.found, "fhir.last")
    entries = [entry(asked, one, "match") for one in newest.found]
    if newest.looked_through:
        text = str(_("Only the newest {count} results were looked through.")).format(
            count=newest.looked_through
        )
        entries.append({"resource": outcomes.said(text, "warning"), "search": {"mode": "outcome"}})
    path = f"{asked.base}/{type}/$lastn"
    return bundle([{"relation": "self", "url": operations.address(path, parameters)}], entries)


def _most(parameters: list[tuple[str, str]]) -> int:
    given = next((value for name, value in parameters if name == "max"), "1")
    if not (given.isascii() and given.isdecimal() and 0 < int(given[:9]) <= MOST):
        raise operations.OperationParameterMalformed(name="max", value=given[:60], example=f"1–{MOST}")
    return int(given[:9])
