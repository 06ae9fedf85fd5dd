"""What every answer says to the browser: load nothing from elsewhere, run nothing that is written inline."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from yiyang.kernel.shell import push_origin

POLICY = (
    "default-src 'self'; img-src 'self' data:; connect-src {connect}; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def content_security_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Strict for all pages; the push process may stand on another port of the same machine."""

    def origin(request: HttpRequest) -> str:
        try:
            return push_origin(request)
        except DisallowedHost:
            return ""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault(
            "Content-Security-Policy", POLICY.format(connect=f"'self' {origin(request)}".strip())
        )
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response

    return answer
