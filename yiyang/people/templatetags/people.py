"""Small drawings of the person pages: `{% load people %}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from yiyang.kernel import pages_seen
from yiyang.kernel.components.fields import groups, problems
from yiyang.kernel.words import listed
from yiyang.people.consent_forms import purpose_read

register = template.Library()


@register.filter
def purpose(kept: str) -> str:
    """What a consent was given for, as the reader reads it."""
    return purpose_read(kept)


@register.simple_tag
def looked_at(pages: Iterable[str]) -> str:
    """What somebody was shown, each thing once."""
    return listed(dict.fromkeys(pages_seen.in_words(one) for one in pages))


@register.inclusion_tag("kernel/components/fields.html")
def some_fields(form: Any, start: int, end: int) -> dict[str, Any]:
    """The groups of fields from one to another, so that something can stand between them; errors come first."""
    return {
        "form": form,
        "problems": problems(form) if start == 0 else [],
        "groups": groups(form)[start:end],
        "hidden": form.hidden_fields() if start == 0 else [],
    }


@register.simple_tag
def period(one: Any) -> str:
    """From when to when, for rows that have days."""
    if not one.from_on and not one.to_on:
        return ""
    return format_html(
        ' <span class="muted">{} – {}</span>',
        one.from_on.isoformat() if one.from_on else "…",
        one.to_on.isoformat() if one.to_on else "…",
    )


@register.inclusion_tag("kernel/components/facts.html")
def facts_of(record: Any, residence: str, registered: str, shows_all: bool) -> dict[str, Any]:
    """Where the person lives and is registered, and how to get in."""
    person = record.person
    pairs = [(_("Lives at"), residence)]
    if shows_all:
        pairs += [(_("Floor and lift"), _floor(person)), (_("Who holds a key"), person.key_holder)]
    pairs.append((_("Registered at"), registered if registered != residence else _("the same address")))
    return {"pairs": pairs}


@register.inclusion_tag("kernel/components/facts.html")
def comparison(record: Any) -> dict[str, Any]:
    """What tells two persons apart."""
    person = record.person
    return {
        "pairs": [
            (_("Sex"), person.get_sex_display()),
            (_("Date of birth"), person.born_on),
            (
                _("Documents"),
                listed(f"{one.get_kind_display()} {one.shown}" for one in record.identifiers),
            ),
            (_("Telephone"), listed(one.shown for one in record.phones)),
            (_("Lives at"), person.residence_address),
            (_("Contacts"), listed(one.full_name for one in record.contacts)),
            (_("Registered on"), person.registered_at.date()),
        ]
    }


def _floor(person: Any) -> str:
    if person.residence_has_lift is None:
        return str(person.residence_floor)
    lift = _("with a lift") if person.residence_has_lift else _("without a lift")
    return f"{person.residence_floor}, {lift}" if person.residence_floor else lift
