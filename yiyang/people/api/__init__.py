"""The JSON API of persons, and of who may see their records."""

from yiyang.people.api import belongings, consents, disclosure, merging, persons, sight

routes = [persons.routes, sight.routes]

__all__ = ["belongings", "consents", "disclosure", "merging", "routes"]
