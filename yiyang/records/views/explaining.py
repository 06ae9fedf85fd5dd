"""Who sees one entry of the record, and why; why somebody does not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from yiyang.access.purposes import Purpose
from yiyang.access.serving import account_named
from yiyang.kernel.facts import seen
from yiyang.people import queries as people
from yiyang.records.forms import WhoSeesForm
from yiyang.records.queries import explaining

FAMILY = {"ELDER", "RELATIVE", "GUARDIAN"}


def explain(request: Any, person_id: UUID, resource_type: str, resource_id: str) -> HttpResponse:
    person = people.person(request.actor, person_id)
    form = WhoSeesForm(request.GET or None, units=people.units_to_open_to(person))
    asked = _asked(form) if form.is_bound and form.is_valid() else {}
    told = explaining.explain(request.actor, person.pk, resource_type, resource_id, **asked)
    seen(request.actor, [person], "records.explain")
    at_home = request.actor.role in FAMILY
    context = {"person": person, "told": told, "form": form, "at_home": at_home}
    return render(request, "records/explain.html", context)


def _asked(form: WhoSeesForm) -> dict[str, Any]:
    """Somebody by name goes before the unit."""
    told: dict[str, Any] = {"purpose": form.cleaned_data["purpose"] or Purpose.CARE}
    if login := form.cleaned_data["login"]:
        account = account_named(login)
        if account is not None:
            return told | {"account": account.pk}
        form.add_error("login", _("There is no account with this number or name."))
        return {}
    unit = form.cleaned_data["unit"]
    return told | {"organisation": UUID(unit)} if unit else {}
