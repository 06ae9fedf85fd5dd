"""A POST with an `Idempotency-Key` is done once, however often it is sent.

The key is claimed first in the transaction that does the work, and the answer is stored in it, encrypted: so
both are there, or neither. A second request with the key waits for the first on that very row. Refusals are stored
too: their savepoint is rolled back, the key and the refusal stay. Answers that ask to try again (5xx) are not.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.commands import LOCK_NOT_AVAILABLE
from yiyang.kernel.crypto import decrypt, encrypt
from yiyang.kernel.facts import seen
from yiyang.kernel.models import IdempotencyKey
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

KEPT = timedelta(days=1)
WAITS = "5s"
KEY = re.compile(r"[\x21-\x7e]{1,200}")
KEPT_HEADERS = ("ETag", "Location")
PERSONS = "persons"  # kept beside the headers: whom the answer shows, for a replay shows them again


class IdempotencyKeyMalformed(Refusal):
    message = _("An Idempotency-Key has 1 to 200 printable ASCII characters without blanks, such as a UUID.")
    status = 422


class IdempotencyKeyReused(Refusal):
    message = _("This Idempotency-Key was used for another request. Take a new key for each new request.")
    status = 422


class IdempotencyKeyInUse(Refusal):
    message = _("The first request with this Idempotency-Key is still being done. Ask again in a moment.")
    status = 409


def once(request: Any, token: UUID, key: str, work: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer to this request: the stored one, or that of the work, which is then stored."""
    if not KEY.fullmatch(key):
        raise IdempotencyKeyMalformed
    digest = _digest(request)
    with transaction.atomic():
        claim = _claim(token, key, digest)
        if claim is None:
            return _stored(request.actor, token, key, digest)
        response = _do(request, work)
        IdempotencyKey.objects.filter(pk=claim).update(
            status=response.status_code,
            body=encrypt(response.content.decode()),
            content_type=response["Content-Type"],
            headers={name: response[name] for name in KEPT_HEADERS if name in response}
            | {PERSONS: [str(one) for one in getattr(response, "persons", ())]},
        )
    return response


def _do(request: Any, work: Callable[[], HttpResponse]) -> HttpResponse:
    """The work in a savepoint: a refusal takes back what it did, and keeps the key."""
    from yiyang.kernel.api.problems import of_exception  # heavy; only the pages' process has it loaded

    try:
        with transaction.atomic():
            return work()
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return of_exception(request, refusal)
    except Http404 as missing:
        return of_exception(request, missing)


def _claim(token: UUID, key: str, digest: str) -> int | None:
    """The number of the claimed row; None when the key is taken. Waits for a request that is still running."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAITS])
            cursor.execute(
                "INSERT INTO kernel_idempotencykey"
                " (token, key, request_digest, content_type, headers, created_at)"
                " VALUES (%s, %s, %s, '', '{}', %s)"
                " ON CONFLICT (token, key) DO UPDATE SET request_digest = excluded.request_digest,"
                " status = NULL, body = NULL, headers = '{}', created_at = excluded.created_at"
                " WHERE kernel_idempotencykey.created_at <= %s RETURNING id",
                [token, key, digest, now(), now() - KEPT],
            )
            row = cursor.fetchone()
            return row[0] if row else None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise IdempotencyKeyInUse from error


def _stored(actor: Any, token: UUID, key: str, digest: str) -> HttpResponse:
    row = IdempotencyKey.objects.get(token=token, key=key)
    if row.request_digest != digest:
        raise IdempotencyKeyReused
    seen(actor, [UUID(one) for one in row.headers.pop(PERSONS, [])], "api.replayed")
    response = HttpResponse(
        decrypt(bytes(row.body or b"")), status=row.status or 500, content_type=row.content_type
    )
    for name, value in row.headers.items():
        response[name] = value
    response["Idempotent-Replayed"] = "true"
    return response


def _digest(request: Any) -> str:
    """What makes two requests the same: method, address and the object sent, whatever its blanks and order.

    Keyed, because a body may hold a short secret, such as a first password.
    """
    told = msgspec.json.encode(getattr(request, "told", None), order="sorted")
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hmac.new(settings.SECRET_KEY.encode(), head + told, hashlib.sha256).hexdigest()


def forget_old_keys() -> int:
    """Drop the answers that are older than a day."""
    deleted, _by_table = IdempotencyKey.objects.filter(created_at__lte=now() - KEPT).delete()
    return deleted
