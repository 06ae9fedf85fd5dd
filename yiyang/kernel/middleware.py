"""What every answer says to the browser; and a Refusal that no form could show becomes a page that says why."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.shell import push_origin

POLICY = (
    "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src {connect}; object-src 'none'; "
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


def refusals_as_pages(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A Refusal raised by a view is an answer, not a fault: it says what is not possible and what to do next."""

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    answer.process_exception = _refusal_page  # type: ignore[attr-defined]
    return answer


def _refusal_page(request: HttpRequest, problem: Exception) -> HttpResponse | None:
    return refusal_page(request, problem) if isinstance(problem, Refusal) else None


def refusal_page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """What is not possible and what to do next, as a page of its own."""
    if isinstance(refusal, NotFound):
        return render(request, "404.html", status=404)
    back_url = _same_site(request.headers.get("Referer", ""), request)
    return render(
        request, "kernel/refusal.html", {"refusal": refusal, "back_url": back_url}, status=refusal.status
    )


def _same_site(url: str, request: HttpRequest) -> str:
    return url if url_has_allowed_host_and_scheme(url, {request.get_host()}) else ""
