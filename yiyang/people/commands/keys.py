"""Key rotation: what was written under older keys is written again under the newest, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import decrypt, encrypt, look_up_hashes
from yiyang.kernel.facts import record
from yiyang.kernel.rotation import OPERATORS_ALONE
from yiyang.people.commands.writing import read_documents
from yiyang.people.details import DocumentGiven
from yiyang.people.models import Contact, Identifier, IdentifierHash, Phone, PhoneHash

AT_ONCE = 500


@command(OPERATORS_ALONE, within=ANYWHERE)
def rotate_keys(*, by: Actor, at: datetime, after: str = "") -> str:
    """Write the next batch of identifiers, telephones and contacts under the newest key; all hashes are kept.

    Call it with what it returned until it returns "". Safe to repeat and to break off.
    """
    kind, _colon, last = (after or "identifiers:").partition(":")
    writers = {"identifiers": _identifiers, "phones": _phones, "contacts": _contacts}
    done, newest = writers[kind](last, at)
    record("keys.rotated", by=by, at=at, what=kind, rows=done)
    if done == AT_ONCE:
        return f"{kind}:{newest}"
    order = list(writers)
    place = order.index(kind) + 1
    return f"{order[place]}:" if place < len(order) else ""


def _identifiers(last: str, at: datetime) -> tuple[int, Any]:
    rows = list(_next(Identifier.objects.select_for_update(), last))
    for row in rows:
        number = decrypt(row.value)
        [(_given, document)] = read_documents([DocumentGiven(row.kind, number)], at)
        row.value = encrypt(number)
        row.save(update_fields=["value"])
        IdentifierHash.objects.bulk_create(
            [
                IdentifierHash(identifier=row, family=document.family, key_version=version, hash=value)
                for version, value in look_up_hashes(document.family, document.match)
            ],
            ignore_conflicts=True,
        )
    return len(rows), rows[-1].pk if rows else ""


def _phones(last: str, at: datetime) -> tuple[int, Any]:
    rows = list(_next(Phone.objects.select_for_update(), last))
    for row in rows:
        number = decrypt(row.value)
        row.value = encrypt(number)
        row.save(update_fields=["value"])
        held = set(row.hashes.values_list("key_version", flat=True))
        PhoneHash.objects.bulk_create(
            PhoneHash(phone=row, key_version=version, hash=value)
            for version, value in look_up_hashes("PHONE", number)
            if version not in held
        )
    return len(rows), rows[-1].pk if rows else ""


def _contacts(last: str, at: datetime) -> tuple[int, Any]:
    rows = list(_next(Contact.objects.select_for_update().filter(phone__isnull=False), last))
    for row in rows:
        row.phone = encrypt(decrypt(row.phone or b""))
        row.save(update_fields=["phone"])
    return len(rows), rows[-1].pk if rows else ""


def _next(rows: Any, last: str) -> Iterable[Any]:
    found = rows.order_by("pk")
    return found.filter(pk__gt=last)[:AT_ONCE] if last else found[:AT_ONCE]
