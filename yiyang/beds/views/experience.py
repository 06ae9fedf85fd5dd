"""Three questions after a move: one at a time for elders and families, all at once for who writes them down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.commands.experience import AnsweredAlready, AskedTooEarly
from yiyang.beds.models import Experience
from yiyang.beds.queries import experience as queries
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now

QUESTIONS = {
    "told_in_time": gettext_lazy("Were you told in time what would happen?"),
    "well_treated": gettext_lazy("Were you well looked after on the way?"),
    "well_received": gettext_lazy("Were you expected and well received?"),
}


class Answers(Form):
    """`upto` questions are shown; those answered on the pages before are carried along."""

    def __init__(self, *args: Any, upto: int, staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, (name, label) in enumerate(QUESTIONS.items(), start=1):
            hidden = not staff and number != upto
            if not staff and number > upto:
                continue
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=Experience.Answer.choices,
                widget=forms.HiddenInput if hidden else forms.RadioSelect,
            )
        if staff:
            self.fields["by_whom"] = forms.ChoiceField(
                label=gettext_lazy("Who answered?"),
                choices=Experience.ByWhom.choices,
                widget=forms.RadioSelect,
            )
            self.fields["how"] = forms.ChoiceField(
                label=gettext_lazy("How?"), choices=Experience.How.choices[1:], widget=forms.RadioSelect
            )
        else:
            self.fields["step"] = forms.IntegerField(widget=forms.HiddenInput(), initial=upto)


@needs(P.RECORD_AGREEMENT)
def answer_experience(request: Any, transfer_id: UUID) -> HttpResponse:
    found = transfer_pages.transfer(request.actor, transfer_id)
    if not found.named:
        raise NotFound
    staff = bool(request.actor.membership_id)
    step = int(request.POST.get("step", "1")) if request.POST.get("step", "1") in ("1", "2", "3") else 1
    if request.method == "GET" and queries.is_answered(found):
        raise AnsweredAlready
    form = Answers(asked(request), upto=3 if staff else step, staff=staff)
    if not staff and step < 3 and form.is_valid():
        given = {name: form.cleaned_data[name] for name in list(QUESTIONS)[:step]}
        form = Answers(initial=given, upto=step + 1, staff=False)

    def answer() -> None:
        told = {name: form.cleaned_data[name] for name in QUESTIONS}
        own = "PERSON" if request.actor.role == "ELDER" else "FAMILY"
        by_whom, how = (form.cleaned_data["by_whom"], form.cleaned_data["how"]) if staff else (own, "PAGE")
        commands.answer_experience(
            by=request.actor, at=now(), transfer=found, by_whom=by_whom, how=how, **told
        )
        messages.success(request, _("Thank you."))

    if not staff:
        return _large(
            request, found, form, answer, number=step if form.is_bound else form.fields["step"].initial
        )
    return act(
        request,
        form,
        answer,
        heading=_("How was the move?"),
        submit=_("Send"),
        back=reverse("beds:transfer", args=[found.pk]),
        lead=_("Your answers are counted together with others'. They are not kept with any member of staff."),
    )


def _large(
    request: Any, found: Any, form: Answers, answer: Callable[[], None], *, number: int
) -> HttpResponse:
    """One question on the page, in the type of elders, and the last one sends."""
    if form.is_bound and number == 3:
        with form.refusals():
            if form.is_valid():
                answer()
                return redirect("beds:transfer", found.pk)
    context = {
        "form": form,
        "number": number,
        "question": list(QUESTIONS.values())[number - 1],
        "submit": _("Send") if number == 3 else _("Next question"),
        "back": reverse("portals:home"),
    }
    return render(request, "beds/experience_elder.html", context)


@require_GET
@needs(P.RECORD_AGREEMENT)
def experience_sheet(request: Any, transfer_id: UUID) -> HttpResponse:
    """The three questions on paper; what was ticked is typed in afterwards."""
    found = transfer_pages.transfer(request.actor, transfer_id)
    if not found.named or not request.actor.membership_id:
        raise NotFound
    if found.arrived_at is None:
        raise AskedTooEarly
    seen(request.actor, [found.person_id], "beds.experience_sheet")
    context = {
        "transfer": found,
        "person": found.person,
        "questions": QUESTIONS.values(),
        "answers": [Experience.Answer(one).label for one in Experience.Answer.values],
    }
    return render(request, "beds/experience_sheet.html", context)
