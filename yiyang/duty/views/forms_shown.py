"""One page with one form: most screens of the roster that change something."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from yiyang.kernel.forms import Form
from yiyang.kernel.time import now


def posted(request: Any) -> Any:
    """What a form is bound to: an empty answer to a question is an answer too."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: Any,
    form: Form,
    run: Callable[[Any], Any],
    *,
    heading: Any,
    submit: Any,
    back: str,
    lead: Any = "",
    danger: bool = False,
    more: Sequence[tuple[Any, str]] = (),
) -> HttpResponse:
    """Ask, run one command, go back. A Refusal is shown on the form, which keeps what was typed."""
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                run(now())
                return redirect(back)
    context = {
        "form": form, "heading": heading, "submit": submit, "back": back, "lead": lead, "danger": danger,
        "more": more,
    }  # fmt: skip
    return render(request, "duty/form.html", context, status=422 if form.errors else 200)
