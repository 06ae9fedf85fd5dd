"""The ways by which readings come in, and the worker that calls people: what must be at work. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Way(models.TextChoices):
    HTTP = "HTTP", _("readings over HTTP")
    MQTT = "MQTT", _("readings over MQTT")
    WORKER = "WORKER", _("the worker, which calls people")


@dataclass(frozen=True)
class Process:
    """The nth of those that serve one way on one machine; of several machines each has its own.

    Where a machine has but one, it is called as the way is. The worker names no machine: whichever comes first does
    the work of a minute for all of them.
    """

    way: Way
    nth: int = 1
    of: int = 1
    machine: str = ""

    @property
    def name(self) -> str:
        own = f"{self.way}-{self.nth}" if self.of > 1 else str(self.way)
        return f"{own}@{self.machine}" if self.machine else own

    @property
    def all_names(self) -> list[str]:
        """Of all that serve the way on this machine: its other names are of processes that there are no more."""
        return [replace(self, nth=nth).name for nth in range(1, self.of + 1)]


def way_of(name: str) -> Way:
    return Way(re.split("[-@]", name)[0])


def in_words(name: str) -> str:
    """Which process it is, as alarms say it."""
    own, _, machine = name.partition("@")
    nth, words = own.partition("-")[2], str(way_of(own).label)
    if nth:
        words = gettext("%(way)s, process %(nth)s") % {"way": words, "nth": nth}
    return gettext("%(process)s (%(machine)s)") % {"process": words, "machine": machine} if machine else words
