"""Raw signals: which are taken, by our name, by LOINC or by a code of ISO/IEEE 11073-10101, and their words. Pure."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .quantities import Quantity, Shape


def _signal(name: str, loinc: str = "", mdc: str = "") -> Quantity:
    return Quantity(0, name, name, Shape.SIGNAL, loinc, mdc=mdc)


OTHER_LEAD = re.compile(r"ECG_[A-Z][A-Z0-9]{0,9}")  # modified leads, as recorders name them: ECG_MLII
LEADS = (
    ("I", 131329), ("II", 131330), ("III", 131389), ("AVR", 131390), ("AVL", 131391), ("AVF", 131392),
    *((f"V{number}", 131330 + number) for number in range(1, 7)),
)  # fmt: skip
SIGNALS = (
    _signal("ECG", "11524-6", "131328"),
    *(_signal(f"ECG_{lead}", mdc=str(code)) for lead, code in LEADS),
    _signal("PLETH", mdc="150452"),
    _signal("BREATHING_EFFORT", mdc="151556"),
    _signal("ACCELERATION"),
    *(_signal(f"ACCELERATION_{axis}") for axis in "XYZ"),
)
_KNOWN = {code: one.name for one in SIGNALS for code in (one.name, one.loinc, one.mdc) if code}


def signal_named(code: str) -> str | None:
    """Our name of a signal; None where it is not known here."""
    name = code.strip().upper()
    return _KNOWN.get(name) or (name if OTHER_LEAD.fullmatch(name) else None)


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
