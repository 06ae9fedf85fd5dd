"""`_typeFilter`: a search that the resources of a type must meet, judged by the resource itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.rest.asked import parameters
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import is_resource
from yiyang.records.r4.search import Condition, met, parse
from yiyang.records.r4.search.query import Part


class FilterUnfit(Refusal):
    message = _(
        "“{value}” cannot filter an export. Write a type and a search of it, such as “Observation?status=final”, "
        "without chains, “_has”, or parameters that only say how an answer is given."
    )
    status = 400


class Filters:
    """Of a type that has filters, what meets one of them is kept; of other types, all."""

    def __init__(self, told: Sequence[str]) -> None:
        self.of: dict[str, list[tuple[Part, ...]]] = {}
        for one in told:
            type, conditions = _read(one)
            self.of.setdefault(type, []).append(conditions)

    def kept(self, type: str, lines: str, number: int) -> tuple[str, int]:
        wanted = self.of.get(type)
        if wanted is None or not number:
            return lines, number
        at = now()
        fitting = []
        for line in lines.split("\n"):
            resource = bodies.decode(line.encode())
            if any(met(resource, conditions, at) for conditions in wanted):
                fitting.append(line)
        return "\n".join(fitting), len(fitting)


def _read(told: str) -> tuple[str, tuple[Part, ...]]:
    type, _mark, query = told.partition("?")
    if not is_resource(type) or not query:
        raise FilterUnfit(value=told[:80])
    conditions = parse(type, parameters(query), "strict").conditions
    if not conditions or not all(isinstance(one, Condition) for one in conditions):
        raise FilterUnfit(value=told[:80])
    return type, conditions
