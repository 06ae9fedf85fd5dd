"""The sentences that people record for elders whose telephone has no Chinese voice. Pure; said as "you".

They name nobody, no place by its name, no kind of bed and no illness, so that one recording is true for
everybody, also for those who were not told. What is not said here stands on the page in letters alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Tongue(models.TextChoices):
    MANDARIN = "MANDARIN", _("Mandarin")
    SHANGHAINESE = "SHANGHAINESE", _("Shanghainese")


@dataclass(frozen=True)
class Sentence:
    """`code` is kept with its recordings: a sentence whose meaning changes takes another code."""

    code: str
    text: Any
    when: Any


GREETING = _("At the head of the page, by the hour")
WHERE = _("Where you are")
NEXT = _("What happens next")
CALL = _("Whom to call")
END = _("At the end, where the device has no Chinese voice")

ALL = (
    Sentence("GOOD_NIGHT", _("Good night"), GREETING),
    Sentence("GOOD_MORNING", _("Good morning"), GREETING),
    Sentence("GOOD_DAY", _("Good day"), GREETING),
    Sentence("GOOD_AFTERNOON", _("Good afternoon"), GREETING),
    Sentence("GOOD_EVENING", _("Good evening"), GREETING),
    Sentence("AT_HOME", _("You are at home."), WHERE),
    Sentence("IN_THE_CARE_HOME", _("You are in the care home now."), WHERE),
    Sentence("ON_THE_WARD", _("You are on the ward now."), WHERE),
    Sentence("OUT", _("You are out, and somebody is with you."), WHERE),
    Sentence("ON_THE_WAY", _("You are on the way."), WHERE),
    Sentence("NOTHING_PLANNED", _("Nothing else is planned for you today."), NEXT),
    Sentence(
        "PLEASE_AGREE",
        _("A doctor proposes another place for you; please say whether you agree."),
        NEXT,
    ),
    Sentence(
        "BEING_ARRANGED", _("A bed is being arranged for you. How far it is stands on this page."), NEXT
    ),
    Sentence("BED_READY", _("A bed is ready for you."), NEXT),
    Sentence("BED_KEPT", _("Your bed is kept for you."), NEXT),
    Sentence("EXPECTED_BACK", _("You are expected back. The time stands on this page."), NEXT),
    Sentence("WAITING", _("You are waiting for a bed. How many are before you stands on this page."), NEXT),
    Sentence("SOMEBODY_COMES", _("Somebody comes to see you today."), NEXT),
    Sentence("NEW_ANSWER", _("There is a new message. Please let your family read it to you."), NEXT),
    Sentence("PRESS_TO_CALL", _("If you need anything, press the telephone button on this page."), CALL),
    Sentence(
        "ASK_THE_COMMITTEE",
        _("If you need anything, ask the residents' committee; in an emergency call 120."),
        CALL,
    ),
    Sentence("CALL_120", _("In an emergency call 120."), CALL),
    Sentence(
        "THE_REST",
        _("The rest cannot be read aloud on this device. Please ask somebody beside you to read it."),
        END,
    ),
)
SENTENCES = {one.code: one for one in ALL}


def preferred(wanted: str) -> tuple[str, ...]:
    """Which recordings are played, the first that there is: the tongue asked for, then the other."""
    return tuple(sorted(Tongue.values, key=lambda tongue: tongue != wanted.upper()))
