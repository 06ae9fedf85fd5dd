"""One line and one list of a home page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.beds.queries.board import Somebody
from yiyang.kernel.components.telephones import dialled

LISTED = 30
OPEN_AT_FIRST = 8


@dataclass
class Row:
    """One line: about whom, what, since or by when, whom to telephone and where the call is recorded."""

    what: Any
    url: str = ""
    person: Any = None
    at: datetime | None = None
    until: datetime | None = None
    at_words: Any = ""
    until_words: Any = ""
    phone: str = ""
    phone_of: str = ""
    phoned: str = ""
    kind: str = ""
    tag: Any = ""
    who: Somebody | None = None

    @property
    def dial(self) -> str:
        return dialled(self.phone)


LATE = _("late")


@dataclass
class Listing:
    """One list of a home page with what it says when it is empty."""

    key: str
    title: Any
    empty: Any
    rows: list[Row] = field(default_factory=list)
    url: str = ""

    @property
    def first(self) -> list[Row]:
        return self.rows[:OPEN_AT_FIRST]

    @property
    def more(self) -> list[Row]:
        """Unfolded by one press, so that a long list does not push the next one off the page."""
        return self.rows[OPEN_AT_FIRST:]
