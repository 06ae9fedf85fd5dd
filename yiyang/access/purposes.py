"""What for somebody acts. A record is open for the care of its person unless a consent names another purpose."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import pgettext_lazy


class Purpose(models.TextChoices):
    CARE = "CARE", pgettext_lazy("purpose", "care and treatment")
    SUPERVISION = "SUPERVISION", pgettext_lazy("purpose", "supervision and checks of quality")
    RESEARCH = "RESEARCH", pgettext_lazy("purpose", "research and statistics")
    PAYMENT = "PAYMENT", pgettext_lazy("purpose", "payment and insurance")


def purpose_of(actor: Any) -> str:
    """Pages and whoever says nothing else act for care."""
    return str(getattr(actor, "purpose", "") or Purpose.CARE)


def in_words(purposes: Iterable[str]) -> list[str]:
    return [str(Purpose(one).label) for one in purposes]


def beside_care(purposes: Iterable[str] | None) -> list[str] | None:
    """As relationships keep it: nothing where it is care alone, as nearly always."""
    found = [str(one) for one in Purpose if one in set(purposes or ())]
    return None if found in ([], [Purpose.CARE]) else found


def purpose_field() -> Any:
    """For which purpose a program, a token, or what they asked for, acts."""
    return models.CharField(
        max_length=12, choices=Purpose.choices, default=Purpose.CARE, db_default=Purpose.CARE
    )
