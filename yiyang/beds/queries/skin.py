"""Skin checks as their readers see them: on the drawing, in a table, and who signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from yiyang.access.permissions import Permission
from yiyang.beds.commands.steps import handling
from yiyang.beds.models import SkinCheck, Transfer
from yiyang.beds.rules import skin
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotAllowed

Moment = SkinCheck.Moment


@dataclass(frozen=True)
class Shown:
    """One end of the way; `check` is None until somebody has looked."""

    moment: str
    label: Any
    check: SkinCheck | None
    marked: list[skin.Marked]
    views: list[tuple[str, list[skin.Region], list[skin.Marked]]]
    may_check: bool
    may_confirm: bool


def check_of(transfer: Transfer, moment: str) -> SkinCheck | None:
    return SkinCheck.objects.filter(transfer=transfer, moment=moment).first()


def sides(actor: Actor, transfer: Transfer) -> tuple[bool, bool]:
    """Whether the actor may write for the sending and for the receiving side."""
    if not getattr(transfer, "named", False):
        return False, False
    try:
        sending = bool(actor.may(Permission.HAND_OVER, handling(actor, transfer)))
    except NotAllowed:
        sending = False
    receiving = transfer.to_unit_id is not None and bool(
        actor.may(Permission.ARRIVE_TRANSFER, transfer.to_unit_id)
    )
    return sending, receiving


def may_check(actor: Actor, transfer: Transfer, moment: str) -> bool:
    sending, receiving = sides(actor, transfer)
    if moment == Moment.DEPARTURE:
        return sending and transfer.live and transfer.arrived_at is None
    return receiving and transfer.departed_at is not None


def checks(actor: Actor, transfer: Transfer) -> list[Shown]:
    """Both ends of the way, for the page and the paper."""
    sending, receiving = sides(actor, transfer)
    kept = {one.moment: one for one in transfer.skin_checks.all()}
    found = []
    for moment in Moment:
        check = kept.get(moment)
        marks = skin.marked(check.findings) if check else []
        open_to_sign = check is not None and check.confirmed_at is None
        signs = receiving if moment == Moment.DEPARTURE else sending
        found.append(
            Shown(
                moment,
                moment.label,
                check,
                marks,
                [
                    (
                        view,
                        [one for one in skin.REGIONS if one.view == view],
                        [one for one in marks if one.region.view == view],
                    )
                    for view in (skin.FRONT, skin.BACK)
                ],
                may_check(actor, transfer, moment) and (check is None or open_to_sign),
                open_to_sign and signs,
            )
        )
    return found
