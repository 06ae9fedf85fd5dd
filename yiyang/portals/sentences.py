"""An elder's day in three sentences: where you are, what comes next, whom to call. Pure; said as "you"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yiyang.kernel.spoken import SENTENCES
from yiyang.kernel.words import shown

ON_A_WARD = {"HOSPITAL", "PALLIATIVE"}  # one word for both: what was not told is not heard either


@dataclass(frozen=True)
class Said:
    """What stands on the page, and the recorded sentence that says it: all of it, or the sense of it."""

    text: str
    code: str = ""
    whole: bool = False


def three_sentences(situation: Any, doctor: Any) -> list[Said]:
    """In the words that this reader may read: `situation` knows them."""
    return [_where(situation), _next(situation), _call(situation, doctor)]


def _whole(code: str) -> Said:
    return Said(str(SENTENCES[code].text), code, whole=True)


def _where(s: Any) -> Said:
    if s.place is not None:
        return Said(_("You are now at: {place}.").format(place=s.place_words), _kind_of_place(s.place))
    if s.leave is not None:
        return Said(_("You are away with {who}.").format(who=s.leave.companion), "OUT")
    if s.transfer is not None and s.transfer.departed_at:
        return _whole("ON_THE_WAY")
    return _whole("AT_HOME")


def _kind_of_place(place: Any) -> str:
    """Nothing is recorded for a place that is none of our beds: it could be any."""
    kind = place.bed.kind if place.bed is not None else ""
    if kind in ON_A_WARD:
        return "ON_THE_WARD"
    return {"INSTITUTION": "IN_THE_CARE_HOME", "HOME_CARE": "AT_HOME"}.get(kind, "")


def _next(s: Any) -> Said:
    if s.decide:
        return _whole("PLEASE_AGREE")
    if s.transfer is not None:
        moves = _("A move to {kind} is being arranged for you; now: {step}.")
        return Said(moves.format(kind=s.transfer_kind, step=s.next_step), "BEING_ARRANGED")
    if s.leave is not None:
        back = _("You are expected back: {when}.").format(when=shown(s.leave.due_back_at))
        return Said(back, "EXPECTED_BACK")
    if s.waits:
        return Said(_waits(s.waits[0]), "WAITING")
    return _whole("NOTHING_PLANNED")


def _waits(wait: Any) -> str:
    if wait.before:
        return _("You wait for {kind}; about {n} are before you.").format(kind=wait.kind, n=wait.before)
    return _("You wait for {kind}; you are the first.").format(kind=wait.kind)


def _call(s: Any, doctor: Any) -> Said:
    for unit, _responsible in s.carers:
        if unit.phone:
            return Said(_("If you need anything, call {phone}.").format(phone=unit.phone), "PRESS_TO_CALL")
    if doctor is not None and doctor.organisation.phone:
        calls = _("If you need anything, call your family doctor: {phone}.")
        return Said(calls.format(phone=doctor.organisation.phone), "PRESS_TO_CALL")
    return _whole("ASK_THE_COMMITTEE")
