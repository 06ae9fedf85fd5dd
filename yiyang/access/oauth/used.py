"""What proofs of programs need of the database: each word once, and their keys as they are now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.kernel.fetching import fetch
from yiyang.kernel.time import now

from ..models import OauthClient
from ..secrets import hash_of
from .keys import KeysUnreadable, read_keys

FRESH_FOR = timedelta(minutes=5)
ASKED_AGAIN_AFTER = timedelta(minutes=1)

ONCE = """
    INSERT INTO access_usedassertion (client_id, hash, expires_at) VALUES (%s, %s, %s)
    ON CONFLICT (client_id, hash) DO NOTHING RETURNING id
"""


def first_use(client_id: str, name: str, until: float) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(ONCE, [UUID(client_id), hash_of(name), datetime.fromtimestamp(until, UTC)])
        return cursor.fetchone() is not None


def keys_of(client: OauthClient, kid: str) -> dict[str, Any]:
    """Its keys; from its own address where it has one, read anew now and then and for a key that is not known."""
    if not client.keys_url:
        return dict(client.keys)
    at, read_at = now(), client.keys_read_at
    known = any(one.get("kid") == kid for one in client.keys.get("keys", ()))
    wait = FRESH_FOR if known else ASKED_AGAIN_AFTER
    if read_at is not None and at - read_at < wait:
        return dict(client.keys)
    OauthClient.objects.filter(pk=client.pk).update(keys_read_at=at)  # one asks, however many come meanwhile
    try:
        keys = read_keys(fetch(client.keys_url).decode())
    except UnicodeDecodeError:
        raise KeysUnreadable from None
    OauthClient.objects.filter(pk=client.pk).update(keys=keys)
    return keys
