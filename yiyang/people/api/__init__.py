"""The JSON API of persons, and of who may see their records."""

from yiyang.people.api import (
    agreements,
    assistances,
    belongings,
    consents,
    coverage,
    disclosure,
    guardians,
    merging,
    persons,
    sight,
)

routes = [persons.routes, sight.routes, agreements.routes]

__all__ = [
    "assistances",
    "belongings",
    "consents",
    "coverage",
    "disclosure",
    "guardians",
    "merging",
    "routes",
]
