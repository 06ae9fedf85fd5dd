"""The ways by which readings come in, and the worker that calls people: what must be at work. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    HTTP = "HTTP", _("readings over HTTP")
    MQTT = "MQTT", _("readings over MQTT")
    WORKER = "WORKER", _("the worker, which calls people")


@dataclass(frozen=True)
class Process:
    """The nth of those that serve one way. Where there is but one, it is called as the way is."""

    way: Way
    nth: int = 1
    of: int = 1

    @property
    def name(self) -> str:
        return f"{self.way}-{self.nth}" if self.of > 1 else str(self.way)

    @property
    def all_names(self) -> list[str]:
        """Of all that serve the way now: other names are of processes that there are no more."""
        return [Process(self.way, nth, self.of).name for nth in range(1, self.of + 1)]


def way_of(name: str) -> Way:
    return Way(name.partition("-")[0])


def in_words(name: str) -> str:
    """Which process it is, as alarms say it."""
    nth, way = name.partition("-")[2], way_of(name).label
    return gettext("%(way)s, process %(nth)s") % {"way": way, "nth": nth} if nth else str(way)
