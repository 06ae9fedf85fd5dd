"""One page with one form that runs one command: most screens that change something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from yiyang.kernel.forms import Form


def asked(request: Any) -> Any:
    """What a form is bound to: an empty answer to a question is an answer too."""
    return request.POST if request.method == "POST" else None


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

    A Refusal is shown on the form, which keeps what was typed. One that found several faults (`found`) lists them.
    """
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                made = run()
                if done:
                    messages.success(request, done)
                return redirect(onward(made) if onward else back)
    refusal = getattr(form, "refusal", None)
    faults = [str(one) for one in refusal.details.get("found", ())] if refusal else []
    if faults:
        form.errors.clear()
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
        "faults": faults,
    }
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, "kernel/act.html", context, status=status)
