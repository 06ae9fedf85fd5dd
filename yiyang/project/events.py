"""Where live events are, and where readings are sent, for those who ask the pages' own port."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, JsonResponse
from django.http.request import split_domain_port
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

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


@csrf_exempt
@login_not_required
@require_POST
def ingest(request: Any) -> HttpResponse:
    """Lead to the process that takes readings. Behind a proxy, the proxy itself sends /ingest there."""
    if not settings.INGEST_PORT:
        body = {
            "title": "Not found",
            "status": 404,
            "code": "NOT_FOUND",
            "detail": "The proxy must send /ingest to the process that takes readings.",
        }
        return JsonResponse(body, status=404, content_type="application/problem+json")
    host = split_domain_port(request.get_host())[0]
    target = f"{request.scheme}://{host}:{settings.INGEST_PORT}/ingest"
    return HttpResponse(status=307, headers={"Location": target})
