"""Where a reference leads, as far as the resource itself shows it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from yiyang.records.r4 import definitions, issues

if TYPE_CHECKING:
    from yiyang.records.r4.scope import Scope

LOCAL = re.compile(r"([A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#[^\s]+)?")
CONDITIONAL = re.compile(r"([A-Za-z]+)\?.+")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
LAST_TWO = re.compile(r".*/([A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#[^\s]+)?")


def type_led_to(reference: str, contained: dict[str, str]) -> str | None:
    """The type of what a reference leads to: empty when it does not show, None when it is no reference."""
    if reference.startswith("#"):
        return contained.get(reference[1:], "")
    if ABSOLUTE.match(reference):
        last = LAST_TWO.fullmatch(reference)
        return last[1] if last and definitions.is_resource(last[1]) else ""
    local = LOCAL.fullmatch(reference) or CONDITIONAL.fullmatch(reference)
    return local[1] if local and definitions.is_resource(local[1]) else None


def check_reference(
    found: dict[str, Any], targets: frozenset[str], strict: bool, where: Any, scope: Scope
) -> None:
    """`strict`: a wrong type of target is a fault; else it is advice."""
    say = scope.checking.say
    reference, named = found.get("reference"), found.get("type")
    named = named if isinstance(named, str) and definitions.is_resource(named) else ""
    leads: str | None = ""
    if isinstance(reference, str) and reference:
        leads = type_led_to(reference, scope.contained)
        if leads is None:
            say(where, "value", issues.NOT_A_REFERENCE, value=reference[:60])
        if reference[0] == "#":
            scope.refer(reference)
            if len(reference) > 1 and reference[1:] not in scope.contained:
                say(where, "invariant", issues.NOT_CONTAINED, id=reference[1:61])
    if named and leads and named != leads:
        say(where, "value", issues.TYPE_DIFFERS, found=named, leads=leads)
    kind = leads or named
    if kind and targets and kind not in targets:
        tell = say if strict else scope.checking.advise
        tell(where, "structure", issues.WRONG_TARGET, found=kind, allowed=", ".join(sorted(targets)))
