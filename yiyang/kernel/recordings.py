"""Recorded sentences of the whole installation: people say them, the district's coordinator keeps them.

They hold no data of elders; the voice is a person's own, so they are encrypted like every other recording.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yiyang.kernel import voices
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import decrypt_bytes, encrypt_bytes
from yiyang.kernel.facts import record
from yiyang.kernel.models import RecordedSentence
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.spoken import SENTENCES, Tongue

LARGEST = 1024 * 1024  # an elder's telephone fetches it over a slow line
LONGEST_SECONDS = 20


class RecordingTooLarge(Refusal):
    message = _(
        "The recording is larger than 1 MB, too much for old telephones. One sentence takes seconds: record it "
        "again, or send it as MP3 or M4A."
    )
    status = 422


class SayWhoseVoice(Refusal):
    message = _("Write down whose voice it is.")
    status = 422


class NotRecorded(Refusal):
    message = _("This sentence has no recording. Load the list again.")


@command("COORDINATE", within=ANYWHERE)
def record_sentence(
    *, by: Actor, at: datetime, sentence: str, tongue: str, content: bytes, speaker: str
) -> RecordedSentence:
    """It takes the place of the one before; what was before is erased, that it was there stays as a fact."""
    if sentence not in SENTENCES or tongue not in Tongue.values:
        raise NotFound
    if not speaker.strip():
        raise SayWhoseVoice(field="speaker")
    if len(content) > LARGEST:
        raise RecordingTooLarge(field="voice")
    media_type = voices.checked(content)
    kept, _made = RecordedSentence.objects.update_or_create(
        sentence=sentence,
        tongue=tongue,
        defaults={
            "content": encrypt_bytes(content),
            "media_type": media_type,
            "sha256": hashlib.sha256(content).hexdigest(),
            "speaker": speaker.strip()[:80],
            "recorded_at": at,
            "recorded_by": by.label[:120],
        },
    )
    record(
        "sentence.recorded", by=by, at=at, subject=kept, sentence=sentence, tongue=tongue, sha256=kept.sha256,
        speaker=kept.speaker,
    )  # fmt: skip
    return kept


@command("COORDINATE", within=ANYWHERE)
def erase_sentence(*, by: Actor, at: datetime, sentence: str, tongue: str) -> None:
    """The recording is erased, as when the speaker no longer agrees; elders read the sentence in letters."""
    kept = (
        RecordedSentence.objects.select_for_update(no_key=True)
        .filter(sentence=sentence, tongue=tongue)
        .first()
    )
    if kept is None:
        raise NotRecorded
    record(
        "sentence.erased", by=by, at=at, subject=kept, sentence=sentence, tongue=tongue, sha256=kept.sha256,
        speaker=kept.speaker,
    )  # fmt: skip
    kept.delete()


def recorded() -> dict[tuple[str, str], RecordedSentence]:
    """What there is by sentence and tongue, without the sound itself."""
    found = RecordedSentence.objects.defer("content").filter(sentence__in=SENTENCES)
    return {(one.sentence, one.tongue): one for one in found}


def recording(sentence: str, tongue: str) -> RecordedSentence:
    found = RecordedSentence.objects.filter(sentence=sentence, tongue=tongue).first()
    if found is None:
        raise NotFound
    return found


def sound_of(kept: RecordedSentence) -> bytes:
    return decrypt_bytes(bytes(kept.content))
