"""Agreements of a person with units, guardians, barred relatives: one page, and a form for each act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.agreement_forms import (
    AgreementForm,
    AgreementPaperForm,
    BarForm,
    GuardianForm,
    OutcomeForm,
    RenewForm,
)
from yiyang.people.forms import ReasonForm
from yiyang.people.models import Person
from yiyang.people.views.person import FAMILY


def agreements(request: Any, pk: UUID) -> HttpResponse:
    """What the person has agreed with whom, who stands in for the person, who may not."""
    found = queries.person_in_full(request.actor, pk)
    seen(request.actor, [found], "people.agreements")
    context = {
        "person": found,
        "agreements": [
            (one, queries.is_live(one), queries.ends_soon(one))
            for one in queries.agreements(request.actor, pk)
        ],
        "guardianships": [
            (one, queries.is_live(one), queries.expired(one))
            for one in queries.guardianships(request.actor, pk)
        ],
        "barrings": queries.barrings(request.actor, pk),
        "may_sign": request.actor.may(P.ADMIT),
        "may_entrust": request.actor.may(P.MANAGE_DELEGATION) and request.actor.role not in FAMILY,
        "mine": set(getattr(request.actor, "organisation_ids", ())),
        "at_home": request.actor.role in FAMILY,
    }
    return render(request, "people/agreements.html", context)


def agreement_sheet(request: Any, service_agreement_id: UUID) -> HttpResponse:
    """One agreement on paper, to be signed in two copies; what was not agreed says so."""
    found = queries.agreement(request.actor, service_agreement_id)
    seen(request.actor, [found.person], "people.agreement_sheet")
    context = {"agreement": found, "person": found.person, "at_home": request.actor.role in FAMILY}
    return render(request, "people/agreement_sheet.html", context)


@needs(P.ADMIT)
def sign_agreement(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    form = AgreementForm(_posted(request), request.FILES or None, hospitals=queries.hospitals(found))
    return _act(
        request, found, form, commands.sign_agreement, person=found, unit_id=request.actor.organisation_id,
        heading=_("Enter an agreement"), submit=_("Keep the agreement"),
        lead=_("It is kept for your own unit. Payer, guarantor and emergency contact decide nothing."),
    )  # fmt: skip


@needs(P.ADMIT)
def renew_agreement(request: Any, service_agreement_id: UUID) -> HttpResponse:
    agreement = queries.agreement(request.actor, service_agreement_id)
    return _act(
        request, agreement.person, RenewForm(_posted(request)), commands.renew_agreement, agreement=agreement,
        heading=_("Renew this agreement"), submit=_("Renew"),
        lead=_("The same terms, from the day on which it ends."),
    )  # fmt: skip


@needs(P.ADMIT)
def end_agreement(request: Any, service_agreement_id: UUID) -> HttpResponse:
    agreement = queries.agreement(request.actor, service_agreement_id)
    return _act(
        request, agreement.person, ReasonForm(_posted(request)), commands.end_agreement, agreement=agreement,
        heading=_("End this agreement?"), submit=_("End the agreement"), danger=True,
        lead=_("Its terms no longer count: a bed is then kept as the district's policy says."),
    )  # fmt: skip


@needs(P.ADMIT)
def attach_agreement_paper(request: Any, service_agreement_id: UUID) -> HttpResponse:
    agreement = queries.agreement(request.actor, service_agreement_id)
    form = AgreementPaperForm(_posted(request), request.FILES or None)
    return _act(
        request, agreement.person, form, commands.attach_agreement_paper, agreement=agreement,
        heading=_("Attach the signed paper"), submit=_("Attach it"),
    )  # fmt: skip


def agreement_paper(request: Any, agreement_paper_id: UUID) -> HttpResponse:
    """The paper itself."""
    paper = queries.agreement_paper(request.actor, agreement_paper_id)
    seen(request.actor, [paper.person_id], "people.agreement_paper")
    return HttpResponse(
        bytes(paper.content),
        content_type=paper.media_type,
        headers={"Content-Disposition": f"attachment; filename={paper.pk}"},
    )


@needs(P.MANAGE_DELEGATION)
def record_guardianship(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    form = GuardianForm(
        _posted(request), request.FILES or None, organisations=queries.guardian_organisations(found)
    )
    return _act(
        request, found, form, commands.record_guardianship, person=found,
        heading=_("Enter a guardian"), submit=_("Keep the guardian"),
        lead=_("From the document itself. A unit is never guardian of its resident."),
    )  # fmt: skip


@needs(P.MANAGE_DELEGATION)
def end_guardianship(request: Any, guardianship_id: UUID) -> HttpResponse:
    row = queries.guardianship(request.actor, guardianship_id)
    return _act(
        request, row.person, ReasonForm(_posted(request)), commands.end_guardianship, guardianship=row,
        heading=_("End this guardianship?"), submit=_("End the guardianship"), danger=True,
        lead=_("The guardian no longer decides and no longer sees the record as guardian."),
    )  # fmt: skip


@needs(P.MANAGE_DELEGATION)
def bar_relative(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    form = BarForm(_posted(request), accounts=queries.accounts_to_bar(request.actor, found.pk))
    return _act(
        request, found, form, commands.bar_relative, person=found,
        heading=_("Bar a relative"), submit=_("Bar this relative"), danger=True,
        lead=_("What was entrusted to the account ends at once: old links and open pages then show nothing."),
    )  # fmt: skip


@needs(P.MANAGE_DELEGATION)
def lift_barring(request: Any, barring_id: UUID) -> HttpResponse:
    barring = queries.barring(request.actor, barring_id)
    return _act(
        request, barring.person, ReasonForm(_posted(request)), commands.lift_barring, barring=barring,
        heading=_("No longer bar {name}?").format(name=barring.name), submit=_("No longer bar"),
        lead=_("Nothing comes back by itself: the person entrusts anew."),
    )  # fmt: skip


@needs(P.COVER_AREA)
def coverage_tasks(request: Any) -> HttpResponse:
    """People with a care bed and no family doctor, for the health centre of their area."""
    found = queries.coverage_tasks(request.actor)[:200]
    seen(request.actor, [one.person_id for one in found], "people.coverage_tasks")
    return render(request, "people/coverage_tasks.html", {"tasks": found})


@needs(P.COVER_AREA)
def settle_coverage(request: Any, coverage_task_id: UUID) -> HttpResponse:
    task = queries.coverage_task(request.actor, coverage_task_id)
    return _act(
        request, task.person, OutcomeForm(_posted(request)), commands.settle_coverage, task=task,
        heading=_("Settle without a contract"), submit=_("Settle"), back=reverse("people:coverage_tasks"),
    )  # fmt: skip


def _posted(request: Any) -> Any:
    return request.POST if request.method == "POST" else None


def _act(
    request: Any,
    found: Person,
    form: Form,
    command: Callable[..., Any],
    *,
    heading: str,
    submit: str,
    lead: str = "",
    danger: bool = False,
    back: str = "",
    **given: Any,
) -> HttpResponse:
    """One form, one command with what was typed, and back to where it began."""
    back = back or reverse("people:agreements", args=[found.pk])
    with form.refusals():
        if form.is_valid():
            told = form.told() if hasattr(form, "told") else form.cleaned_data
            command(by=request.actor, at=now(), **given, **told)
            return redirect(back)
    seen(request.actor, [found], f"people.{request.resolver_match.url_name}")
    context = {
        "person": found, "form": form, "heading": heading, "submit": submit, "lead": lead, "danger": danger,
        "back": back,
    }  # fmt: skip
    return render(request, "people/form_page.html", context)
