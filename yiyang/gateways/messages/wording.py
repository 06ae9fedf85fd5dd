"""All words that ever leave the platform: a closed set.

No text outside names a person, a diagnosis, a value, a unit or a kind of bed: whoever reads over a shoulder, and
whoever carries the message, learns that there is something to read, and nothing else. What may be filled in is
in FILLED, and is checked.
"""

from __future__ import annotations

import re
from datetime import datetime
from string import Formatter
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override


class Wording(models.TextChoices):
    CODE = "CODE", _("one-time code")
    NEWS = "NEWS", _("something to read")
    DECIDE_BY = "DECIDE_BY", _("something to decide")
    URGENT = "URGENT", _("something urgent")
    PLEASE_CALL = "PLEASE_CALL", _("please call")
    NUMBER_CHANGED = "NUMBER_CHANGED", _("another telephone signs in")


TEXTS: dict[str, Any] = {
    Wording.CODE: _("Your sign-in code is {code}, good for 5 minutes. Tell it to nobody."),
    Wording.NEWS: _("There is something new for you on Yiyang. Please sign in to read it."),
    Wording.DECIDE_BY: _("Something on Yiyang waits for your decision, until {time}. Please sign in."),
    Wording.URGENT: _("Something urgent waits for you on Yiyang. Please sign in as soon as you can."),
    Wording.PLEASE_CALL: _("Please call {phone} as soon as you can."),
    Wording.NUMBER_CHANGED: _(
        "This telephone no longer signs in to Yiyang; another one does. If this was not you, please call {phone}."
    ),
}
FILLED = {
    "code": re.compile(r"\d{6}"),
    "time": re.compile(r"\d{1,2}-\d{1,2} \d{2}:\d{2}"),
    "phone": re.compile(r"[\d+x-]{5,20}"),
}
# Which notices ask for a decision by a time; all others say that there is something, urgent or not.
DECISIONS = frozenset({"beds.hold_ending_family", "beds.hold_ending_own"})


class NotToBeSaidOutside(ValueError):
    """A text was to be filled with something else than a code, a time or a telephone number: a bug."""


def wording_of(subject: str, priority: str, due_at: datetime | None) -> tuple[Wording, dict[str, str]]:
    """How a notice is told outside: by its urgency and its deadline, never by what it is about."""
    if priority != "ROUTINE":
        return Wording.URGENT, {}
    if subject in DECISIONS and due_at:
        return Wording.DECIDE_BY, {"time": f"{timezone.localtime(due_at):%m-%d %H:%M}"}
    return Wording.NEWS, {}


def checked(wording: str, params: dict[str, str]) -> dict[str, str]:
    """Exactly what this text is filled with, each in its form."""
    wanted = {name for _, name, _, _ in Formatter().parse(str(TEXTS[wording])) if name}
    if set(params) != wanted:
        raise NotToBeSaidOutside(wording)
    for name, value in params.items():
        if not FILLED[name].fullmatch(value):
            raise NotToBeSaidOutside(f"{wording}: {name}")
    return params


def text_of(wording: str, params: dict[str, str], language: str) -> str:
    with override(language):
        return str(TEXTS[wording]).format(**checked(wording, params))
