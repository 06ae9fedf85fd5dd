"""Whether a resource is FHIR R4 (4.0.1): everything that is wrong is said at once, each with its place."""

from __future__ import annotations

from typing import Any, Literal

from yiyang.records.r4 import issues
from yiyang.records.r4.checking import check_resource
from yiyang.records.r4.issues import Issue
from yiyang.records.r4.scope import Checking

__all__ = ["Issue", "Level", "validate"]
MOST_ISSUES = 500
Level = Literal["none", "structure", "full", "all"]


def validate(resource: dict[str, Any], level: Level = "full") -> list[Issue]:
    """Empty when nothing is wrong.

    `structure` is elements, cardinality, types, codes and references; `full` adds HL7's rules that are errors;
    `all` adds those that are advice, as warnings.
    """
    if level == "none":
        return []
    checking = Checking(rules=level != "structure", advice=level == "all")
    check_resource(resource, checking)
    found = checking.issues
    if len(found) > MOST_ISSUES:
        more = Issue("error", "too-long", found[0].expression, issues.TOO_MANY_ISSUES, {"count": MOST_ISSUES})
        return [*found[:MOST_ISSUES], more]
    return found
