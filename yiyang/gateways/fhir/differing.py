"""What came in before and says something else now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from yiyang.gateways.fhir.named import name_of
from yiyang.gateways.fhir.told import told
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.records.bundles import Step, rewritten
from yiyang.records.queries.resources import bodies_of
from yiyang.records.r4 import body as bodies

if TYPE_CHECKING:
    from yiyang.gateways.fhir.keeping import Kept


def find(by: Actor, steps: list[Step], kept: Kept, *, update: bool) -> None:
    """Make a change of each that differs; or name it, and leave it as it is here."""
    addresses = {step.full_url.encode(): f"{step.type}/{step.id}".encode() for step in steps if step.full_url}
    there = bodies_of(SYSTEM, [(step.type, step.id) for step in steps if step.known])
    for step in steps:
        held = there.get((step.type, step.id)) if step.known else None
        if held is None or _told(bodies.decode(held.encode())) == _told(
            bodies.decode(rewritten(step.raw, addresses, step.full_url))
        ):
            continue
        if update and step.type != "Patient":
            step.known, step.method = False, "PUT"
        else:
            why = told(lambda: _("It came in before and says something else now; it stays as it is here."))
            kept.noted.append((name_of(step), why))


def _told(resource: dict[str, Any]) -> dict[str, Any]:
    """Without what each server sets itself."""
    meta = resource.get("meta")
    own = (
        {name: value for name, value in meta.items() if name not in ("versionId", "lastUpdated")}
        if meta
        else {}
    )
    return {name: value for name, value in resource.items() if name not in ("id", "meta")} | {"meta": own}
