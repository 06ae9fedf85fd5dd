"""The words of notices. Each context declares its own, so that they are shown in the reader's language."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yiyang.kernel import doers
from yiyang.kernel.words import shown

_TEXTS: dict[str, Any] = {}
_WORDS: dict[str, Any] = {}


def notice_text(subject: str, text: Any) -> None:
    """Declare how notices of this subject read; `{name}` stands for a parameter."""
    if _TEXTS.get(subject, text) != text:
        raise ValueError(f"two texts for the notice {subject}")
    _TEXTS[subject] = text


def notice_word(code: str, text: Any) -> None:
    """Declare how a code reads that stands for a parameter."""
    _WORDS[code] = text


def text_of(subject: str, params: dict[str, Any]) -> str:
    text = _TEXTS.get(subject)
    if text is None:
        return subject
    return str(text).format_map(_Known(params))


class _Known(dict[str, Any]):
    """Parameters as people read them: an instant in local time, an urgency in words, a dash for nothing."""

    def __missing__(self, key: str) -> str:
        return "—"

    def __getitem__(self, key: str) -> str:
        value = self.get(key)
        if value is None:
            return "—"
        if isinstance(value, dict):  # words that came in both languages
            return str(value.get((get_language() or "zh")[:2]) or value.get("zh") or "—")
        if isinstance(value, str) and INSTANT.match(value):
            return shown(datetime.fromisoformat(value))
        if value in _WORDS:
            return str(_WORDS[value])
        if value in URGENCY:
            return str(URGENCY[value])
        return doers.in_words(value) if isinstance(value, str) else str(value)


URGENCY = {"ROUTINE": _("routine"), "URGENT": _("urgent"), "EMERGENCY": _("emergency")}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


notice_text("access.contract_signed", _("The contract between {first} and {second} is signed."))
notice_text(
    "access.contract_to_sign", _("{other} has signed a contract with you. It waits for your signature.")
)
notice_text(
    "access.contract_suspended", _("The contract between {first} and {second} is suspended: {reason}")
)
notice_text("access.contract_ended", _("The contract between {first} and {second} has ended: {reason}"))
notice_text("access.licence_changed", _("Your licence {number} was changed: {reason}"))
notice_text("access.password_reset", _("An administrator has set a new password for you. Change it now."))
notice_text(
    "access.card_locked",
    _("Five wrong PINs were entered for the card of {name}. It opens nothing: a new one can be made."),
)
notice_text(
    "access.card_lost", _("The card of {name} was reported lost. It opens nothing: a new one can be made.")
)
notice_text(
    "access.own_card_locked",
    _(
        "Your card opens nothing any more, because a wrong PIN was entered five times. A counter makes a new one."
    ),
)
notice_text(
    "access.own_card_lost",
    _("Your card was reported lost and opens nothing any more. If this was not you, ask at a counter."),
)
notice_text(
    "access.sign_in_phone_locked",
    _(
        "20 wrong codes were entered for the telephone {phone} of {name}. It opens nothing until it is unlocked."
    ),
)
