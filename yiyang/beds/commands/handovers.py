"""The handover: what the receiving team must know, and that it has read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.commands.steps import handling, move
from yiyang.beds.models import Handover, HandoverDraft, Transfer
from yiyang.beds.rules import handover_sheet
from yiyang.beds.rules.transfers import WrongStep
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.ids import new_id
from yiyang.kernel.refusals import NotFound, Refusal, refuses

DRAFT_AT_MOST = 200_000  # characters of a draft: sixty medicines and every field full fit in


class ConditionNotTold(Refusal):
    message = _("Say how the person is now: the receiving team needs at least that.")
    status = 422


class SheetNotValid(Refusal):
    message = _("The handover holds something that cannot be kept: {problem}. Correct it, then save again.")
    status = 422


class CountedByTwo(Refusal):
    message = _("Cash and valuables are counted by two different people. Write both names.")
    status = 422


class DraftTooLong(Refusal):
    message = _("The draft is too long to be kept. Shorten the texts, or put the rest on paper.")
    status = 422


class DraftChanged(Refusal):
    message = _(
        "{who} saved this handover on {at}, after you had opened it. Nothing of yours is lost: compare both and "
        "choose what counts."
    )


@refuses("handover_valuables_counted_by_two")
def _counted_by_one(given: dict[str, Any]) -> Refusal:
    return CountedByTwo(field="counted_with")


@command(Permission.HAND_OVER, within=handling, about="transfer.person_id")
def save_handover_draft(
    *, by: Actor, at: datetime, transfer: Transfer, typed: dict[str, str], seen: str
) -> HandoverDraft:
    """Keep what was typed so far, however unfinished, so that nothing is lost.

    `seen` is the mark of the draft that the writer began with, empty when there was none.
    """
    if sum(len(name) + len(value) for name, value in typed.items()) > DRAFT_AT_MOST:
        raise DraftTooLong
    transfer = locks.transfer(transfer)
    if not transfer.live:
        raise WrongStep(state=transfer.get_state_display(), verb=_("hand over"), next=_("nothing more"))
    before = _draft_as_seen(transfer, seen)
    told = {
        "typed": typed, "mark": new_id(), "saved_at": at, "saved_by": by.label, "saved_by_account": by.account_id,
        "replaced": _set_aside(before, by),
    }  # fmt: skip
    draft, _made = HandoverDraft.objects.update_or_create(transfer=transfer, defaults=told)
    record_of(transfer, "transfer.handover_drafted", by=by, at=at)
    return draft


def _draft_as_seen(transfer: Transfer, seen: str) -> HandoverDraft | None:
    """The draft, when it is still the one that the writer began with."""
    draft = HandoverDraft.objects.filter(transfer=transfer).first()
    if draft is not None and str(draft.mark) != seen:
        raise DraftChanged(who=draft.saved_by, at=draft.saved_at)
    given = Handover.objects.filter(transfer=transfer).first() if draft is None and seen else None
    if given is not None:
        raise DraftChanged(who=given.given_by, at=given.given_at)
    return draft


def _set_aside(before: HandoverDraft | None, by: Actor) -> dict[str, Any]:
    """What somebody else had written last stays readable beside what takes its place."""
    if before is None:
        return {}
    if before.saved_by_account == by.account_id:
        return before.replaced
    return {"typed": before.typed, "saved_at": before.saved_at.isoformat(), "saved_by": before.saved_by}


@command(Permission.HAND_OVER, within=handling, about="transfer.person_id")
def hand_over(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    condition: str = "",
    nursing_needs: str = "",
    medicines: str = "",
    allergies: str = "",
    belongings: str = "",
    transport: str = "",
    accompanied_by: str = "",
    sheet: dict[str, Any] | None = None,
    version: int | None = None,
    seen: str | None = None,
) -> Transfer:
    """The sending team tells the receiving one what it must know; it can be completed until departure.

    `sheet` is the whole form (rules/handover_sheet.py); the few words alone will do where there is no time.
    `seen` is the mark of the draft that the form was filled from; None where there was no form.
    """
    kept = _checked(sheet or {})
    if not kept.get("condition", condition).strip():
        raise ConditionNotTold(field="condition")
    transfer = locks.transfer(transfer, version)
    if seen is not None:
        _draft_as_seen(transfer, seen)
    move(transfer, "hand_over", at=at, by=by)
    told = {
        "condition": condition,
        "nursing_needs": nursing_needs,
        "medicines": medicines,
        "allergies": allergies,
        "belongings": belongings,
        "transport": transport[:40],
        "accompanied_by": accompanied_by[:120],
        **(handover_sheet.in_few_words(kept) if kept else {}),
        "sheet": kept,
        "given_at": at,
        "given_by": by.label,
    }
    Handover.objects.update_or_create(transfer=transfer, defaults=told)
    HandoverDraft.objects.filter(transfer=transfer).delete()
    record_of(transfer, "transfer.handed_over", by=by, at=at, unit=transfer.to_unit_id)
    return transfer


def _checked(sheet: dict[str, Any]) -> dict[str, Any]:
    try:
        return handover_sheet.checked(sheet)
    except ValueError as error:
        raise SheetNotValid(problem=str(error)) from error


@command(Permission.ARRIVE_TRANSFER, within="transfer.to_unit_id", about="transfer.person_id")
def confirm_handover_read(*, by: Actor, at: datetime, transfer: Transfer) -> Handover:
    """The receiving team has read the handover before the person arrives."""
    locks.transfer(transfer)
    handover = Handover.objects.select_for_update(no_key=True).filter(transfer=transfer).first()
    if handover is None:
        raise NotFound
    handover.read_at, handover.read_by = at, by.label
    handover.save()
    record_of(transfer, "transfer.handover_read", by=by, at=at, from_unit=transfer.from_unit_id)
    return handover
