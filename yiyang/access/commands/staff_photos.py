"""The photo of a member of staff: put there by themselves or by who is in charge of the account."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yiyang.kernel import pictures
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import encrypt_bytes
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotFound, Refusal

from ..models import Account, StaffPhoto
from ..models.accounts import AccountKind
from ..permissions import Permission
from .accounts import _may_administer

SIDE = 480


class PhotosOfStaffAlone(Refusal):
    message = _("Photos are kept of staff alone, so that the people they look after know them.")


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def set_staff_photo(*, by: Actor, at: datetime, account: Account, content: bytes) -> StaffPhoto:
    """Drawn anew and small; it takes the place of the one before."""
    if by.account_id != account.pk:
        _may_administer(by, account, at)
    if account.kind != AccountKind.STAFF:
        raise PhotosOfStaffAlone
    drawn = pictures.redrawn(content, side=SIDE)
    told = {
        "content": encrypt_bytes(drawn),
        "sha256": hashlib.sha256(drawn).hexdigest(),
        "added_at": at,
        "added_by": by.label[:120],
    }
    photo, _made = StaffPhoto.objects.update_or_create(account=account, defaults=told)
    record("staff_photo.set", by=by, at=at, subject=account, sha256=photo.sha256)
    return photo


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def remove_staff_photo(*, by: Actor, at: datetime, account: Account) -> None:
    """It is erased."""
    if by.account_id != account.pk:
        _may_administer(by, account, at)
    gone, _kinds = StaffPhoto.objects.filter(account=account).delete()
    if not gone:
        raise NotFound
    record("staff_photo.removed", by=by, at=at, subject=account)
