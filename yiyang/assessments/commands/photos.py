"""Photos that belong to an assessment: a wound, a stair, the bathroom. Drawn anew and encrypted."""

from __future__ import annotations

import hashlib
from datetime import datetime

from yiyang.access.permissions import Permission
from yiyang.assessments.commands import locks
from yiyang.assessments.commands.refusals import NotADraft, PhotoGone, TooManyPhotos
from yiyang.assessments.models import Assessment, AssessmentPhoto, State
from yiyang.kernel import pictures
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.crypto import encrypt_bytes
from yiyang.kernel.facts import record_of
from yiyang.people.reach import in_full

AT_MOST = 12
LONG_SIDE = 1600


@command(Permission.ASSESS, within=locks.owner, about=in_full(locks.about))
def add_assessment_photo(
    *, by: Actor, at: datetime, assessment: Assessment, content: bytes, note: str = "", item: str = ""
) -> AssessmentPhoto:
    """Keep it with the draft, without where and with what it was taken."""
    kept = pictures.redrawn(content, side=LONG_SIDE)
    found = _draft(assessment)
    if found.photos.filter(removed_at=None).count() >= AT_MOST:
        raise TooManyPhotos(number=AT_MOST)
    made = AssessmentPhoto.objects.create(
        assessment=found, item=item[:40], content=encrypt_bytes(kept), media_type=pictures.MEDIA_TYPE,
        sha256=hashlib.sha256(kept).hexdigest(), note=note.strip()[:200], added_at=at, added_by=by.label[:120],
    )  # fmt: skip
    record_of(found, "assessment.photo_added", by=by, at=at, photo=made.pk, sha256=made.sha256)
    return made


@command(
    Permission.ASSESS,
    within=lambda by, assessment_photo, **_: locks.owner(by, assessment_photo.assessment),
    about=in_full(lambda assessment_photo, **_: assessment_photo.assessment.person_id),
)
def remove_assessment_photo(*, by: Actor, at: datetime, assessment_photo: AssessmentPhoto) -> AssessmentPhoto:
    """Before the signature: its content is erased; that it was there stays."""
    assessment = _draft(assessment_photo.assessment)
    found = AssessmentPhoto.objects.select_for_update(no_key=True).get(pk=assessment_photo.pk)
    if found.removed_at is not None:
        raise PhotoGone
    found.content, found.removed_at, found.removed_by = None, at, by.label[:120]
    found.save()
    record_of(assessment, "assessment.photo_removed", by=by, at=at, photo=found.pk)
    return found


def _draft(assessment: Assessment) -> Assessment:
    found = locks.locked(assessment)
    if found.state != State.DRAFT:
        raise NotADraft(state=found.get_state_display())
    return found
