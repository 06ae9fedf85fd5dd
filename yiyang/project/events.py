"""Where pages and clients find live events when they ask the pages' own port."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from yiyang.kernel.shell import push_origin


@login_not_required
@require_GET
def events(request: Any) -> HttpResponse:
    """Lead to the push process. Behind a proxy, the proxy itself sends /events there."""
    origin = push_origin(request)
    if not origin:
        body = {
            "title": "Not found",
            "status": 404,
            "code": "NOT_FOUND",
            "detail": "The proxy must send /events to the push process.",
        }
        return JsonResponse(body, status=404, content_type="application/problem+json")
    query = request.META.get("QUERY_STRING", "")
    return HttpResponse(status=307, headers={"Location": f"{origin}/events" + (f"?{query}" if query else "")})
