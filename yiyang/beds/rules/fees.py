"""What a held bed costs, by the name that the policy pack gives the rule."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

FEE_RULES: dict[str, Any] = {
    "BED_FEE_CONTINUES_MEALS_STOP": _("the bed is paid for, meals are not"),
}


def in_words(rule: str) -> Any:
    """A rule of a pack that has no words yet is shown by its name."""
    return FEE_RULES.get(rule, rule)
