"""Identity documents: what their numbers say and when they are wrong.

Sources: GB 11643-1999 (citizen identification number, weights and check digit); the residence permit of
Hong Kong, Macao and Taiwan residents and the foreigners' permanent residence card of 2023 follow the same
structure; the older card ends in a check digit of its own (weights 7 3 1), which is not verified here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"


class DocumentKind(models.TextChoices):
    RESIDENT_ID = "RESIDENT_ID", _("Resident identity card")
    HOUSEHOLD_REGISTER = "HOUSEHOLD_REGISTER", _("Household register only")
    HMT_RESIDENCE_PERMIT = (
        "HMT_RESIDENCE_PERMIT",
        _("Residence permit for Hong Kong, Macao and Taiwan residents"),
    )
    PERMANENT_RESIDENCE = "PERMANENT_RESIDENCE", _("Foreigner's permanent residence card")
    PASSPORT = "PASSPORT", _("Passport")
    HEALTH_RECORD_CODE = "HEALTH_RECORD_CODE", _("Health-record code")


class Sex(models.TextChoices):
    MALE = "MALE", _("Male")
    FEMALE = "FEMALE", _("Female")
    UNKNOWN = "UNKNOWN", _("Unknown")
    UNSTATED = "UNSTATED", _("Not stated")


class DocumentNumberMalformed(Refusal):
    message = _("This is not a number of the kind “{kind}”: {expected}")
    status = 422


class DocumentCheckDigitWrong(Refusal):
    message = _(
        "The last digit of this number does not fit the others. Compare it with the document, digit by digit."
    )
    status = 422


class DocumentBirthDateImpossible(Refusal):
    message = _("The birth date inside this number ({digits}) does not exist. Compare it with the document.")
    status = 422


@dataclass(frozen=True)
class Document:
    """A number that passed its checks. `value` is what is kept, `match` what two spellings have in common."""

    kind: str
    value: str
    match: str
    family: str
    born_on: date | None = None
    sex: str | None = None
    area: str = ""


EXPECTED = {
    DocumentKind.RESIDENT_ID: _("18 digits, the last may be X, or the old 15 digits."),
    DocumentKind.HOUSEHOLD_REGISTER: _("the citizen number on the page of the person, 18 or 15 digits."),
    DocumentKind.HMT_RESIDENCE_PERMIT: _("18 digits that begin with 810000, 820000 or 830000."),
    DocumentKind.PERMANENT_RESIDENCE: _("18 digits that begin with 9, or 3 letters and 12 digits."),
    DocumentKind.PASSPORT: _(
        "5 to 15 letters and digits, with the country before it where known, such as JPN:TR1234567."
    ),
    DocumentKind.HEALTH_RECORD_CODE: _("17 digits: area 6, sub-district 3, community 3, number 5."),
}


def read(kind: str, text: str, today: date) -> Document:
    """The document behind a typed number, or a refusal that says what is wrong with it."""
    number = compact(text)
    if kind in (DocumentKind.RESIDENT_ID, DocumentKind.HOUSEHOLD_REGISTER):
        return _citizen(kind, number, today)
    if kind == DocumentKind.HMT_RESIDENCE_PERMIT and re.match(r"8[123]0000\d{11}[\dX]$", number):
        return _eighteen(kind, number, "HMT", today)
    if kind == DocumentKind.PERMANENT_RESIDENCE:
        return _permanent_residence(kind, number, today)
    if kind == DocumentKind.PASSPORT:
        return _passport(kind, number)
    if kind == DocumentKind.HEALTH_RECORD_CODE and re.match(r"\d{17}$", number):
        return Document(kind, number, number, "HEALTH_RECORD", area=number[:12])
    raise malformed(kind)


def compact(text: str) -> str:
    """Half width, upper case, without the blanks and dashes that people type between groups."""
    return re.sub(r"[\s\-–—]", "", unicodedata.normalize("NFKC", text)).upper()


def guesses(text: str, today: date) -> list[Document]:
    """Every document that a typed number could be, for a look-up without a kind."""
    found: dict[tuple[str, str], Document] = {}
    for kind in DocumentKind:
        try:
            document = read(kind, text, today)
        except Refusal:
            continue
        found.setdefault((document.family, document.match), document)
    return list(found.values())


def check_digit(seventeen: str) -> str:
    """The 18th character of a citizen number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, seventeen, strict=True))
    return CHECK_DIGITS[total % 11]


def masked(value: str) -> str:
    """Enough to tell two documents apart, not enough to use one."""
    if len(value) < 8:
        return value[:1] + "*" * (len(value) - 2) + value[-1:]
    return value[:4] + "*" * (len(value) - 8) + value[-4:]


def malformed(kind: str) -> DocumentNumberMalformed:
    known = DocumentKind(kind)
    return DocumentNumberMalformed(kind=known.label, expected=EXPECTED[known])


def _citizen(kind: str, number: str, today: date) -> Document:
    if re.match(r"\d{15}$", number):
        seventeen = f"{number[:6]}19{number[6:]}"
        document = _eighteen(kind, seventeen + check_digit(seventeen), "CITIZEN", today)
        return Document(
            kind, number, document.match, "CITIZEN", document.born_on, document.sex, document.area
        )
    if not re.match(r"[1-8]\d{16}[\dX]$", number) or number[:6] in {"810000", "820000", "830000"}:
        raise malformed(kind)
    return _eighteen(kind, number, "CITIZEN", today)


def _permanent_residence(kind: str, number: str, today: date) -> Document:
    if re.match(r"9\d{16}[\dX]$", number):
        return _eighteen(kind, number, "PERMANENT_RESIDENCE", today)
    if not re.match(r"[A-Z]{3}\d{12}$", number):
        raise malformed(kind)
    # AAA NNNN YYMMDD NN: the year has two digits, so the century stays open and the date is not taken.
    return Document(kind, number, number, "PERMANENT_RESIDENCE")


def _passport(kind: str, number: str) -> Document:
    found = re.match(r"(?:([A-Z]{3}):)?([A-Z0-9]{5,15})$", number)
    if not found or not any(c.isdigit() for c in found[2]):
        raise malformed(kind)
    return Document(kind, number, number, "PASSPORT")


def _eighteen(kind: str, number: str, family: str, today: date) -> Document:
    try:
        born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise DocumentBirthDateImpossible(digits=number[6:14]) from None
    if check_digit(number[:17]) != number[17]:
        raise DocumentCheckDigitWrong
    if born_on > today or born_on.year < 1880:
        raise DocumentBirthDateImpossible(digits=number[6:14])
    sex = Sex.MALE if int(number[16]) % 2 else Sex.FEMALE
    return Document(kind, number, number, family, born_on, sex, number[:6] if family == "CITIZEN" else "")
