"""What every answer says to the browser: load nothing from elsewhere, run nothing that is written inline."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'self'; img-src 'self' data:; connect-src {connect}; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Strict for all pages; the push process may stand on another port of the same machine."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", POLICY.format(connect=_connect(request)))
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return answer


def _connect(request: HttpRequest) -> str:
    push_url = getattr(settings, "PUSH_URL", "")
    return "'self'" if not push_url or push_url.startswith("/") else f"'self' {push_url.split('?')[0]}"
