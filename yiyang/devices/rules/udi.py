"""The unique device identification on a label: read as GS1 writes it, and only with a right check digit. Pure.

`(01)06901234567892(17)281130(21)S0417`: the number in brackets says what follows, 01 the article (GTIN-14), whose last
digit is counted from the others. Source: GS1 General Specifications, 3.2 (AI 01) and 7.9 (check digit).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ISSUER = "http://hl7.org/fhir/NamingSystem/gs1-di"
WHOLE = re.compile(r"\(01\)(\d{14})((?:\(\d{2,4}\)[^()]{1,90})*)")
PART = re.compile(r"\((\d{2,4})\)([^()]+)")
DATES = {"11", "17"}  # made, usable until: YYMMDD, where day 00 says no day
DATE = re.compile(r"\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
LONGEST = 120


class NotAnIdentification(ValueError):
    """What is wrong with it: SHAPE, CHECK_DIGIT or DATE."""


@dataclass(frozen=True)
class Udi:
    """`device` is the same for all devices of one model and packing."""

    device: str
    carrier: str


def read(text: str) -> Udi:
    """As it stands on the label, with brackets, or the article's fourteen digits after 01 alone."""
    found = "".join(text.split())
    if re.fullmatch(r"01\d{14}", found):
        found = f"(01){found[2:]}"
    whole = WHOLE.fullmatch(found)
    if whole is None or len(found) > LONGEST or not found.isascii() or not found.isprintable():
        raise NotAnIdentification("SHAPE")
    if not checks(whole[1]):
        raise NotAnIdentification("CHECK_DIGIT")
    if any(ai in DATES and not DATE.fullmatch(value) for ai, value in PART.findall(whole[2])):
        raise NotAnIdentification("DATE")
    return Udi(whole[1], found)


def checks(digits: str) -> bool:
    """From the right each second digit counts three times, the check digit once; together a multiple of ten."""
    return sum(int(one) * (3 if nth % 2 else 1) for nth, one in enumerate(reversed(digits))) % 10 == 0
