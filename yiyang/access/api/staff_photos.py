"""The photo of a member of staff, for themselves and for who is in charge of the account."""

from __future__ import annotations

import base64
from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.kernel.api import Answer, Example, Id, Shown, Told
from yiyang.kernel.api.papers import Base64, read_paper
from yiyang.kernel.pictures import MEDIA_TYPE
from yiyang.kernel.time import now

from .. import commands
from ..queries import staff_photos as queries
from .accounts import routes
from .shown import ACCOUNT

# The smallest picture there is, for the example.
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


class StaffPhotoKept(Shown):
    example: ClassVar[Example] = {"account": ACCOUNT, "there": True}

    account: Id
    there: Annotated[bool, Field(description="whether a photo is kept")]


class StaffPhotoShown(Shown):
    example: ClassVar[Example] = {"account": ACCOUNT, "media_type": "image/jpeg", "content": DOT}

    account: Id
    media_type: str
    content: Annotated[str, Field(description="base64")]


class SetStaffPhoto(Told):
    example: ClassVar[Example] = {"content": DOT}

    content: Base64


class RemoveStaffPhoto(Told):
    example: ClassVar[Example] = {}


@routes.get("/accounts/{account_id}/photo", shows=StaffPhotoShown)
def staff_photo(request: Any, account_id: Id) -> Answer:
    """The photo that the people whom they look after see while they are on duty."""
    account = queries.of_staff(request.actor, account_id)
    content = base64.b64encode(queries.photo_content(account.pk)).decode()
    return Answer(StaffPhotoShown(account=account.pk, media_type=MEDIA_TYPE, content=content))


@routes.post("/accounts/{account_id}/photo", shows=StaffPhotoKept, matches="")
def set_staff_photo(request: Any, account_id: Id, body: SetStaffPhoto) -> Answer:
    """Keep a photo of the face, drawn anew and small; it takes the place of the one before."""
    account = queries.of_staff(request.actor, account_id)
    commands.set_staff_photo(
        by=request.actor, at=now(), account=account, content=read_paper(body.content, "content") or b""
    )
    return Answer(StaffPhotoKept(account=account.pk, there=True))


@routes.post("/accounts/{account_id}/photo/remove", shows=StaffPhotoKept, matches="")
def remove_staff_photo(request: Any, account_id: Id, body: RemoveStaffPhoto) -> Answer:
    """The photo is erased."""
    account = queries.of_staff(request.actor, account_id)
    commands.remove_staff_photo(by=request.actor, at=now(), account=account)
    return Answer(StaffPhotoKept(account=account.pk, there=False))
