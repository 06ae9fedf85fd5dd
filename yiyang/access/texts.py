"""Text as it is kept: no control characters, not longer than its column."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

UNREADABLE = {"Cc", "Cs"}


class WordsTooLong(Refusal):
    message = _("This text is too long: {length} characters, at most {longest}. Shorten it.")
    status = 422


class WordsUnreadable(Refusal):
    message = _("This text contains characters that cannot be kept. Type it by hand instead of pasting it.")
    status = 422


def fit(table: type[models.Model], **values: Any) -> dict[str, Any]:
    """The values with each text checked against its column; everything else as it is."""
    return {name: _fit(table, name, value) for name, value in values.items()}


def _fit(table: type[models.Model], name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    column = table._meta.get_field(name)
    return line(value, name, getattr(column, "max_length", None) or 4000)


def line(text: str, field: str = "reason", longest: int = 200) -> str:
    """Blanks closed up (line breaks stay), nothing that cannot be read."""
    text = re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFC", text)).strip()
    if any(unicodedata.category(character) in UNREADABLE and character != "\n" for character in text):
        raise WordsUnreadable(field=field)
    if len(text) > longest:
        raise WordsTooLong(length=len(text), longest=longest, field=field)
    return text


def reason_of(text: str, longest: int = 200) -> str:
    """A reason that says something."""
    from .refusals import FieldNeeded

    text = line(text, "reason", longest)
    if not text:
        raise FieldNeeded(name=_("reason"), field="reason")
    return text
