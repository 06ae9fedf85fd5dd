"""The packet over the JSON API: which version stands where, and the document as it was sealed."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.kernel.api import Answer, Example, Id, Instant, Routes, Shown
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.packets.queries import packets as queries

routes = Routes("packets")
AN_ID = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1f{:02d}"
MEDIA_TYPE = "application/fhir+json"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class PacketShown(Shown):
    """The newest version for the unit that receives; `document` is its exact text, of which `sha256` is the digest."""

    example: ClassVar[Example] = {
        "id": AN_ID.format(1), "transfer": AN_ID.format(2), "version": 2, "built_at": "2026-05-01T00:30:00Z",
        "sha256": HASH, "media_type": MEDIA_TYPE, "document": "{\"resourceType\":\"Bundle\"}",
    }  # fmt: skip

    id: Id
    transfer: Id
    version: int
    built_at: Instant
    sha256: Annotated[str, Field(description="SHA-256 of `document` in UTF-8")]
    media_type: str
    document: Annotated[str, Field(description="a document Bundle of FHIR R4 (4.0.1)")]


@routes.get("/transfers/{transfer_id}/packet", shows=PacketShown, permission=Permission.READ_RECORD)
def packet_of_transfer(request: Any, transfer_id: Id) -> Answer:
    """What goes with the person, for the unit that receives them.

    With `Accept: application/fhir+json` the answer is the document itself, as it was sealed.
    """
    found = queries.transfer(request.actor, transfer_id)
    if not queries.sides(request.actor, found).receives:
        raise NotAllowed
    newest = queries.newest(found)
    if newest is None:
        raise NotFound
    queries.opened(request.actor, newest)
    shown = PacketShown(
        id=newest.pk, transfer=found.pk, version=newest.version, built_at=newest.built_at, sha256=newest.digest,
        media_type=MEDIA_TYPE, document=newest.body,
    )  # fmt: skip
    return Answer(shown, persons=[found.person_id], exact={MEDIA_TYPE: newest.body})
