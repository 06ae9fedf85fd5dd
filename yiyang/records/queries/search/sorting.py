"""By which text results are sorted that are asked for by a code, a reference or an address: it is read from the resource.

The index holds such values as keys alone, which have no order. So the least value of a resource (the greatest where the
order is descending) is read along the routes of the search parameter; rows that many are refused when time is up.
"""

from __future__ import annotations

from collections.abc import Iterator

from yiyang.records.queries.search.conditions import Where
from yiyang.records.r4.extracting import parameters
from yiyang.records.r4.extracting.compiling import Equals, LeadsTo, Route, Step

BY_TEXT = ("token", "reference", "uri")
WITHIN = {
    "CodeableConcept": ("coding", "code"),
    "Coding": ("code",),
    "Identifier": ("value",),
    "ContactPoint": ("value",),
    "Quantity": ("code",),
    "Money": ("currency",),
    "Reference": ("reference",),
    "Attachment": ("url",),
    "Resource": ("id",),
}
"""What of a value is compared; of a plain one, itself."""
# The one parameter of R4 that is no value but a yes or no.
DECEASED = """CASE WHEN b.body::json -> 'deceasedDateTime' IS NOT NULL OR b.body::json ->> 'deceasedBoolean' = 'true'
    THEN 'true' ELSE 'false' END"""
OF_RESOURCE = """(SELECT {most}(said COLLATE "C") FROM records_resource b CROSS JOIN LATERAL ({found}) v (said)
    WHERE b.person_id = i.person_id AND b.kind = i.kind AND b.id = i.id)"""


def text_of(of: str, parameter: str, descending: bool, where: Where) -> str:
    """The text of the row `i` by which it is sorted; null where the resource has none."""
    reading = parameters(of)[parameter].reading
    if reading.truth is not None:
        found = f"SELECT {DECEASED}"
    else:
        found = " UNION ALL ".join(_values(route, where) for route in reading.routes)
    return OF_RESOURCE.format(most="max" if descending else "min", found=found)


def _values(route: Route, where: Where) -> str:
    steps = [*route.steps, *(Step(key) for key in WITHIN.get(route.type, ()))]
    tables, conditions = ["(SELECT b.body::json) s0 (j)"], list[str]()
    for number, step in enumerate(steps, 1):
        below = f"s{number - 1}.j -> {where.name(step.key)}::text"
        tables.append(
            f"""LATERAL json_array_elements(CASE WHEN json_typeof({below}) = 'array' THEN {below}
                WHEN {below} IS NOT NULL THEN json_build_array({below}) END) WITH ORDINALITY s{number} (j, place)"""
        )
        conditions += _conditions(step, f"s{number}", where)
    said = f"s{len(steps)}.j #>> '{{}}'"
    if route.type == "ContactPoint":
        said = f"lower({said})"
    return f"SELECT {said} FROM {', '.join(tables)} WHERE {' AND '.join(conditions) or 'true'}"


def _conditions(step: Step, name: str, where: Where) -> Iterator[str]:
    if step.place is not None:
        yield f"{name}.place = {step.place + 1}"
    if isinstance(step.test, Equals):
        yield f"{name}.j ->> {where.name(step.test.field)}::text = {where.name(step.test.text)}::text"
    if isinstance(step.test, LeadsTo):
        text = f"{name}.j ->> 'reference'"
        yield f"({text} ~ {where.name(rf'(^|/){step.test.type}/')}::text OR {name}.j ->> 'type' = {where.name(step.test.type)}::text)"
