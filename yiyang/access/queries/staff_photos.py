from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from yiyang.kernel.crypto import decrypt_bytes
from yiyang.kernel.refusals import NotFound

from ..models import Account, StaffPhoto
from .accounts import account


def of_staff(actor: Any, account_id: UUID) -> Account:
    """The own account, or one in the actor's charge."""
    return actor.account if actor.account_id == account_id else account(actor, account_id)


def have_photo(account_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these accounts have a photo."""
    found = StaffPhoto.objects.filter(account__in=list(account_ids))
    return set(found.values_list("account_id", flat=True))


def photo_content(account_id: UUID) -> bytes:
    """For callers who have asked whether the reader may see it."""
    found = StaffPhoto.objects.filter(account=account_id).first()
    if found is None:
        raise NotFound
    return decrypt_bytes(bytes(found.content))
