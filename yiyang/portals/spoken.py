"""What of an elder's page people have recorded, and in whose words the reader wants to hear it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from yiyang.kernel import recordings
from yiyang.kernel.spoken import Sentence, Tongue, preferred


def reading_aloud(chosen: str) -> dict[str, Any]:
    """For a page that is read to somebody: sentence → address of its sound, in the tongue that was chosen where
    there is one; and what may be chosen. Empty on pages that are not Chinese, and where nothing is recorded."""
    kept = recordings.recorded() if chinese() else {}
    found: dict[str, str] = {}
    for wanted in preferred(chosen):
        for (sentence, tongue), one in kept.items():
            if tongue == wanted:
                found.setdefault(sentence, address(one))
    return {"recorded": found, "voices": _voices({tongue for _sentence, tongue in kept}, chosen)}


def _voices(there: set[str], chosen: str) -> list[tuple[str, Any, bool]]:
    """(value, words, taken): the device's own voice, and each tongue that something is recorded in."""
    if not there:
        return []
    people = [
        (one.value.lower(), _("People, in {tongue}").format(tongue=one.label))
        for one in Tongue
        if one in there
    ]
    return [(value, words, value == chosen) for value, words in (("device", _("This device")), *people)]


def address(kept: Any) -> str:
    """It changes with the recording, so that the browser may keep the sound for good."""
    return reverse("portals:recorded_sentence", args=[kept.sentence, kept.tongue]) + f"?v={kept.sha256[:16]}"


def in_chinese(one: Sentence) -> str:
    """What is to be said, whatever language the reader's pages are in."""
    with override("zh-hans"):
        return str(one.text)


def chinese() -> bool:
    return (get_language() or "zh").startswith("zh")
