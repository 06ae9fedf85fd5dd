"""Voice notes as browsers and telephones record them: the first bytes say which kind it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

LARGEST = 4 * 1024 * 1024
LONGEST_SECONDS = 120


class VoiceTooLarge(Refusal):
    message = _("The voice note is larger than 4 MB. Say it in two minutes, or in two notes.")
    status = 422


class NotAVoice(Refusal):
    message = _(
        "This is not a voice note that can be played here. Record it again, or send MP3, M4A, OGG or WAV."
    )
    status = 422


def kind_of(content: bytes) -> str:
    """The media type that the first bytes say; empty when they say none of ours."""
    if content[:4] == b"\x1aE\xdf\xa3":
        return "audio/webm"
    if content[:4] == b"OggS":
        return "audio/ogg"
    if content[4:8] == b"ftyp":
        return "audio/mp4"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    if content[:3] == b"ID3" or (content[:1] == b"\xff" and content[1:2] in (b"\xfb", b"\xf3", b"\xf2")):
        return "audio/mpeg"
    return "audio/aac" if content[:2] in (b"\xff\xf1", b"\xff\xf9") else ""


def checked(content: bytes, field: str = "voice") -> str:
    """The media type of a voice note that may be kept."""
    if len(content) > LARGEST:
        raise VoiceTooLarge(field=field)
    if not kind_of(content[:16]):
        raise NotAVoice(field=field)
    return kind_of(content[:16])


class VoiceField(forms.FileField):
    """A recording: made in the page where the browser can, or a file."""

    def __init__(self, **told: Any) -> None:
        told.setdefault("help_text", _("At most two minutes, or a file of at most 4 MB."))
        attrs = {"accept": "audio/*", "data-recorder": str(LONGEST_SECONDS)}
        told.setdefault("widget", forms.FileInput(attrs=attrs))
        super().__init__(**told)

    def clean(self, data: Any, initial: Any = None) -> Any:
        voice = super().clean(data, initial)
        if voice is not None and voice.size > LARGEST:
            raise forms.ValidationError(VoiceTooLarge.message)
        return voice
