"""What the pages of this context draw besides the common components."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import pgettext

from yiyang.beds.models import Transfer
from yiyang.beds.rules import fees, ranking
from yiyang.beds.rules.actions import Action

register = template.Library()
NUMBER = re.compile(r"\+?\d[\d -]{4,}")


@register.filter
def dialled(contact: str) -> str:
    """The telephone number inside a contact such as "night duty 021-5551 8205"."""
    found = NUMBER.search(contact or "")
    return re.sub(r"[^\d+]", "", found.group()) if found else ""


@register.filter
def in_words(kept: Sequence[Any]) -> list[str]:
    """The reasons of a rank as they are kept with an offer, in the reader's language."""
    return ranking.in_words(kept)


@register.filter
def fee_in_words(rule: str) -> Any:
    """What a held bed costs."""
    return fees.in_words(rule)


@register.inclusion_tag("beds/transfers/act_buttons.html", takes_context=True)
def act_buttons(
    context: Any, actions: Sequence[Action], transfer: Transfer, has_first: Any = None, asking: Any = None
) -> dict[str, Any]:
    """The acts that are open, the next one first; one primary button a page, seldom ones behind a fold."""
    shown = [
        {
            "label": _label(context, action),
            "url": reverse(f"beds:{action.name}", args=[transfer.pk]),
            "press": action.name == "confirm_handover_read",
            "danger": action.danger,
        }
        for action in actions
    ]
    first = [] if has_first or asking else shown[:1]
    rest = shown[len(first) :]
    return {
        "first": first,
        "near": [one for one in rest if not one["danger"]][:3],
        "far": [one for one in rest if not one["danger"]][3:] + [one for one in rest if one["danger"]],
        "csrf_token": context.get("csrf_token"),
    }


def _label(context: Any, action: Action) -> Any:
    """A family is asked what it decides; staff record it."""
    if action.name == "record_agreement" and not context["request"].actor.membership_id:
        return pgettext("transfer", "Say what you decide")
    return action.label
