"""Guards of screens, stacked visibly above a view."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from yiyang.kernel.refusals import NotAllowed

View = Callable[..., HttpResponse]


def needs(*permissions: str) -> Callable[[View], View]:
    """The role must give at least one of these permissions somewhere; where it counts, the command checks."""

    def declare(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if not any(request.actor.may(permission) for permission in permissions):
                raise NotAllowed
            return view(request, *args, **kwargs)

        return guarded

    return declare
