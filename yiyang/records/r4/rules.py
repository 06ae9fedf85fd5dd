"""HL7's rules about whole elements (obs-6, pat-1 …): FHIRPath expressions of the definitions, compiled when first met.

Rules that every element has (ele-1, ext-1, dom-2 to dom-5, txt-1, ref-1) are part of the walk itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from yiyang.records.r4 import issues
from yiyang.records.r4.definitions import Constraint, Element, structure
from yiyang.records.r4.fhirpath import Expression, FhirPathError, Node, path
from yiyang.records.r4.rule_words import WORDS

if TYPE_CHECKING:
    from yiyang.records.r4.scope import Scope

Rule = Callable[[Any, Any, "Scope"], None]
PART_OF_THE_WALK = frozenset(
    ["ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "txt-1", "txt-2", "ref-1"]
)
# As HL7 corrected them later: `Boolean` is FHIRPath's own type, and a value of FHIR is none.
CORRECTED = {"que-7": "operator = 'exists' implies (answer is boolean)"}


def rules_of(name: str) -> tuple[Rule, ...]:
    """Of a type or a group of elements."""
    return tuple(_rule(one, name) for one in structure(name).constraints if one.key not in PART_OF_THE_WALK)


def rules_of_element(element: Element, kind: str) -> tuple[Rule, ...]:
    return tuple(_rule(one, kind) for one in element.constraints if one.key not in PART_OF_THE_WALK)


def _rule(constraint: Constraint, kind: str) -> Rule:
    compiled: Expression | None = None
    is_advice = constraint.severity != "error"
    words = WORDS.get(constraint.key, constraint.human)

    def check(found: Any, where: Any, scope: Scope) -> None:
        nonlocal compiled
        if not scope.checking.rules or (
            is_advice and (not scope.checking.advice or scope.inside is not None)
        ):
            return
        if not scope.checking.may_ask():
            return
        compiled = compiled or path(CORRECTED.get(constraint.key, constraint.path))
        if _is_broken(compiled, Node(found, kind), scope):
            severity = "warning" if is_advice else "error"
            scope.checking.say(
                where, "invariant", issues.BROKEN_RULE, severity, key=constraint.key, rule=words
            )

    return check


def _is_broken(rule: Expression, node: Node, scope: Scope) -> bool:
    """Only a clear no counts: what cannot be compared (two units, two precisions) is let through."""
    try:
        found = rule.of(node, resource=scope.current, rootResource=scope.root, context=node)
    except FhirPathError:
        # The element is malformed, which was said where it stands.
        return False
    return len(found) == 1 and found[0].value is False
