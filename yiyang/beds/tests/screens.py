"""A browser of somebody of the cast, for the tests of screens."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


def signed_in(actor: Any, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    type(actor.account).objects.filter(pk=actor.account.pk).update(language=language)
    actor.account.refresh_from_db()
    client.force_login(actor.account)
    return client


def page(actor: Any, url: str, status: int = 200) -> str:
    response = signed_in(actor).get(url)
    assert response.status_code == status, (response.status_code, url)
    return response.content.decode()


def statements(actor: Any, url: str) -> int:
    """How many SQL statements one page takes, when nothing is asked for the first time."""
    client = signed_in(actor)
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)
