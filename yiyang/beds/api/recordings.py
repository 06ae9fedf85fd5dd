"""Photos and voice notes of a transfer, for those who send, receive or coordinate it."""

from __future__ import annotations

import base64
from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.beds import commands
from yiyang.beds.api.shown import AN_ID, Act, happened
from yiyang.beds.api.transfers import routes
from yiyang.beds.models import Recording
from yiyang.beds.queries import recordings as queries
from yiyang.beds.queries import transfer_pages
from yiyang.beds.queries.handling import handles
from yiyang.kernel.api import Answer, Example, Id, Instant, Line, OneOf, Sentence, Shown
from yiyang.kernel.api.papers import Base64, read_paper
from yiyang.kernel.refusals import NotFound

# The smallest picture there is, for the example.
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


class RecordingShown(Shown):
    """A photo or a voice note; of one that was removed, who removed it and why."""

    example: ClassVar[Example] = {
        "id": AN_ID.format(61), "kind": "PHOTO", "media_type": "image/jpeg", "size": 84213, "note": "骶尾部皮肤",
        "added_at": "2026-05-01T00:30:00Z", "added_by": "李敏 · 养老机构护士", "removed_at": None, "removed_by": "",
        "removed_reason": "",
    }  # fmt: skip

    id: Id
    kind: Annotated[str, OneOf(Recording.Kind)]
    media_type: str
    size: Annotated[int, Field(description="in bytes")]
    note: str
    added_at: Instant
    added_by: str
    removed_at: Instant | None
    removed_by: str
    removed_reason: str


class RecordingInFull(RecordingShown):
    example: ClassVar[Example] = RecordingShown.example | {"sha256": "9f86d081…", "content": DOT}

    sha256: str
    content: Annotated[str, Field(description="base64")]


class Recordings(Shown):
    example: ClassVar[Example] = {"recordings": [RecordingShown.example]}

    recordings: list[RecordingShown]


class AddRecording(Act):
    example: ClassVar[Example] = {"kind": "PHOTO", "content": DOT, "note": "骶尾部皮肤"}

    kind: Annotated[str, OneOf(Recording.Kind)]
    content: Base64
    note: Line = ""


class RemoveRecording(Act):
    example: ClassVar[Example] = {"reason": "照到了别人"}

    reason: Sentence


@routes.get("/transfers/{transfer_id}/recordings", shows=Recordings)
def recordings(request: Any, transfer_id: Id) -> Answer:
    """Photos and voice notes without their content, those removed last."""
    found = transfer_pages.transfer(request.actor, transfer_id)
    if not handles(request.actor, found.person_id):
        raise NotFound
    shown = [_shown(one) for one in queries.of_transfer(found)]
    return Answer(Recordings(recordings=shown), persons=[found.person_id])


@routes.post("/transfers/{transfer_id}/recordings", shows=RecordingShown, status=201, matches="")
def add_recording(request: Any, transfer_id: Id, body: AddRecording) -> Answer:
    """Add a photo or a voice note; a photo is drawn anew, without where and with what it was taken."""
    found = transfer_pages.transfer(request.actor, transfer_id)
    made = commands.add_recording(
        by=request.actor, at=happened(body), transfer=found, kind=body.kind, note=body.note,
        content=read_paper(body.content, "content") or b"",
    )  # fmt: skip
    return Answer(_shown(made), persons=[found.person_id])


@routes.get("/recordings/{recording_id}", shows=RecordingInFull)
def recording(request: Any, recording_id: Id) -> Answer:
    """One photo or voice note itself."""
    found = queries.recording(request.actor, recording_id)
    content = base64.b64encode(queries.content_of(found)).decode()
    shown = RecordingInFull(**_shown(found).model_dump(), sha256=found.sha256, content=content)
    return Answer(shown, persons=[found.person_id])


@routes.post("/recordings/{recording_id}/remove", shows=RecordingShown, matches="")
def remove_recording(request: Any, recording_id: Id, body: RemoveRecording) -> Answer:
    """It was wrong: its content is erased; that it was there, who removed it and why stays."""
    found = queries.recording(request.actor, recording_id)
    done = commands.remove_recording(by=request.actor, at=happened(body), recording=found, reason=body.reason)
    return Answer(_shown(done), persons=[found.person_id])


def _shown(one: Recording) -> RecordingShown:
    same = {name: getattr(one, name) for name in RecordingShown.model_fields if name != "id"}
    return RecordingShown(id=one.pk, **same)
