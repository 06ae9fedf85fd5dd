"""The few pages that belong to no context: language, appearance, health, the gallery of components."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language

from yiyang.kernel.shell import APPEARANCE

YEAR = 365 * 24 * 3600

language = login_not_required(require_POST(set_language))


@login_not_required
@require_POST
def appearance(request: HttpRequest) -> HttpResponse:
    """Keep the reader's choice of theme, size of text and density for a year, in this browser."""
    response = redirect(_safe_next(request))
    for name, allowed in APPEARANCE.items():
        if request.POST.get(name) in allowed:
            response.set_cookie(
                name,
                request.POST[name],
                max_age=YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
    return response


@login_not_required
@never_cache
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Whether this process can reach its database; for supervisors and load balancers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("database unreachable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component with sample data; only where no real people are."""
    _only_with_samples()
    from yiyang.kernel.gallery import samples

    return render(request, "kernel/gallery.html", samples(request))


@login_not_required
@require_GET
def elder_gallery(request: HttpRequest) -> HttpResponse:
    """A page in the density for elders, with sample data."""
    _only_with_samples()
    from yiyang.kernel.gallery import elder_samples

    return render(request, "kernel/gallery_elder.html", elder_samples(request))


def _only_with_samples() -> None:
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
