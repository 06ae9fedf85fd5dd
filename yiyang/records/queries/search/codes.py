"""Conditions that name codes by a value set, or by what is above and below a code: the codes themselves in their place."""

from __future__ import annotations

from dataclasses import replace

from yiyang.records.queries import terms
from yiyang.records.r4.search.query import Chain, Condition, Has, Part, Query, Wanted, WantedSet, WantedToken
from yiyang.records.r4.search.refusals import CodesNotLoaded, SearchTooLarge, SystemNotLoaded
from yiyang.records.terms.refusals import CodeSystemUnknown, ExpansionTooLarge, ValueSetUnknown

MOST = 5000
HIERARCHICAL = ("below", "above")


def named(query: Query) -> Query:
    """The same search with all its codes."""
    parts = tuple(_part(one) for one in query.conditions)
    return query if parts == query.conditions else replace(query, conditions=parts)


def _part(part: Part) -> Part:
    if isinstance(part, Chain):
        return replace(part, targets=tuple((of, _part(one)) for of, one in part.targets))
    if isinstance(part, Has):
        return replace(part, condition=_part(part.condition))
    if part.type == "token" and part.modifier in HIERARCHICAL:
        return replace(
            part, wanted=_bounded(part, [each for one in part.wanted for each in _around(part, one)])
        )
    if any(isinstance(one, WantedSet) for one in part.wanted):
        return replace(
            part, wanted=_bounded(part, [each for one in part.wanted for each in _members(part, one)])
        )
    return part


def _bounded(part: Condition, wanted: list[Wanted]) -> tuple[Wanted, ...]:
    if len(wanted) > MOST:
        raise SearchTooLarge(parameter=part.parameter, most=MOST)
    return tuple(dict.fromkeys(wanted))


def _members(part: Condition, one: Wanted) -> list[Wanted]:
    if not isinstance(one, WantedSet):
        return [one]
    try:
        found = terms.set_called(one.url)
        if system := terms.whole_system(found):
            return [WantedToken(system, None)]
        codes = terms.included(found, most=MOST)
    except ExpansionTooLarge:
        raise SearchTooLarge(parameter=part.parameter, most=MOST) from None
    except (ValueSetUnknown, CodeSystemUnknown):
        raise CodesNotLoaded(parameter=part.parameter, value=one.url) from None
    return [WantedToken(system, code) for system, code in codes] or [NOTHING]


def _around(part: Condition, one: Wanted) -> list[Wanted]:
    """A code with all below it, or with all above it."""
    if not isinstance(one, WantedToken) or not one.system or not one.code:
        return [one]
    system = terms.system_called(one.system)
    if system is None:
        raise SystemNotLoaded(parameter=part.parameter, value=one.system)
    if part.modifier == "above":
        known = system.get([one.code])
        codes = [one.code, *(known[one.code].above if known else ())]
    else:
        below = system.select(terms.Wanted(below=(one.code,), with_itself=False), MOST)
        codes = [one.code, *(each.code for each in below)]
    return [WantedToken(one.system, code) for code in codes]


NOTHING = WantedToken("urn:yiyang:nothing", "\x7f")
"""What no resource has: an empty set has no codes."""
