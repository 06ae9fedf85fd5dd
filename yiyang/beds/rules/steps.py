"""How the steps of a transfer are said once they have happened, and the line of stations it passes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

from yiyang.beds.models.transfers import TransferState as S

SAID: dict[str, Any] = {
    "request": pgettext_lazy("transfer step", "Requested"),
    "evaluate": pgettext_lazy("transfer step", "Evaluated"),
    "find_not_indicated": pgettext_lazy("transfer step", "Found not indicated"),
    "agree": pgettext_lazy("transfer step", "Agreed to"),
    "refuse": pgettext_lazy("transfer step", "Refused"),
    "offer": pgettext_lazy("transfer step", "Units asked"),
    "accept": pgettext_lazy("transfer step", "Accepted by the doctor"),
    "take_back": pgettext_lazy("transfer step", "Taken back into the kept bed"),
    "decline_return": pgettext_lazy("transfer step", "The home cannot take the person back as things are"),
    "allocate": pgettext_lazy("transfer step", "Bed given"),
    "reopen": pgettext_lazy("transfer step", "Open again: another unit is looked for"),
    "hand_over": pgettext_lazy("transfer step", "Handed over"),
    "depart": pgettext_lazy("transfer step", "Departed"),
    "arrive": pgettext_lazy("transfer step", "Arrived"),
    "enter_emergency_room": pgettext_lazy("transfer step", "In the emergency room"),
    "send_back": pgettext_lazy("transfer step", "Back without admission"),
    "move_on": pgettext_lazy("transfer step", "On to another hospital"),
    "cancel": pgettext_lazy("transfer step", "Cancelled"),
    "withdraw": pgettext_lazy("transfer step", "Withdrawn"),
    "expire": pgettext_lazy("transfer step", "Expired"),
    "die": pgettext_lazy("transfer step", "The person died"),
    "fail": pgettext_lazy("transfer step", "Did not arrive"),
    "settle": pgettext_lazy("transfer step", "Settled by an admission"),
    "change_urgency": pgettext_lazy("transfer step", "Urgency changed"),
    "open_green_channel": pgettext_lazy("transfer step", "Green channel opened"),
    "suspend": pgettext_lazy("transfer step", "Suspended"),
    "resume": pgettext_lazy("transfer step", "Taken up again"),
    "escalate": pgettext_lazy("transfer step", "Brought to the coordinator"),
    "give_information": pgettext_lazy("transfer step", "Information given"),
    "called_120": pgettext_lazy("transfer step", "120 called"),
    "ambulance_arrived": pgettext_lazy("transfer step", "Ambulance there"),
    "ambulance_left": pgettext_lazy("transfer step", "Ambulance left"),
    "hospital_named": pgettext_lazy("transfer step", "Hospital named"),
    "handed_over": pgettext_lazy("transfer step", "Handed over to the hospital"),
}

# (station, the verbs that show that it was passed), in the order of the states that follow each
_STATIONS: tuple[tuple[Any, set[str]], ...] = (
    (pgettext_lazy("transfer station", "Request"), {"request"}),
    (pgettext_lazy("transfer station", "Evaluation"), {"evaluate", "find_not_indicated"}),
    (pgettext_lazy("transfer station", "Agreement"), {"agree", "refuse"}),
    (pgettext_lazy("transfer station", "Units asked"), {"offer", "take_back"}),
    (pgettext_lazy("transfer station", "Acceptance"), {"accept", "take_back"}),
    (pgettext_lazy("transfer station", "Bed"), {"allocate", "take_back"}),
    (pgettext_lazy("transfer station", "Handover"), {"hand_over"}),
    (pgettext_lazy("transfer station", "Departure"), {"depart"}),
    (pgettext_lazy("transfer station", "Arrival"), {"arrive", "send_back", "settle"}),
)
_AT = [
    S.REQUESTED,
    S.EVALUATED,
    S.AGREED,
    S.OFFERED,
    S.ACCEPTED,
    S.ALLOCATED,
    S.HANDED_OVER,
    S.DEPARTED,
    S.COMPLETED,
]


def stations(state: str, verbs_done: set[str], *, overlay: bool) -> list[tuple[Any, str, set[str]]]:
    """(name, done | current | later | skipped, its verbs): where a transfer is on its way.

    A service that comes to the person has no departure. What an emergency left out is `skipped`, not done.
    """
    here = S.DEPARTED if state == S.IN_EMERGENCY_ROOM else state
    reached = _AT.index(S(here)) if here in _AT else None
    line = []
    for number, (name, verbs) in enumerate(_STATIONS):
        if overlay and "depart" in verbs:
            continue
        passed = bool(verbs & verbs_done)
        if reached is None:
            line.append((name, "done" if passed else "later", verbs))
        elif number <= reached:
            line.append((name, "done" if passed else "skipped", verbs))
        else:
            line.append((name, "current" if number == reached + 1 else "later", verbs))
    return line
