"""Codes and what they mean: those an operator loaded, those that came in as resources, ours and HL7's.

They are nobody's data. A system or set is looked for in this order: loaded, stored over /fhir, shipped, HL7's own.
"""

from yiyang.records.queries.terms.asking import (
    display,
    displays,
    expand,
    find,
    lookup,
    member,
    subsumes,
    validate,
)
from yiyang.records.queries.terms.sets import MOST, expansion, included, members, set_called, whole_system
from yiyang.records.queries.terms.systems import (
    Wanted,
    for_use,
    hl7_lists,
    loaded_list,
    loaded_lists,
    shipped_lists,
    system_called,
)
