"""Conditions on other resources: chains and `_has`. Each is answered first, for so many resources at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import Refusal
from yiyang.records.queries import outside
from yiyang.records.queries.search.conditions import Scene, Where, has_token
from yiyang.records.queries.search.persons import same
from yiyang.records.queries.search.plans import every
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.extracting import keys, parameters, values
from yiyang.records.r4.extracting.values import Referred
from yiyang.records.r4.search.query import Chain, Condition, Has, Part, Query, WantedReference
from yiyang.records.stored import Stored

MOST = 1000


class SearchChainTooWide(Refusal):
    message = _("The chain “{parameter}” leads over more than {most} resources. Narrow its condition.")
    status = 400


Read = Callable[[Query, int], list[Stored]]
"""Reads the results of a query, so many at most."""


@dataclass(frozen=True)
class Leading:
    """Who asks, and how the resources at the other end are read."""

    actor: Actor
    read: Read
    base: str

    def add(self, where: Where, parts: Sequence[Part], scene: Scene) -> None:
        for part in parts:
            if isinstance(part, Chain):
                ends = self._ends(part)
                found = [keys.reference(name, one) for name in scene.names(part.parameter) for one in ends]
                where.tokens.append(tuple(found))
                where.add(has_token(where, found))
            elif isinstance(part, Has):
                where.add(f"i.id = ANY({where.name(self.referred(part, scene.types))}::text[])")

    def as_reference(self, part: Chain) -> Condition:
        """A chain as the plain reference to whatever it leads to, for resources outside of the store."""
        return Condition(part.parameter, "reference", "", (WantedReference(tuple(self._ends(part))),))

    def _ends(self, part: Chain) -> list[str]:
        """The resources at the other end of a chain that meet its condition, as far as the actor may see them."""
        found: list[str] = []
        for of, condition in part.targets:
            ids = [one.id for one in self.read(Query((of,), (condition,)), MOST + 1)]
            ids += [one.id for one in self._shown(of, condition)]
            found += [f"{of}/{id}" for id in dict.fromkeys(ids)]
        if len(found) > MOST:
            raise SearchChainTooWide(parameter=part.parameter, most=MOST)
        patients = [one.removeprefix("Patient/") for one in found if one.startswith("Patient/")]
        return every(found, same(patients))

    def referred(self, part: Has, types: Sequence[str]) -> list[str]:
        """The ids to which resources of the other type refer that meet the condition."""
        sources = self.read(Query((part.type,), (part.condition,)), MOST + 1)
        sources = [*sources, *self._shown(part.type, part.condition)]
        if len(sources) > MOST:
            raise SearchChainTooWide(parameter=f"_has:{part.type}:{part.reference}", most=MOST)
        found = references(sources, part.type, part.reference, self.base)
        ids = sorted({id for of, id in found if of in types})
        if "Patient" not in types:
            return ids
        return sorted({*ids, *(one for behind in same(ids).values() for one in behind.patients)})

    def _shown(self, of: str, part: Part) -> list[Stored]:
        """Those outside of the store that meet a condition, which may lead on."""
        if of not in outside.TYPES:
            return []
        if isinstance(part, Has):
            return outside.fetch(self.actor, of, self.referred(part, (of,)))
        met = self.as_reference(part) if isinstance(part, Chain) else part
        return outside.some(self.actor, of, [met], MOST + 1)


def references(sources: Iterable[Stored], of: str, parameter: str, base: str) -> set[tuple[str, str]]:
    """Type and id of all that resources of a type refer to by one parameter."""
    found = set()
    for source in sources:
        for value in values(parameters(of)[parameter], bodies.decode(source.body.encode()), base):
            to = value.target if isinstance(value, Referred) else None
            if to is not None and to.type and not to.address:
                found.add((to.type, to.id))
    return found
