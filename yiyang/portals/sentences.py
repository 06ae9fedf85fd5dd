"""An elder's day in three sentences: where you are, what comes next, whom to call. Pure; said as "you"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from yiyang.kernel.words import shown


def three_sentences(situation: Any, doctor: Any) -> list[str]:
    """In the words that this reader may read: `situation` knows them."""
    return [_where(situation), _next(situation), _call(situation, doctor)]


def _where(s: Any) -> str:
    if s.place is not None:
        return _("You are now at: {place}.").format(place=s.place_words)
    if s.leave is not None:
        return _("You are away with {who}.").format(who=s.leave.companion)
    if s.transfer is not None and s.transfer.departed_at:
        return _("You are on the way.")
    return _("You are at home.")


def _next(s: Any) -> str:
    if s.decide:
        return _("A doctor proposes another place for you; please say whether you agree.")
    if s.transfer is not None:
        return _("A move to {kind} is being arranged for you; now: {step}.").format(
            kind=s.transfer_kind, step=s.next_step
        )
    if s.leave is not None:
        return _("You are expected back: {when}.").format(when=shown(s.leave.due_back_at))
    if s.waits:
        before = s.waits[0].before
        return (
            _("You wait for {kind}; about {n} are before you.").format(kind=s.waits[0].kind, n=before)
            if before
            else _("You wait for {kind}; you are the first.").format(kind=s.waits[0].kind)
        )
    return _("Nothing else is planned for you today.")


def _call(s: Any, doctor: Any) -> str:
    for unit, _responsible in s.carers:
        if unit.phone:
            return _("If you need anything, call {phone}.").format(phone=unit.phone)
    if doctor is not None and doctor.organisation.phone:
        return _("If you need anything, call your family doctor: {phone}.").format(
            phone=doctor.organisation.phone
        )
    return _("If you need anything, ask the residents' committee; in an emergency call 120.")
