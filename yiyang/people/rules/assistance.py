"""Help at a counter, by telephone, at home or from a paper: which check of identity goes with which way. Pure."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

# As it stands behind a name wherever something was done, in the language in which facts are kept.
HOW = {"COUNTER": "窗口代办", "TELEPHONE": "电话代办", "HOME_VISIT": "上门代办", "PAPER": "书面代办"}


class Channel(models.TextChoices):
    COUNTER = "COUNTER", _("at the counter")
    TELEPHONE = "TELEPHONE", _("by telephone")
    HOME_VISIT = "HOME_VISIT", _("on a visit at home")
    PAPER = "PAPER", _("from a paper that was handed in")


class Checked(models.TextChoices):
    ID_CARD = "ID_CARD", _("Resident identity card, compared with the face")
    SOCIAL_CARD = "SOCIAL_CARD", _("Social security card, compared with the face")
    KNOWN = "KNOWN", _("Known to me in person")
    SIGN_IN_CARD = "SIGN_IN_CARD", _("Their sign-in card, shown to me")
    CALLED_BACK = "CALLED_BACK", _("Called back at the number on record")
    VIDEO = "VIDEO", _("By video, with the identity card held up")
    SIGNATURE = "SIGNATURE", _("Signature compared with one on record")
    ID_COPY = "ID_COPY", _("Copy of the identity card with the paper")


IN_PERSON = frozenset({Checked.ID_CARD, Checked.SOCIAL_CARD, Checked.KNOWN, Checked.SIGN_IN_CARD})
FITS: dict[str, frozenset[str]] = {
    Channel.COUNTER: IN_PERSON,
    Channel.HOME_VISIT: IN_PERSON,
    Channel.TELEPHONE: frozenset({Checked.CALLED_BACK, Checked.VIDEO}),
    Channel.PAPER: frozenset({Checked.SIGNATURE, Checked.ID_COPY, Checked.KNOWN}),
}


def fits(channel: str, checked: str) -> bool:
    """Nobody's face is compared by telephone, and nobody is called back who stands at the counter."""
    return checked in FITS.get(channel, frozenset())
