"""Ordering a test: results of other units first, then an order or none; and how often they were accepted."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel.acting import asked
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records import commands
from yiyang.records.forms import OrderForm
from yiyang.records.queries import recognition as queries
from yiyang.records.rules.recognition import EXCLUSIONS, OTHER, OUTCOMES
from yiyang.records.terms.uses import ITEM
from yiyang.records.views.entries import lists

PAGE = 100


@needs(Permission.WRITE_RECORD)
def order_test(request: Any, person_id: UUID) -> HttpResponse:
    """One page: what is wanted; then what other units found, with one press for each thing that may be done."""
    person = people.person_in_full(request.actor, person_id)
    seen(request.actor, [person], "records.order_test")
    pack = queries.pack_on(localdate(now()))
    form = OrderForm(asked(request), exclusions=pack.exclusions, **lists(ITEM))
    found = None
    if request.method == "POST" and form.is_valid():
        told = {"by": request.actor, "at": now(), "person": person, **form.cleaned_data}
        with form.refusals():
            if result := request.POST.get("accept", "")[:120]:
                commands.accept_result(result=result, **told)
                messages.success(
                    request, _("The result is noted in the record in place of the test. Nothing was ordered.")
                )
                return redirect("records:record", person.pk)
            if "order" in request.POST:
                commands.order_test(
                    declined_because=request.POST["order"][:24],
                    declined_words=request.POST.get("declined_words", "")[:500],
                    **told,
                )
                messages.success(request, _("The test is ordered."))
                return redirect("records:record", person.pk)
            commands.check_order(**told)
        refusal = getattr(form, "refusal", None)
        if refusal is None or refusal.details.get("field") not in form.fields:
            found = queries.matches(
                request.actor, person.pk, unit_id=request.actor.organisation_id, system=told["system"],
                code=told["code"], at=told["at"], circumstances=told["circumstances"],
            )  # fmt: skip
    return _order_page(request, person, form, found, pack)


def _order_page(request: Any, person: Any, form: Any, found: Any, pack: Any) -> HttpResponse:
    refusal = getattr(form, "refusal", None)
    recognised = [one for one in found or () if one.judgement.recognised]
    context = {
        "person": person,
        "form": form,
        "looked": found is not None,
        "matches": found or [],
        "recognised": recognised,
        "reasons": [(one, EXCLUSIONS[one]) for one in (*pack.exclusions, OTHER) if one in EXCLUSIONS],
        "declined_words": request.POST.get("declined_words", "")[:500],
        "confirmed": pack.confirmed,
        "page": reverse("records:record", args=[person.pk]),
    }
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, "records/order.html", context, status=status)


@require_GET
@needs(Permission.SEE_FIGURES, Permission.WRITE_RECORD)
def recognition_figures(request: Any) -> HttpResponse:
    """Recognised / (ordered + recognised), by unit and month."""
    found = [
        {
            "one": one,
            "month": f"{one.month:%Y-%m}",
            "all": one.ordered + one.declined,
            "percent": round(one.rate * 100),
        }
        for one in queries.figures(request.actor)
    ]
    return render(request, "records/recognition.html", {"figures": found})


@require_GET
@needs(Permission.SEE_FIGURES, Permission.WRITE_RECORD)
def recognition_rows(request: Any) -> HttpResponse:
    """The rows behind a figure; names only of those whose record is open to the reader."""
    unit, month, outcome = (request.GET.get(name, "") for name in ("unit", "month", "outcome"))
    after = request.GET.get("after", "0")
    if (
        not re.fullmatch(r"(\d{4}-(0[1-9]|1[0-2]))?", month)
        or month.startswith("0000")
        or not re.fullmatch(r"[A-Z,]{0,40}", outcome)
        or not re.fullmatch(r"\d{1,7}", after)
    ):
        raise NotFound
    unit_id = people.id_from(unit) if unit else None
    if unit and unit_id is None:
        raise NotFound
    rows, total = queries.choices(
        request.actor, unit_id=unit_id, month=month, outcome=outcome, after=int(after), limit=PAGE
    )
    seen(request.actor, [one.person_id for one in rows if one.person_id], "records.recognition")
    further = int(after) + PAGE
    shown = [
        {
            "row": one,
            "outcome": OUTCOMES.get(one.choice.outcome, one.choice.outcome),
            "reason": EXCLUSIONS.get(one.choice.reason, one.choice.reason),
        }
        for one in rows
    ]
    context = {"rows": shown, "total": total, "month": month, "after": further if further < total else ""}
    return render(request, "records/recognition_rows.html", context)
