"""Small drawings of the person pages: `{% load people %}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.kernel.components.fields import groups, problems
from yiyang.kernel.words import listed
from yiyang.people.consent_forms import purpose_read

register = template.Library()

PAGES = {
    "people.person": gettext_lazy("the person's page"),
    "people.search": gettext_lazy("a list of persons"),
    "people.duplicates": gettext_lazy("possible duplicates while registering"),
    "people.history": gettext_lazy("the history"),
    "people.sight": gettext_lazy("who can see the record"),
    "people.delegations": gettext_lazy("who is entrusted"),
    "people.consents": gettext_lazy("the consents"),
    "people.start_assistance": gettext_lazy("the name, to act for the person"),
    "people.assistance": gettext_lazy("a slip of what was done"),
    "people.edit_person": gettext_lazy("the details, to change them"),
    "records.record": gettext_lazy("the clinical record"),
    "records.entry": gettext_lazy("an entry of the clinical record"),
    "records.trend": gettext_lazy("a trend of results"),
    "records.explain": gettext_lazy("who can see an entry"),
    "records.own_record": gettext_lazy("the health record in plain words"),
    "records.own_part": gettext_lazy("the health record in plain words"),
    "fhir.read": gettext_lazy("an entry of the clinical record, by a program"),
    "fhir.search": gettext_lazy("a search of the clinical record, by a program"),
    "fhir.everything": gettext_lazy("the whole clinical record, by a program"),
    "people.merge_persons": gettext_lazy("a comparison of two records"),
    "packets.link": gettext_lazy("the handover packet, by a link and a code"),
    "records.order_test": gettext_lazy("results of other units, before a test"),
}
# What stands on the other pages of a context.
OF_CONTEXT = {
    "assessments": gettext_lazy("an assessment"),
    "beds": gettext_lazy("beds, stays and moves"),
    "packets": gettext_lazy("the handover packet"),
    "records": gettext_lazy("the clinical record"),
}


@register.filter
def purpose(kept: str) -> str:
    """What a consent was given for, as the reader reads it."""
    return purpose_read(kept)


@register.simple_tag
def looked_at(pages: Iterable[str]) -> str:
    """What somebody was shown, each thing once."""
    other = gettext_lazy("a page about the person")
    return listed(
        dict.fromkeys(PAGES.get(one) or OF_CONTEXT.get(one.partition(".")[0], other) for one in pages)
    )


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
