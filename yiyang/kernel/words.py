"""How values are shown inside sentences, in the user's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def shown(value: Any) -> str:
    """A value as people read it: local time to the minute, a dash for what is not known."""
    if value is None or value == "":
        return _("not known")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return date_format(value, "Y-m-d")
    return str(value)


def listed(words: Iterable[Any]) -> str:
    """Words beside each other; what is empty is left out."""
    return pgettext("between words of a list", ", ").join(said for one in words if (said := str(one)))
