"""Ages and dates of birth: a birth is a date, never an instant."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

OLDEST = 130


class BirthDateImpossible(Refusal):
    message = _(
        "A person born on {born_on} would be {age} years old. Enter the birth date from the document."
    )
    status = 422


class BirthDateDiffers(Refusal):
    message = _(
        "The birth date {given} differs from {in_number} in the document's number. "
        "Correct it, or say why it differs."
    )
    status = 422


class SexDiffers(Refusal):
    message = _("The sex differs from the one in the document's number. Correct it, or say why it differs.")
    status = 422


def age(born_on: date, on: date) -> int:
    """Full years. Who was born on 29 February has a birthday on 1 March in other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def possible(born_on: date, today: date) -> date:
    """The date itself, or a refusal when nobody alive can be born on it."""
    years = age(born_on, today)
    if not 0 <= years <= OLDEST:
        raise BirthDateImpossible(born_on=born_on, age=years)
    return born_on
