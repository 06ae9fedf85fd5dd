"""`GET /events` on the port of the pages leads to the push process; behind a proxy the proxy does this."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse


class TemporaryRedirect(HttpResponseRedirect):
    status_code = 307


def events(request: HttpRequest) -> HttpResponse:
    """Sends a listener on to the port where events are pushed."""
    if settings.PUSH_PORT is None:
        problem = {"type": "about:blank", "title": "NOT_HERE", "status": 404, "code": "NOT_HERE"}
        problem["detail"] = "The proxy must lead /events to the push process: see docs/operating.md."
        return JsonResponse(problem, status=404, content_type="application/problem+json")
    host = request.get_host().rsplit(":", 1)[0]
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return TemporaryRedirect(f"{request.scheme}://{host}:{settings.PUSH_PORT}/events{query}")
