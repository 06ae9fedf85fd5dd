"""One page with one form that runs one command, for the small acts on an assessment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.assessments.models import Assessment
from yiyang.kernel.forms import Form


def posted(request: Any) -> Any:
    return request.POST if request.method == "POST" else None


def act(
    request: Any,
    form: Form,
    run: Callable[[], Any],
    *,
    heading: Any,
    submit: Any,
    back: str,
    trail: Iterable[tuple[Any, str]] = (),
    lead: Any = "",
    done: Any = "",
    danger: bool = False,
    onward: Callable[[Any], str] | None = None,
    **shown: Any,
) -> HttpResponse:
    """Ask, run the command, go on. A Refusal is shown on the form, which keeps what was typed."""
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                made = run()
                if done:
                    messages.success(request, done)
                return redirect(onward(made) if onward else back)
    context = {
        "form": form, "heading": heading, "submit": submit, "cancel": back, "lead": lead, "trail": list(trail),
        "danger": danger, "at_home": request.actor.membership_id is None, **shown,
    }  # fmt: skip
    refusal = getattr(form, "refusal", None)
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, "assessments/act.html", context, status=status)


def trail_of(found: Assessment) -> list[tuple[Any, str]]:
    """From the person over the list to the assessment."""
    return [*trail_to(found.person), (found.instrument.name, page_of(found))]


def trail_to(person: Any) -> list[tuple[Any, str]]:
    return [
        (person.full_name, reverse("people:person", args=[person.pk])),
        (_("Assessments"), reverse("assessments:assessments_of_person", args=[person.pk])),
    ]


def page_of(found: Assessment) -> str:
    return reverse("assessments:assessment", args=[found.pk])
