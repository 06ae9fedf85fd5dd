"""Telephone numbers."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal


class PhoneMalformed(Refusal):
    message = _(
        "This is not a telephone number. Enter 11 digits, or an area code and number such as 021-62530000."
    )
    status = 422


PATTERNS = (
    re.compile(r"1[3-9]\d{9}$"),
    re.compile(r"0\d{2,3}[2-9]\d{6,7}(?:x\d{1,6})?$"),
    re.compile(r"[2-9]\d{6,7}$"),
    re.compile(r"[48]00\d{7}$"),
    re.compile(r"\+[1-9]\d{6,14}$"),
)


def phone(text: str) -> str:
    """A telephone number as it is kept: digits alone, +86 dropped, an extension behind x."""
    number = unicodedata.normalize("NFKC", text).strip().lower()
    number = re.sub(r"(?:转|分机|ext\.?|#)", "x", number)
    number = re.sub(r"[\s\-–—()./]", "", number)
    number = re.sub(r"^(?:\+|00)86", "", number)
    if not any(pattern.match(number) for pattern in PATTERNS):
        raise PhoneMalformed
    return number


def masked_phone(number: str) -> str:
    """First three and last four digits, as on a parcel."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 10 else f"****{number[-4:]}"
