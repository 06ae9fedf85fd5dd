"""One page with one form that runs one command: most screens of the boards that change something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yiyang.kernel.forms import Form


def asked(request: Any) -> Any:
    """What a form is bound to: an empty answer to a question is an answer too."""
    return request.POST if request.method == "POST" else None


def typed(form: Form, *names: str) -> dict[str, Any]:
    """What was typed into these fields, as a command takes it."""
    return {name: form.cleaned_data[name] for name in names}


def act_on_stay(
    request: Any,
    episode: Any,
    form: Form,
    run: Callable[[], Any],
    *,
    heading: str,
    bed: str = "",
    **shown: Any,
) -> HttpResponse:
    """An act on one stay: said with the person's name (and bed), and back to the page of the stay."""
    name = episode.person.full_name
    trail = [(episode.unit.name, unit_page(episode)), (name, stay_page(episode))]
    return act(
        request,
        form,
        run,
        heading=heading.format(name=name, bed=bed),
        back=stay_page(episode),
        trail=trail,
        **shown,
    )


def stay_page(episode: Any) -> str:
    return reverse("beds:stay", args=[episode.pk])


def unit_page(episode: Any) -> str:
    return reverse("beds:unit", args=[episode.unit_id])


def act(
    request: Any,
    form: Form,
    run: Callable[[], Any],
    *,
    heading: Any,
    submit: Any,
    back: str,
    lead: Any = "",
    consequences: Iterable[Any] = (),
    danger: bool = False,
    done: Any = "",
    trail: Iterable[tuple[Any, str]] = (),
    onward: Callable[[Any], str] | None = None,
    at_home: bool = False,
) -> HttpResponse:
    """Ask, run the command, go back, or `onward` to what the command made.

    A Refusal is shown on the form, which keeps what was typed.
    """
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                made = run()
                if done:
                    messages.success(request, done)
                return redirect(onward(made) if onward else back)
    context = {
        "form": form,
        "heading": heading,
        "submit": submit,
        "cancel": back,
        "lead": lead,
        "consequences": list(consequences),
        "danger": danger,
        "trail": list(trail),
        "at_home": at_home,
    }
    return render(request, "beds/act.html", context)
