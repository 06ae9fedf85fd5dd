"""Signed papers over the API: a photo or a PDF as base64, in a body and in an answer."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, ClassVar

from pydantic import Field, Strict, WithJsonSchema

from yiyang.kernel.api.problems import ValuesRefused
from yiyang.kernel.api.schemas import Example, Shown
from yiyang.kernel.api.values import Id, Instant

SCAN = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d60"
Base64 = Annotated[
    str,
    Strict(),
    Field(max_length=900_000),
    WithJsonSchema(
        {
            "type": "string",
            "contentEncoding": "base64",
            "description": "a photo or PDF, at most 900,000 characters",
        }
    ),
]


class PaperListed(Shown):
    """A paper without its content."""

    example: ClassVar[Example] = {
        "id": SCAN, "media_type": "application/pdf", "added_at": "2026-05-01T00:30:00Z", "added_by": "李敏 · 护士长",
    }  # fmt: skip

    id: Id
    media_type: str
    added_at: Instant
    added_by: str


class PaperShown(PaperListed):
    example: ClassVar[Example] = PaperListed.example | {"sha256": "9f86d081…", "content": "JVBERi0xLjQ="}

    sha256: str
    content: Annotated[str, Field(description="base64")]


def listed(paper: Any) -> PaperListed:
    return PaperListed(id=paper.pk, **_same(paper))


def in_full(paper: Any) -> PaperShown:
    content = base64.b64encode(bytes(paper.content)).decode()
    return PaperShown(id=paper.pk, sha256=paper.sha256, content=content, **_same(paper))


def read_paper(given: str | None, name: str = "paper") -> bytes | None:
    """The paper that a body holds under `name`; nothing when it holds none."""
    if not given:
        return None
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValuesRefused(("body", [name], "base64")) from error


def _same(paper: Any) -> dict[str, Any]:
    return {name: getattr(paper, name) for name in ("media_type", "added_at", "added_by")}
