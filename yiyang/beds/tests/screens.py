"""A browser of somebody of the cast, for the tests of screens."""

from __future__ import annotations

from typing import Any

from django.test import Client


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
