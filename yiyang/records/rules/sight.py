"""Why a relationship opens an entry of the record, or does not, in words. Pure; the database decides by the same rules
(`queries/deciding.py`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.purposes import Purpose, in_words
from yiyang.kernel.words import listed
from yiyang.people.rules.kinds_of_data import KindOfData
from yiyang.records.rules.kinds import KIND
from yiyang.records.rules.labels import bits_of, words_of


class Why(StrEnum):
    """The reason of a decision."""

    OPEN = "OPEN"
    BASICS = "BASICS"
    OTHER_KINDS = "OTHER_KINDS"
    OTHER_PURPOSE = "OTHER_PURPOSE"
    SENSITIVE = "SENSITIVE"
    NO_RELATIONSHIP = "NO_RELATIONSHIP"
    OVER = "OVER"
    NOT_YET = "NOT_YET"
    ROLE = "ROLE"
    UNTOLD = "UNTOLD"
    OWN = "OWN"


@dataclass(frozen=True)
class Thing:
    """What is asked about: its type and its labels, as bits."""

    type: str
    labels: int = 0

    @property
    def kind(self) -> str:
        """The kind of data in words; empty when it is open with the whole record alone."""
        found = KIND.get(self.type)
        return str(KindOfData(found).label) if found else ""


@dataclass(frozen=True)
class Opening:
    """What a relationship opens, as far as it matters here. `wrote`: its unit wrote the entry; `purposes` None: care."""

    basis: str
    scope: str
    kinds: list[str] | None = None
    labels: list[str] = field(default_factory=list)
    guardian: bool = False
    wrote: bool = False
    purposes: list[str] | None = None


def why(opening: Opening, thing: Thing, purpose: str = "") -> Why:
    """One relationship must open both the kind of data and all labels, for what somebody acts for; "": for anything."""
    if purpose and purpose not in (opening.purposes or CARE_ALONE):
        return Why.OTHER_PURPOSE
    if opening.scope != "FULL" and KIND.get(thing.type) not in (opening.kinds or ()):
        return Why.OTHER_KINDS if opening.kinds else Why.BASICS
    named = not thing.labels & ~bits_of(opening.labels)
    if named or opening.wrote or opening.guardian or opening.basis == "BREAK_GLASS":
        return Why.OPEN
    return Why.SENSITIVE


CARE_ALONE = (Purpose.CARE,)
ORDER = (Why.OPEN, Why.SENSITIVE, Why.OTHER_KINDS, Why.BASICS, Why.OTHER_PURPOSE)


def nearest(openings: list[Opening], thing: Thing, purpose: str) -> tuple[Why, Opening | None]:
    """Of several relationships the one that comes nearest to opening it."""
    judged = [(why(one, thing, purpose), one) for one in openings]
    return min(judged, key=lambda one: ORDER.index(one[0]), default=(Why.NO_RELATIONSHIP, None))


def because(opening: Opening, thing: Thing) -> str:
    """Why it is open: how much of the record is, and what opens the label."""
    part = pgettext("what is open", "the whole record") if opening.scope == "FULL" else thing.kind
    if opening.purposes:
        part = _("{part}, only for: {purposes}").format(
            part=part, purposes=listed(in_words(opening.purposes))
        )
    if not thing.labels:
        return str(part)
    if opening.wrote:
        by = _("its unit wrote this entry")
    elif opening.basis == "BREAK_GLASS":
        by = _("an emergency view opens sensitive entries too")
    elif opening.guardian:
        by = _("a guardian sees what the person sees")
    else:
        by = _("sensitive entries are named: {labels}").format(labels=listed(words_of(thing.labels)))
    return f"{part} · {by}"


def refused(reason: Why, thing: Thing, opening: Opening | None = None, purpose: str = Purpose.CARE) -> str:
    """Why it is not open, in a sentence."""
    if reason is Why.SENSITIVE:
        return _(
            "The entry is marked as sensitive ({labels}), and no consent or relationship names that."
        ).format(labels=listed(words_of(thing.labels)))
    if reason is Why.OTHER_KINDS:
        opened = [KindOfData(one).label for one in (opening and opening.kinds) or ()]
        return _("What is open is limited to: {kinds}. This entry is not among them.").format(
            kinds=listed(opened)
        )
    if reason is Why.OTHER_PURPOSE:
        return _("It is open only for {purposes}, not for {purpose}.").format(
            purposes=listed(in_words((opening and opening.purposes) or CARE_ALONE)),
            purpose=Purpose(purpose).label,
        )
    return str(
        {
            Why.BASICS: _(
                "Name, age and address or what a transfer needs are open, not the clinical record."
            ),
            Why.NO_RELATIONSHIP: _(
                "There is no stay, transfer, contract, consent or delegation that is in force."
            ),
            Why.OVER: _("The reason to see the record is over."),
            Why.NOT_YET: _("The reason to see the record has not begun."),
            Why.ROLE: _("This role reads no clinical records."),
            Why.UNTOLD: _(
                "The person has not been told of what this entry speaks of, and so it is not shown to them."
            ),
        }[reason]
    )


def remedy(reason: Why) -> str:
    """What can be done about it."""
    return str(
        {
            Why.SENSITIVE: _(
                "The person can name this kind of sensitive data in a consent; the unit that wrote it can be asked. "
                "In an emergency there is the emergency view, which the person sees."
            ),
            Why.OTHER_KINDS: _("The person can add this kind of data to the consent."),
            Why.OTHER_PURPOSE: _("The person can give a consent for this purpose; nothing else opens it."),
            Why.BASICS: _("Ask for access with a reason: the person, or who decides for them, answers."),
            Why.NO_RELATIONSHIP: _(
                "Ask for access with a reason: the person, or who decides for them, answers."
            ),
            Why.OVER: _("A new consent or a new stay opens it again."),
            Why.NOT_YET: _("It opens by itself on that day."),
            Why.ROLE: _("A doctor or nurse of the unit can read it."),
            Why.UNTOLD: _("When a clinician has talked with the person and noted it, the entry is shown."),
        }.get(reason, "")
    )
