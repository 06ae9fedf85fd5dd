"""Free text of one line: addresses, reasons, notes."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

LINES = {
    "difference_reason": 200,
    "registered_area": 12,
    "registered_address": 200,
    "residence_area": 12,
    "residence_address": 200,
    "residence_floor": 20,
    "key_holder": 120,
    "languages": 120,
    "form_of_address": 40,
}


class TextTooLong(Refusal):
    message = _("This text is too long: {length} characters, at most {longest}. Shorten it.")
    status = 422


class TextUnreadable(Refusal):
    message = _("This text contains characters that cannot be kept. Type it by hand instead of pasting it.")
    status = 422


class ReasonMissing(Refusal):
    message = _("Give a reason in a few words; it is kept and shown.")
    status = 422


class AreaMalformed(Refusal):
    message = _(
        "“{given}” is not an area code: 6 digits for a district, 9 for a sub-district, 12 for a community."
    )
    status = 422


def line(text: str, field: str, longest: int | None = None) -> str:
    """One line as it is kept: blanks closed up, no control characters, not longer than its field."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in text):
        raise TextUnreadable(field=field)
    longest = longest or LINES.get(field, 200)
    if len(text) > longest:
        raise TextTooLong(length=len(text), longest=longest, field=field)
    if field.endswith("_area") and text and not re.fullmatch(r"\d{6}(\d{3}){0,2}", text):
        raise AreaMalformed(given=text, field=field)
    return text


def reason(text: str) -> str:
    """A reason that says something."""
    text = line(text, "reason")
    if len(text) < 2:
        raise ReasonMissing(field="reason")
    return text
