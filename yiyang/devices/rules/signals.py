"""Raw signals, by the names under which they are told: an ECG, an acceleration. Pure."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def name_of(code: str) -> Any:
    """In words: the kind of signal, and its lead as the device names it."""
    upper = code.upper()
    if upper.startswith("ACCELERATION"):
        return pgettext_lazy("signal", "Movement (acceleration)")
    if upper == "ECG":
        return pgettext_lazy("signal", "ECG")
    if upper.startswith("ECG"):
        return f"{pgettext_lazy('signal', 'ECG')} {code[3:].lstrip('_- ')}"
    return code or _("Signal")
