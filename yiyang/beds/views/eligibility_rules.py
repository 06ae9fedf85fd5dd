"""The criteria in force, and others that are proposed: whom they would touch stands there before anybody signs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.bed_kinds import BedKind
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments.rules.eligibility import words
from yiyang.beds import commands
from yiyang.beds.forms.eligibility import ProposeCriteria
from yiyang.beds.forms.transfers import Question
from yiyang.beds.queries import eligibility as queries
from yiyang.beds.queries import eligibility_change as changes
from yiyang.beds.queries.eligibility_shown import GRADES
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now

SHOWN = 500


@needs(P.SIGN_CRITERIA, P.SEE_FIGURES, P.EVALUATE_TRANSFER, P.MANAGE_ORGANISATION)
def eligibility_criteria(request: Any) -> HttpResponse:
    """Every criterion of the five kinds with its source, who judges, and what was proposed."""
    kinds = [
        {
            "kind": kind,
            "criteria": [(one, GRADES.get(one.grade, "")) for one in found.criteria],
            "groups": found.groups,
            "priorities": found.priorities,
            "roles": queries.roles_of(found),
        }
        for kind, found in queries.criteria_on(localdate(now())).items()
    ]
    may = request.actor.may(P.SIGN_CRITERIA)
    context = {"kinds": kinds, "may": may, "proposals": changes.proposals(request.actor)[:50] if may else []}
    return render(request, "beds/eligibility_criteria.html", context)


@needs(P.SIGN_CRITERIA)
def propose_criteria(request: Any) -> HttpResponse:
    """Lay other criteria down; nothing changes before they are signed."""
    form = ProposeCriteria(asked(request), request.FILES or None, initial={"valid_from": localdate(now())})
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            made = commands.propose_criteria(
                by=request.actor,
                at=now(),
                content=form.content(),
                valid_from=form.cleaned_data["valid_from"],
                reason=form.cleaned_data["reason"],
            )
            return redirect("beds:criteria_change", made.pk)
    return render(request, "beds/propose_criteria.html", {"form": form}, status=422 if form.is_bound else 200)


@needs(P.SIGN_CRITERIA)
def criteria_change(request: Any, eligibility_rules_id: UUID) -> HttpResponse:
    """How many occupants and waiting persons would fall under another answer, and who, as far as one may know."""
    found = changes.proposal(request.actor, eligibility_rules_id)
    change = changes.touched_by(found, now())
    named = changes.names_of(request.actor, list(change.touched))
    rows = [
        {
            "person": named.get(one.person_id),
            "kind": one.kind,
            "how": one.how,
            "before": words.ANSWERS[one.before],
            "after": words.ANSWERS[one.after],
            "since": one.since,
        }
        for one in change.touched[:SHOWN]
    ]
    seen(request.actor, [one["person"].pk for one in rows if one["person"]], "beds.criteria_change")
    context = {
        "rules": found,
        "figures": _figures(change.counts()),
        "rows": rows,
        "number": len(change.touched),
        "unnamed": sum(one["person"] is None for one in rows),
        "open": found.signed_at is None and found.withdrawn_at is None,
    }
    return render(request, "beds/criteria_change.html", context)


def _figures(counts: dict[str, Any]) -> list[dict[str, Any]]:
    lines = []
    for name, one in counts.items():
        kind, how = name.split(".")
        answers = [
            (words.ANSWERS[pair.split(">")[0]], words.ANSWERS[pair.split(">")[1]], number)
            for pair, number in one["answers"].items()
        ]
        lines.append({"kind": BedKind(kind), "how": how, **one, "answers": answers})
    return lines


@needs(P.SIGN_CRITERIA)
def sign_criteria(request: Any, eligibility_rules_id: UUID) -> HttpResponse:
    found = changes.proposal(request.actor, eligibility_rules_id)
    touched = len(changes.touched_by(found, now()).touched)
    return act(
        request,
        Question(asked(request)),
        lambda: commands.sign_criteria(by=request.actor, at=now(), rules=found),
        heading=_("Put these criteria in force"),
        submit=pgettext("criteria", "Sign"),
        back=_page(found.pk),
        consequences=[
            _("From {day} they count for every new evaluation.").format(day=f"{found.valid_from:%Y-%m-%d}"),
            _(
                "{n} occupants and waiting persons fall under another answer. Nobody loses a bed by it."
            ).format(n=touched),
        ],
        trail=_trail(found.pk),
    )


@needs(P.SIGN_CRITERIA)
def withdraw_criteria(request: Any, eligibility_rules_id: UUID) -> HttpResponse:
    found = changes.proposal(request.actor, eligibility_rules_id)
    return act(
        request,
        Question(asked(request)),
        lambda: commands.withdraw_criteria(by=request.actor, at=now(), rules=found),
        heading=_("Take the proposal back"),
        submit=_("Take back"),
        back=reverse("beds:eligibility_criteria"),
        danger=True,
        trail=_trail(found.pk),
    )


def _page(rules_id: UUID) -> str:
    return reverse("beds:criteria_change", args=[rules_id])


def _trail(rules_id: UUID) -> list[tuple[Any, str]]:
    return [
        (_("Criteria of the five kinds"), reverse("beds:eligibility_criteria")),
        (_("Proposed criteria"), _page(rules_id)),
    ]
