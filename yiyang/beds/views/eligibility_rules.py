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
from yiyang.assessments.rules.eligibility.words import ANSWERS
from yiyang.beds import commands
from yiyang.beds.forms.eligibility import ProposeCriteria
from yiyang.beds.forms.transfers import Question
from yiyang.beds.queries import eligibility as queries
from yiyang.beds.queries import eligibility_change as changes
from yiyang.beds.queries.eligibility_shown import GRADES
from yiyang.kernel.acting import act, asked
from yiyang.kernel.components import Table
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.kernel.words import shown


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
    """How many occupants and waiting persons would fall under another answer, and who: as it was counted, all of them."""
    found = changes.proposal(request.actor, eligibility_rules_id)
    if request.htmx and found.counting:
        return render(request, "beds/eligibility/counting.html", {"rules": found})
    wanted = request.GET.get("format", "")
    after = int(request.GET["after"]) if request.GET.get("after", "").isdecimal() else 0
    chosen = {name: request.GET[name][:16] for name in changes.PARTS if name in request.GET}
    cut: dict[str, Any] = {"limit": None} if wanted in ("csv", "xlsx") else {"since": min(after, 10**7)}
    rows, number = changes.rows(request.actor, found, **cut, **chosen)
    seen(request.actor, [one.touched.person_id for one in rows if one.name], "beds.criteria_change")
    if wanted in ("csv", "xlsx"):
        return export(wanted, f"{found.reason} {found.valid_from}", _heads(), [_cells(one) for one in rows])
    context = {
        "rules": found,
        "figures": _figures(found.touched),
        "rows": [(one, ANSWERS[one.touched.before], ANSWERS[one.touched.after]) for one in rows],
        "number": number,
        "chosen": bool(chosen),
        "holds": found.open and changes.holds(found, now()),
        "table": Table((), request, exports=("csv", "xlsx")),
        "after": str(after + changes.PAGE) if after + len(rows) < number else "",
    }
    answer = render(request, "beds/criteria_change.html", context)
    if request.htmx:
        answer["HX-Refresh"] = "true"  # the count has ended: the page as a whole
    return answer


def _heads() -> list[Any]:
    return [
        pgettext("figures", "Person"), _("Sex"), _("Age"), _("Sub-district"), _("Kind of bed"), _("Who"), _("Since"),
        _("Before"), _("After"),
    ]  # fmt: skip


def _cells(one: changes.Row) -> list[Any]:
    touched = one.touched
    how = _("waiting persons") if touched.how == changes.WAITING else _("present occupants")
    return [
        one.name, one.sex, one.age, one.street, BedKind(touched.kind).label, how, shown(touched.since),
        ANSWERS[touched.before], ANSWERS[touched.after],
    ]  # fmt: skip


def _figures(counts: dict[str, Any]) -> list[dict[str, Any]]:
    lines = []
    for name, one in counts.items():
        kind, how = name.split(".")
        pairs = [(*pair.split(">"), number) for pair, number in one["answers"].items()]
        answers = [
            (before, after, ANSWERS[before], ANSWERS[after], number) for before, after, number in pairs
        ]
        lines.append({"kind": BedKind(kind), "how": how, **one, "answers": answers})
    return lines


@needs(P.SIGN_CRITERIA)
def count_criteria(request: Any, eligibility_rules_id: UUID) -> HttpResponse:
    """The last count is old: count again."""
    found = changes.proposal(request.actor, eligibility_rules_id)
    return act(
        request,
        Question(asked(request)),
        lambda: commands.count_criteria(by=request.actor, at=now(), rules=found),
        heading=_("Count again whom these criteria touch"),
        submit=_("Count again"),
        back=_page(found.pk),
        trail=_trail(found.pk),
    )


@needs(P.SIGN_CRITERIA)
def sign_criteria(request: Any, eligibility_rules_id: UUID) -> HttpResponse:
    found = changes.proposal(request.actor, eligibility_rules_id)
    touched = sum(one["changed"] for one in found.touched.values())
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
