"""What a read by id costs at least: the same server, one statement by primary keys, the stored text as it is.

Once as a bare callable, and once through Django with nothing between (`BARE=django`), as the product is served.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

ASKED = """
    SELECT r.body FROM records_resource r JOIN records_address a USING (person_id, kind, id)
    WHERE a.kind = %s AND a.id = %s AND NOT r.deleted
"""
_own = threading.local()


def by_callable(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """`/KIND/ID`, WSGI."""
    _empty, kind, id = environ["PATH_INFO"].split("/")
    row = _connection().execute(ASKED, (int(kind), id), prepare=True).fetchone()
    body = row[0].encode() if row else b""
    start(
        "200 OK" if row else "404 Not Found",
        [("Content-Type", "application/fhir+json"), ("Content-Length", str(len(body)))],
    )
    return [body]


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    return _own.connection  # type: ignore[no-any-return]


def by_django() -> Callable[..., Any]:
    """The same as a Django view without middleware, on Django's own connection with its pool."""
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection
    from django.http import HttpResponse
    from django.urls import path

    django.setup()
    settings.MIDDLEWARE = []

    def view(_request: Any, kind: int, id: str) -> HttpResponse:
        with connection.cursor() as cursor:
            cursor.execute(ASKED, (kind, id))
            row = cursor.fetchone()
        return HttpResponse(row[0], content_type="application/fhir+json")

    settings.ROOT_URLCONF = type("urls", (), {"urlpatterns": [path("<int:kind>/<str:id>", view)]})
    return WSGIHandler()


application = by_django() if os.environ.get("BARE") == "django" else by_callable
