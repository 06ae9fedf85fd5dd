"""What came in and refers to what is not here: kept, and named. What belongs to a person only by such a reference would
belong to nobody, and be open to everybody: it is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.gateways.fhir.named import name_of
from yiyang.gateways.fhir.told import Line, told
from yiyang.records.bundles import Step
from yiyang.records.commands.owners import Key, references
from yiyang.records.queries import outside
from yiyang.records.queries.addresses import there
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import compartment
from yiyang.records.r4.extracting import person_references

MOST = 200
OWNERLESS = _("It refers to {references}, which is not here: whose it is cannot be known.")
DANGLING = _("It refers to {references}, which is not here.")


def lost(steps: Sequence[Step]) -> dict[int, list[Key]]:
    """What each step refers to that is neither here nor sent beside it."""
    named = {step.number: set(references(bodies.decode(step.raw))) for step in steps if not step.known}
    every = {key for one in named.values() for key in one} - {(step.type, step.id) for step in steps}
    missing = outside.missing(sorted(every - there(every)))
    return {number: sorted(one & missing) for number, one in named.items() if one & missing}


def without_ownerless(steps: list[Step], refused: list[Line]) -> list[Step]:
    personal = compartment()
    found = lost(steps)
    ownerless = {
        step.number
        for step in steps
        if any(of in personal for of, _id in found.get(step.number, ()))
        and not person_references(bodies.decode(step.raw))
        and b'"urn:' not in step.raw
    }
    for step in steps:
        if step.number in ownerless:
            refused.append((name_of(step), told(partial(_said, OWNERLESS, found[step.number]))))
    return [step for step in steps if step.number not in ownerless]


def note(steps: list[Step], into: list[Line]) -> None:
    for number, keys in lost(steps).items():
        if len(into) < MOST:
            step = next(one for one in steps if one.number == number)
            into.append((name_of(step), told(partial(_said, DANGLING, keys))))


def _said(why: Any, keys: Sequence[Key]) -> str:
    return str(why).format(references=", ".join("/".join(key) for key in keys[:5]))
