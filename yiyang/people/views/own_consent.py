"""Consent as the person's own act, or the guardian's: one question a page, in large type, with a way back.

What was answered so far travels in the form itself, so that nothing is kept before "I agree".
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.consent_forms import ConsentForm
from yiyang.people.rules.consents import Lasting, Width

ASKED = {
    "who": ("organisation",),
    "what": ("width",),
    "kinds": ("kinds",),
    "sensitive": ("labels",),
    "until": ("lasting",),
    "days": ("from_on", "until_on"),
    "purpose": ("purpose",),
    "other": ("purpose_other",),
}
CHECK = "check"


def give_own_consent(request: Any, person: Any) -> HttpResponse:
    """The next question, or, after the last, what was chosen; "I agree" opens it."""
    units = queries.units_to_open_to(person)
    seen(request.actor, [person], "people.give_consent")
    answered = request.POST.get("step", "")
    if request.method != "POST":
        return _question(request, person, "who", ConsentForm(None, units=units, only=ASKED["who"]))
    steps = steps_of(request.POST)
    if "back" in request.POST and answered in steps:
        before = steps[max(0, steps.index(answered) - 1)]
        return _question(request, person, before, ConsentForm(request.POST, units=units, only=ASKED[before]))
    reached = steps.index(answered) if answered in steps else 0
    for step in steps[: min(reached + 1, len(steps) - 1)]:
        form = ConsentForm(request.POST, units=units, only=ASKED[step])
        if not form.is_valid():
            return _question(request, person, step, form, status=422)
    if answered == CHECK:
        return _agree(request, person, units)
    following = steps[reached + 1]
    if following == CHECK:
        return _check(request, person, ConsentForm(request.POST, units=units))
    given = request.POST if any(name in request.POST for name in ASKED[following]) else None
    return _question(request, person, following, ConsentForm(given, units=units, only=ASKED[following]))


def steps_of(given: Any) -> list[str]:
    """The questions that make sense after what was answered so far."""
    width = given.get("width", "")
    needless = {
        "kinds": width != Width.SOME,
        "sensitive": width in (Width.MOVE, Width.BASIC),
        "days": given.get("lasting") != Lasting.CHOSEN,
        "other": given.get("purpose") != "OTHER",
    }
    return [step for step in (*ASKED, CHECK) if not needless.get(step)]


def _agree(request: Any, person: Any, units: Any) -> HttpResponse:
    form = ConsentForm(request.POST, units=units)
    with form.refusals():
        if form.is_valid():
            commands.give_consent(by=request.actor, at=now(), person=person, **form.told())
            messages.success(request, _("Done. They can see it as you chose."))
            return redirect("people:consents", person.pk)
    refusal = getattr(form, "refusal", None)
    if refusal is not None and (wrong := _step_of(form)):
        again = ConsentForm(request.POST, units=units, only=ASKED[wrong])
        again.add_error(next(iter(form.errors)), str(refusal))
        return _question(request, person, wrong, again, status=refusal.status)
    return _check(request, person, form, status=refusal.status if refusal else 422)


def _step_of(form: ConsentForm) -> str | None:
    """The question whose answer was refused; None where it is the whole."""
    return next((step for step, names in ASKED.items() if set(names) & set(form.errors)), None)


def _check(request: Any, person: Any, form: ConsentForm, status: int = 200) -> HttpResponse:
    if not form.is_valid() and not hasattr(form, "refusal"):
        return _question(request, person, "who", ConsentForm(None, units=(), only=ASKED["who"]), status=422)
    lines = queries.chosen(form)
    return _question(request, person, CHECK, form, status=status, lines=lines)


def _question(
    request: Any, person: Any, step: str, form: ConsentForm, status: int = 200, **shown: Any
) -> HttpResponse:
    steps = steps_of(request.POST)
    number = steps.index(step) + 1 if step in steps else 1
    others = [name for one, names in ASKED.items() if one != step for name in names]
    carried = [(name, value) for name in others for value in request.POST.getlist(name)[:200]]
    context = {
        "person": person, "step": step, "form": form, "number": number, "of": len(steps), "carried": carried,
        "question": questions()[step], "cancel": reverse("people:consents", args=[person.pk]), **shown,
    }  # fmt: skip
    return render(request, "people/own_consent.html", context, status=status)


def questions() -> dict[str, str]:
    return {
        "who": _("Who may see this record?"),
        "what": _("How much may they see?"),
        "kinds": _("Which kinds of data may they see?"),
        "sensitive": _("May they also see sensitive data?"),
        "until": _("For how long may they see it?"),
        "days": _("From which day to which day?"),
        "purpose": _("What do they need it for?"),
        "other": _("What for, in your own words?"),
        CHECK: _("Is everything right?"),
    }
