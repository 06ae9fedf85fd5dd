"""A Composition with everything that it leads to, as far as the actor may read it."""

from __future__ import annotations

from yiyang.kernel.actors import Actor
from yiyang.records.queries.resources import resource
from yiyang.records.queries.search.including import by_address
from yiyang.records.queries.search.running import in_time
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.extracting import own_references
from yiyang.records.stored import Stored

MOST = 1000


def document(actor: Actor, composition: str, base: str = "") -> list[Stored]:
    """The Composition first, then what it refers to in the order in which it does, then what these refer to.

    The same for the same record, whoever asks again. It ends with so many resources.
    """
    with in_time():
        found = {("Composition", composition): resource(actor, "Composition", composition)}
        new = list(found.values())
        while new and len(found) <= MOST:
            wanted = [one for one in _named(new, base) if one not in found]
            known = {(one.type, one.id): one for one in by_address(actor, wanted)}
            new = [known[one] for one in wanted if one in known]
            found |= {(one.type, one.id): one for one in new}
    return list(found.values())[: MOST + 1]


def _named(resources: list[Stored], base: str) -> list[tuple[str, str]]:
    """Type and id of all that these refer to, each once, in the order of the text."""
    named: dict[tuple[str, str], None] = {}
    for one in resources:
        for target in own_references(bodies.decode(one.body.encode()), base):
            of, id = target.split("/")[:2]
            named[of, id] = None
    return list(named)
