"""Acts on one stay: said with the person's name, and back to the page of the stay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from yiyang.kernel.acting import act
from yiyang.kernel.forms import Form


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
