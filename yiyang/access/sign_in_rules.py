"""Pure rules of how elders and families sign in: numbers, codes, cards and PINs."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from django.db import models
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

CODE_DIGITS, CODE_MINUTES, CODE_TRIES = 6, 5, 5
TRIES_BEFORE_LOCK, TRIES_WITHIN_HOURS = 20, 24
CARD_DIGITS, PIN_DIGITS, PIN_TRIES = 12, 6, 5
MOBILE = re.compile(r"1[3-9]\d{9}")


class IdentityCheck(models.TextChoices):
    ID_CARD = "ID_CARD", _("Resident identity card, compared with the face")
    SOCIAL_CARD = "SOCIAL_CARD", _("Social security card, compared with the face")
    KNOWN = "KNOWN", _("Known to me in person, for example a resident of this unit")
    VIDEO = "VIDEO", _("By video, with the identity card held up")


class MobileNumberNeeded(Refusal):
    message = _("This is not a mobile number. Enter the 11 digits of a mobile number of the mainland.")
    status = 422


class PinTooSimple(Refusal):
    message = _(
        "This PIN is too easy to guess. Choose six digits that are not a row, a repetition or the number."
    )
    status = 422


def digits(text: str) -> str:
    """The digits of what was typed, as half-width signs."""
    return re.sub(r"\D", "", unicodedata.normalize("NFKC", text))


def mobile_number(text: str) -> str:
    """A mobile number of the mainland as it is kept; codes can be sent to no other."""
    number = re.sub(r"[\s\-–—()]", "", unicodedata.normalize("NFKC", text))
    number = re.sub(r"^(?:\+|00)86", "", number)
    if not MOBILE.fullmatch(number):
        raise MobileNumberNeeded(field="phone")
    return number


def card_number(first: str) -> str:
    """Eleven digits and a check digit, so that one wrong digit is told apart from a wrong card."""
    return first + str(-_luhn(first + "0") % 10)


def is_card_number(number: str) -> bool:
    return len(number) == CARD_DIGITS and number.isdigit() and _luhn(number) % 10 == 0


def _luhn(number: str) -> int:
    total = 0
    for place, sign in enumerate(reversed(number)):
        value = int(sign) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


def grouped(number: str) -> str:
    """In fours, as people read them aloud."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def chosen_pin(text: str, *known: str) -> str:
    """Six digits that nobody guesses first; not part of a number that others know."""
    pin = digits(text)
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    simple = len(pin) != PIN_DIGITS or len(set(pin)) < 3 or steps in ({1}, {9})
    if simple or any(pin in digits(other) for other in known if other):
        raise PinTooSimple(field="pin")
    return pin
