"""What was tried is signed: on the page of the trial, which says why when it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now


def signed(
    request: Any,
    trial: Any,
    sign: Callable[..., Any],
    page: Callable[..., HttpResponse],
    said: str,
    back: str,
) -> HttpResponse:
    try:
        sign(by=request.actor, at=now(), trial=trial)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return page(request, trial, refusal.status)
    messages.success(request, said)
    return redirect(back)
