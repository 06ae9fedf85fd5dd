"""What can be done to a transfer: each act with its step, its permission, and whose act it is. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import pgettext_lazy

from yiyang.access.permissions import Permission as P  # noqa: N817  (a table of many rows)
from yiyang.beds.models.transfers import TransferState as S


class Side(StrEnum):
    """Who acts: the sending side or its coordinator, the receiving unit, the unit that keeps the bed, anyone."""

    SENDING = "SENDING"
    RECEIVING = "RECEIVING"
    KEEPING = "KEEPING"
    ANYONE = "ANYONE"


@dataclass(frozen=True)
class Action:
    """`name` is the command, the address and the page; `verb` the step that must be open."""

    name: str
    verb: str
    permission: str
    side: Side
    label: Any
    danger: bool = False


def _action(name: str, verb: str, permission: str, side: Side, label: Any, *, danger: bool = False) -> Action:
    return Action(name, verb, permission, side, label, danger)


ACTIONS: tuple[Action, ...] = (
    _action(
        "evaluate_transfer",
        "evaluate",
        P.EVALUATE_TRANSFER,
        Side.ANYONE,
        pgettext_lazy("transfer", "Evaluate"),
    ),
    _action(
        "record_agreement",
        "agree",
        P.RECORD_AGREEMENT,
        Side.ANYONE,
        pgettext_lazy("transfer", "Record agreement"),
    ),
    _action("take_back", "take_back", P.ANSWER_OFFER, Side.KEEPING, pgettext_lazy("transfer", "Take back")),
    _action(
        "decline_return",
        "take_back",
        P.ANSWER_OFFER,
        Side.KEEPING,
        pgettext_lazy("transfer", "Cannot take back as things are"),
    ),
    _action(
        "offer_transfer", "offer", P.OFFER_TRANSFER, Side.SENDING, pgettext_lazy("transfer", "Ask units")
    ),
    _action(
        "allocate_bed", "allocate", P.ALLOCATE_BED, Side.RECEIVING, pgettext_lazy("transfer", "Give a bed")
    ),
    _action("hand_over", "hand_over", P.HAND_OVER, Side.SENDING, pgettext_lazy("transfer", "Hand over")),
    _action(
        "confirm_handover_read",
        "read",
        P.ARRIVE_TRANSFER,
        Side.RECEIVING,
        pgettext_lazy("transfer", "I have read it"),
    ),
    _action("depart", "depart", P.DEPART_TRANSFER, Side.SENDING, pgettext_lazy("transfer", "Departs now")),
    _action("arrive", "arrive", P.ARRIVE_TRANSFER, Side.RECEIVING, pgettext_lazy("transfer", "Has arrived")),
    _action(
        "enter_emergency_room",
        "enter_emergency_room",
        P.DEPART_TRANSFER,
        Side.SENDING,
        pgettext_lazy("transfer", "In an emergency room"),
    ),
    _action(
        "send_back",
        "send_back",
        P.DEPART_TRANSFER,
        Side.SENDING,
        pgettext_lazy("transfer", "Back, not admitted"),
    ),
    _action(
        "move_on",
        "move_on",
        P.DEPART_TRANSFER,
        Side.SENDING,
        pgettext_lazy("transfer", "On to another hospital"),
    ),
    _action(
        "arrive_outside",
        "arrive",
        P.DEPART_TRANSFER,
        Side.SENDING,
        pgettext_lazy("transfer", "Admitted outside the network"),
    ),
    _action(
        "look_elsewhere",
        "reopen",
        P.OFFER_TRANSFER,
        Side.SENDING,
        pgettext_lazy("transfer", "Look for another unit"),
    ),
    _action(
        "resume_transfer",
        "resume",
        P.REQUEST_TRANSFER,
        Side.SENDING,
        pgettext_lazy("transfer", "Take up again"),
    ),
    _action(
        "change_urgency",
        "urgency",
        P.REQUEST_TRANSFER,
        Side.SENDING,
        pgettext_lazy("transfer", "Change urgency"),
    ),
    _action(
        "fail_transfer",
        "fail",
        P.DEPART_TRANSFER,
        Side.SENDING,
        pgettext_lazy("transfer", "Did not arrive"),
        danger=True,
    ),
    _action(
        "cancel_transfer",
        "cancel",
        P.CANCEL_TRANSFER,
        Side.SENDING,
        pgettext_lazy("transfer", "Cancel the transfer"),
        danger=True,
    ),
)
BY_NAME = {action.name: action for action in ACTIONS}

# The act that brings a transfer on; everything else that is open stands behind it.
NEXT_ACT = {
    S.REQUESTED: ("evaluate_transfer",),
    S.EVALUATED: ("record_agreement",),
    S.AGREED: ("take_back", "offer_transfer"),
    S.OFFERED: ("offer_transfer",),
    S.ACCEPTED: ("allocate_bed",),
    S.ALLOCATED: ("hand_over", "arrive"),
    S.HANDED_OVER: ("confirm_handover_read", "depart", "arrive"),
    S.DEPARTED: ("confirm_handover_read", "arrive", "enter_emergency_room"),
    S.IN_EMERGENCY_ROOM: ("arrive", "send_back", "move_on"),
}


def in_order(actions: list[Action], state: str, *, emergency: bool) -> list[Action]:
    """The next act first; in an emergency leaving comes before everything."""
    first = (("depart",) if emergency else ()) + NEXT_ACT.get(S(state), ())
    place = {name: number for number, name in enumerate(first)}
    return sorted(actions, key=lambda one: (place.get(one.name, len(place)), ACTIONS.index(one)))
