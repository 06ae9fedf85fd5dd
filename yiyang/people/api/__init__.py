"""The JSON API of persons."""

from yiyang.people.api import belongings
from yiyang.people.api.persons import routes

__all__ = ["belongings", "routes"]
