"""Keeping a signed paper beside what it is the paper of."""

from __future__ import annotations

import hashlib
from datetime import datetime

from yiyang.kernel import papers
from yiyang.kernel.actors import Actor
from yiyang.people.models import AgreementPaper, Assistance, ConsentAct, Guardianship, ServiceAgreement


def keep_paper(
    content: bytes,
    *,
    at: datetime,
    by: Actor,
    **of: ServiceAgreement | Guardianship | Assistance | ConsentAct,
) -> AgreementPaper:
    """Keep a paper, named by what it belongs to, when it is a photo or a PDF of a bearable size."""
    return AgreementPaper.objects.create(
        content=content, media_type=papers.checked(content), sha256=hashlib.sha256(content).hexdigest(),
        added_at=at, added_by=by.label[:120], **of,
    )  # fmt: skip
