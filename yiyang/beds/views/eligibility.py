"""One person against all five kinds of beds: the answers with their reasons, a what-if, a word against them, papers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms import eligibility as forms
from yiyang.beds.forms.transfers import Question
from yiyang.beds.queries import eligibility as queries
from yiyang.beds.queries import eligibility_shown, ribbon
from yiyang.beds.queries import transfer_pages as transfers
from yiyang.beds.queries.transfers import agreements_of
from yiyang.beds.rules import criteria
from yiyang.beds.views.own import is_own
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people import queries as people


@needs(P.SEARCH_PERSONS)
def eligibility(request: Any, person_id: UUID) -> HttpResponse:
    """All five kinds, each criterion with its source and the age of its evidence. A POST supposes and keeps nothing."""
    person = people.person_in_full(request.actor, person_id)
    at = now()
    found = eligibility_shown.shown(request.actor, person.pk, at)
    form = forms.Suppose(
        asked(request), criteria=found.criteria, evidence=found.evidence, instruments=found.names.known
    )
    supposing = form.is_bound and form.is_valid()
    if supposing:
        found = eligibility_shown.shown(request.actor, person.pk, at, supposed=form.supposed)
    seen(request.actor, [person.pk], "beds.eligibility")
    context = {
        "person": person,
        "found": found,
        "form": form,
        "supposing": supposing,
        "changed": [one for one in found.kinds if one.before],
        "may_judge": request.actor.may(P.EVALUATE_TRANSFER, request.actor.organisation_id),
        "may_ask": request.actor.may(P.REQUEST_TRANSFER, request.actor.organisation_id),
    }
    return render(request, "beds/eligibility.html", context, status=422 if form.errors else 200)


@needs(P.EVALUATE_TRANSFER)
def override_eligibility(request: Any, person_id: UUID, kind: str) -> HttpResponse:
    """A clinician whose role the criteria name answers otherwise, with a reason under their name."""
    person = people.person_in_full(request.actor, person_id)
    if kind not in BedKind.values:
        raise Http404
    found = eligibility_shown.shown(request.actor, person.pk, now(), kinds=[kind]).kind(kind)
    form = forms.OverrideEligibility(asked(request))
    seen(request.actor, [person.pk], "beds.override_eligibility")
    return act(
        request,
        form,
        lambda: commands.override_eligibility(
            by=request.actor, at=now(), person=person, kind=kind, **form.cleaned_data
        ),
        heading=_("Another answer than the criteria: {kind}").format(kind=BedKind(kind).label),
        submit=_("Keep my answer"),
        back=_page(person.pk),
        lead=_("The criteria say: {answer}. Your name stands under what you say: {name}.").format(
            answer=found.words, name=request.actor.label
        ),
        consequences=[
            _(
                "Your answer counts until {day}, and is shown with its reason beside what the criteria say."
            ).format(day=queries.holds_until(now())),
            _("It is counted in the figures of the month."),
        ],
        trail=[(person.full_name, _page(person.pk))],
    )


@needs(P.EVALUATE_TRANSFER)
def withdraw_override(request: Any, eligibility_override_id: UUID) -> HttpResponse:
    """The criteria count again."""
    found = queries.override(request.actor, eligibility_override_id)
    form = Question(asked(request))
    return act(
        request,
        form,
        lambda: commands.withdraw_override(by=request.actor, at=now(), override=found),
        heading=_("Let the criteria count again: {kind}").format(kind=BedKind(found.kind).label),
        submit=_("Withdraw the clinician's answer"),
        back=_page(found.person_id),
        lead=f"{found.get_given_display()} · {found.clinician}: {found.reason}",
        trail=[(found.person.full_name, _page(found.person_id))],
    )


@needs(P.SEARCH_PERSONS)
def establishment_form(request: Any, person_id: UUID, kind: str) -> HttpResponse:
    """The form of setting a bed up (建床评估), filled in as far as it is known, for signatures."""
    person = people.person_in_full(request.actor, person_id)
    if kind not in BedKind.values:
        raise Http404
    found = eligibility_shown.shown(request.actor, person.pk, now(), kinds=[kind])
    seen(request.actor, [person.pk], "beds.establishment_form")
    context = _on_paper(request, person, found.kind(kind), kind)
    return render(request, "beds/establishment_form.html", context)


def evaluation_form(request: Any, transfer_id: UUID) -> HttpResponse:
    """The form of moving to another bed (转床评估): why, which criteria, who judged, who agreed."""
    transfer = _of_staff(request, transfer_id)
    found = eligibility_shown.shown(request.actor, transfer.person_id, now(), kinds=[transfer.target_kind])
    seen(request.actor, [transfer.person_id], "beds.evaluation_form")
    context = _on_paper(request, transfer.person, found.kind(transfer.target_kind), transfer.target_kind) | {
        "transfer": transfer,
        "who": transfers.who(transfer),
        "evaluations": [
            (one, criteria.answered(one.criteria)) for one in transfer.evaluations.order_by("at")
        ],
        "agreements": list(agreements_of(transfer)),
    }
    return render(request, "beds/evaluation_form.html", context)


def transfer_eligibility(request: Any, transfer_id: UUID) -> HttpResponse:
    """What the criteria say to the kind that is asked for. Fetched after the page of the transfer."""
    transfer = _of_staff(request, transfer_id)
    found = eligibility_shown.shown(request.actor, transfer.person_id, now(), kinds=[transfer.target_kind])
    seen(request.actor, [transfer.person_id], "beds.transfer_eligibility")
    context = {
        "transfer": transfer,
        "who": transfers.who(transfer),
        "one": found.kind(transfer.target_kind),
        "person": transfer.person,
    }
    part = "beds/transfers/eligibility.html" if request.htmx else "beds/transfer_eligibility.html"
    return render(request, part, context)


def _of_staff(request: Any, transfer_id: UUID) -> Any:
    """A transfer to those of the staff who may see the person by name."""
    transfer = transfers.transfer(request.actor, transfer_id)
    if is_own(request, transfer) or not transfer.named or request.actor.membership_id is None:
        raise Http404
    return transfer


def _on_paper(request: Any, person: Any, one: Any, kind: str) -> dict[str, Any]:
    rows = [row for row in ribbon.rows_of(person.pk) if row.period.upper is None and row.bed]
    return {
        "person": person,
        "age": people.age_of(person),
        "one": one,
        "kind": kind,
        "beds": rows,
        "at": now(),
    }


def _page(person_id: UUID) -> str:
    return reverse("beds:eligibility", args=[person_id])
