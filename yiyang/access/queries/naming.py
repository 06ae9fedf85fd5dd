"""What other contexts need to know of an organisation by its id, without asking who asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, Value
from django.utils.translation import get_language

from ..models import Contract, Organisation

NAME_OF_UNIT = "CASE WHEN %(english)s AND o.name_en <> '' THEN o.name_en ELSE o.name_zh END"
"""As `unit_name`, of an organisation called `o` in a statement whose `english` is `in_english()`."""


def in_english() -> bool:
    return not (get_language() or "zh").startswith("zh")


def unit_name(unit_id: UUID | None) -> str:
    """The organisation's name in the reader's language; empty for none."""
    found = Organisation.objects.filter(pk=unit_id).first() if unit_id else None
    return found.name if found else ""


def organisation_code(unit_id: UUID) -> str:
    """The institution code; empty when it has none."""
    return Organisation.objects.values_list("code", flat=True).filter(pk=unit_id).first() or ""


def organisation_kind(unit_id: UUID) -> str:
    return Organisation.objects.values_list("kind", flat=True).get(pk=unit_id)


def area_of(unit_id: UUID) -> str:
    """The area code in which the organisation lies."""
    return str(Organisation.objects.values_list("area_id", flat=True).get(pk=unit_id))


def coordination_centre(area_code: str) -> UUID | None:
    """The centre that coordinates transfers in the district of this area; None where there is none."""
    return (
        Organisation.objects.filter(
            kind="COORDINATION_CENTRE", active=True, area__code__startswith=area_code[:6]
        )
        .order_by("area_id", "pk")
        .values_list("pk", flat=True)
        .first()
        if area_code
        else None
    )


def contract_by_id(contract_id: UUID) -> Contract | None:
    return Contract.objects.filter(pk=contract_id).first()


@dataclass(frozen=True)
class Contact:
    """How a unit is reached when nobody in particular is known to be on duty."""

    name: str
    code: str
    telephone: str
    at_night: str
    marked: bool = False


def contacts(unit_ids: Iterable[UUID], mark: Exists | None = None) -> dict[UUID, Contact]:
    """Names and telephones of units; by day and by night one stands in where the other is missing. `mark` is
    a question about each that is answered in the same statement."""
    found = Organisation.objects.filter(pk__in=set(unit_ids))
    found = found.annotate(marked=mark if mark is not None else Value(False))
    return {
        one.pk: Contact(
            one.name, one.code, one.phone or one.night_contact, one.night_contact or one.phone, one.marked
        )
        for one in found
    }


def below(unit_id: UUID) -> list[UUID]:
    """The organisation and everything under it in the tree."""
    return list(Organisation.objects.under(unit_id).order_by().values_list("pk", flat=True))
