"""Which instruments are in use: those shipped with the platform, and those that a district adds as files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.db.models import Max

from yiyang.access.permissions import Permission
from yiyang.assessments.commands.refusals import InstrumentFaulty, RetiredAlready, VersionTaken
from yiyang.assessments.instruments import shipped
from yiyang.assessments.models import Instrument
from yiyang.assessments.rules import reading
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.time import now

SHIPPED_BY = "Yiyang"
Translate = Callable[[str, str], str | None]
FORMATS: list[Translate] = []


def register_format(translate: Translate) -> None:
    """Let files of another kind be put into use: what turns text and name into an instrument's file, or into None
    where the file is not of that kind. It raises InstrumentFault with all that is wrong."""
    if translate not in FORMATS:
        FORMATS.append(translate)


@command(Permission.MANAGE_INSTRUMENTS, within=lambda by, **_: by.organisation_id)
def add_instrument(*, by: Actor, at: datetime, text: str, name: str) -> Instrument:
    """Put a file into use: a new instrument, or a new version of one. Drafts go on with the version they have."""
    text = as_file(text, name)
    content = read(text, name)
    earlier = Instrument.objects.filter(code=content.code, version=content.version).first()
    if earlier is not None and earlier.digest != digest_of(text):
        raise VersionTaken(code=content.code, version=content.version)
    made = earlier or _row(content, text, at=at, by=by.label, shipped=False)
    if earlier is None:
        made.save()
    elif earlier.retired_at is not None:
        made.retired_at, made.retired_by = None, ""
        made.save(update_fields=["retired_at", "retired_by"])
    record(
        "instrument.added",
        by=by,
        at=at,
        subject=made,
        code=made.code,
        version=made.version,
        digest=made.digest,
    )
    return made


@command(Permission.MANAGE_INSTRUMENTS, within=lambda by, **_: by.organisation_id)
def retire_instrument(*, by: Actor, at: datetime, instrument: Instrument) -> Instrument:
    """Nobody begins with this version any more; what was assessed with it stays as it is."""
    found = Instrument.objects.select_for_update(no_key=True).get(pk=instrument.pk)
    if found.retired_at is not None:
        raise RetiredAlready
    found.retired_at, found.retired_by = at, by.label[:120]
    found.save(update_fields=["retired_at", "retired_by"])
    record("instrument.retired", by=by, at=at, subject=found, code=found.code, version=found.version)
    return found


def sync_shipped() -> int:
    """Bring the files of this release into the database, after its migrations; returns how many are new.

    It writes no facts: the files are part of the release. A file that changed although its version did not is
    taken over as long as nobody was assessed with it.
    """
    kept = {(one.code, one.version): one for one in Instrument.objects.filter(shipped=True).defer("content")}
    known = {one.digest for one in kept.values()}
    fresh = 0
    for name, text in shipped():
        if digest_of(text) in known:
            continue
        content = reading.read(text, name)
        fresh += _ship(content, text, kept.get((content.code, content.version)))
    return fresh


def _ship(content: Content, text: str, earlier: Instrument | None) -> int:
    made = _row(content, text, at=now(), by=SHIPPED_BY, shipped=True)
    if earlier is None:
        made.save()
        return 1
    if earlier.assessments.exists():
        return 0
    made.pk, made.serial, made.added_at = earlier.pk, earlier.serial, earlier.added_at
    made.retired_at, made.retired_by = earlier.retired_at, earlier.retired_by
    made.save(force_update=True)
    return 1


def as_file(text: str, name: str) -> str:
    """The text of an instrument's file, also where a file of another kind came in."""
    try:
        made = (translate(text, name) for translate in FORMATS)
        return next((one for one in made if one is not None), text)
    except reading.InstrumentFault as fault:
        raise faulty(fault) from fault


def read(text: str, name: str) -> Content:
    """The instrument that a file describes, or all that is wrong with it, in words."""
    try:
        return reading.read(text, name)
    except reading.InstrumentFault as fault:
        raise faulty(fault) from fault


def faulty(fault: reading.InstrumentFault) -> InstrumentFaulty:
    said = [str(one) for one in fault.faults]
    return InstrumentFaulty(faults="; ".join(said), found=said)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _row(content: Content, text: str, *, at: datetime, by: str, shipped: bool) -> Instrument:
    last = Instrument.objects.filter(code=content.code).aggregate(last=Max("serial"))["last"] or 0
    return Instrument(
        code=content.code, version=content.version, title=content.title.as_data(), content=text,
        digest=digest_of(text), status=content.status, shipped=shipped, self_report=content.self_report,
        serial=last + 1, added_at=at, added_by=by[:120],
    )  # fmt: skip
