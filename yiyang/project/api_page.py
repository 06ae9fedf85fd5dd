"""The reference of the API as a page: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiyang.project.api import api


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    document = api.get_openapi_schema()
    parts: dict[str, list[dict[str, Any]]] = {}
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            line = _line(document, path, verb, operation)
            parts.setdefault(operation["tags"][0], []).append(line)
    return render(request, "kernel/api.html", {"parts": sorted(parts.items())})


def _line(document: Any, path: str, verb: str, operation: dict[str, Any]) -> dict[str, Any]:
    known = document["components"]["parameters"]
    asked = [
        known[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in operation["parameters"]
    ]
    [(status, answer)] = [(code, one) for code, one in operation["responses"].items() if int(code) < 400]
    body = operation.get("requestBody")
    return {
        **operation,
        "path": path,
        "method": verb.upper(),
        "asked": asked,
        "status": status,
        "shown": _pretty(answer),
        "told": _pretty(body) if body else "",
    }


def _pretty(content: dict[str, Any]) -> str:
    return json.dumps(content["content"]["application/json"]["example"], ensure_ascii=False, indent=2)
