"""What a consent is made of: how it was given, what is narrower than what, who may witness.

Source: Personal Information Protection Law art. 14 (informed, voluntary, explicit), 15 (withdrawn as easily as given),
16 (nothing is refused because of it), 17 (what is told beforehand), 23 and 29 (separate consent for another recipient
and for health data).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WITNESSES = 2
CARE = "CARE"


class Way(models.TextChoices):
    """How somebody agreed."""

    OWN = "OWN", pgettext_lazy("consent", "in their own account")
    SIGNED = "SIGNED", pgettext_lazy("consent", "signed on paper")
    THUMB_PRINT = "THUMB_PRINT", pgettext_lazy("consent", "thumb print on paper, before two witnesses")
    SPOKEN = "SPOKEN", pgettext_lazy("consent", "said aloud, before two witnesses")


WITNESSED = (Way.THUMB_PRINT, Way.SPOKEN)


class Lasting(models.TextChoices):
    """For how long, in words that people use."""

    THREE_MONTHS = "THREE_MONTHS", pgettext_lazy("consent", "three months")
    ONE_YEAR = "ONE_YEAR", pgettext_lazy("consent", "one year")
    THREE_YEARS = "THREE_YEARS", pgettext_lazy("consent", "three years")
    OPEN = "OPEN", pgettext_lazy("consent", "until it is withdrawn")
    CHOSEN = "CHOSEN", pgettext_lazy("consent", "from one day to another")


DAYS = {Lasting.THREE_MONTHS: 92, Lasting.ONE_YEAR: 365, Lasting.THREE_YEARS: 3 * 365}


def lasts(lasting: str, at: datetime) -> datetime | None:
    """When it ends that begins now and lasts so long; None where it has no end."""
    days = DAYS.get(Lasting(lasting))
    return at + timedelta(days=days) if days else None


class Width(models.TextChoices):
    """How much of the record, as people are asked for it."""

    SOME = "SOME", _("Only some kinds of data, which I choose")
    FULL = "FULL", _("Everything in the record")
    MOVE = "MOVE", _("What a move to another place needs")
    BASIC = "BASIC", _("Only name, age and address")


@dataclass(frozen=True)
class Terms:
    """What is opened, and until when. `kinds` None: all that the scope opens."""

    scope: str
    kinds: frozenset[str] | None = None
    labels: frozenset[str] = frozenset()
    expires_at: datetime | None = None
    purposes: frozenset[str] = frozenset((CARE,))

    def within(self, other: Terms) -> bool:
        """Whether these open nothing that the other terms keep closed."""
        return (
            _scope_within(self, other)
            and self.labels <= other.labels
            and self.purposes <= other.purposes
            and (
                other.expires_at is None
                or (self.expires_at is not None and self.expires_at <= other.expires_at)
            )
        )


def _scope_within(new: Terms, old: Terms) -> bool:
    """Kinds of clinical data lie within the whole record alone; what a move needs holds none of them in full."""
    if new.kinds:
        return (old.kinds is not None and new.kinds <= old.kinds) or (
            old.scope == "FULL" and old.kinds is None
        )
    if old.kinds is not None:
        return new.scope == "BASIC"
    return ORDER.index(new.scope) <= ORDER.index(old.scope)


ORDER = ("BASIC", "MOVE", "FULL")


@dataclass(frozen=True)
class Witness:
    """Who was there when it was read aloud, and who they are to the person."""

    name: str
    relation: str


def witnesses(given: Iterable[Sequence[str]]) -> list[Witness]:
    return [Witness(*one) for one in given]


def enough(found: Sequence[Witness], *, excluded: Iterable[str]) -> bool:
    """Two different people who say who they are, neither the person nor whoever reads it out or writes it down."""
    names = {_plain(one.name) for one in found}
    barred = {_plain(name) for name in excluded} - {""}
    said = all(len(_plain(one.name)) > 1 and len(_plain(one.relation)) > 1 for one in found)
    return said and len(names) == len(found) >= WITNESSES and not names & barred


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
