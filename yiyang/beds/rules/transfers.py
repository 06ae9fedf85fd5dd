"""The steps of a transfer, and who must act next. Pure: a district's staff could check it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.beds.models.transfers import TransferState as S
from yiyang.kernel.refusals import Refusal

ON_THE_WAY = [S.DEPARTED, S.IN_EMERGENCY_ROOM]
BEFORE_DEPARTURE = [S.REQUESTED, S.EVALUATED, S.AGREED, S.OFFERED, S.ACCEPTED, S.ALLOCATED, S.HANDED_OVER]
LIVE = [*BEFORE_DEPARTURE, *ON_THE_WAY]


class WrongStep(Refusal):
    message = _("This transfer is “{state}”; “{verb}” is not possible now. Next: {next}.")


STEPS: dict[tuple[str, str], str] = {
    (S.REQUESTED, "evaluate"): S.EVALUATED,
    (S.REQUESTED, "find_not_indicated"): S.NOT_INDICATED,
    (S.EVALUATED, "evaluate"): S.EVALUATED,
    (S.AGREED, "evaluate"): S.AGREED,
    (S.EVALUATED, "agree"): S.AGREED,
    (S.AGREED, "offer"): S.OFFERED,
    (S.OFFERED, "offer"): S.OFFERED,
    (S.OFFERED, "accept"): S.ACCEPTED,
    (S.AGREED, "take_back"): S.ALLOCATED,
    (S.ACCEPTED, "allocate"): S.ALLOCATED,
    (S.ALLOCATED, "allocate"): S.ALLOCATED,
    (S.ACCEPTED, "reopen"): S.AGREED,
    (S.ALLOCATED, "reopen"): S.AGREED,
    (S.HANDED_OVER, "reopen"): S.AGREED,
    (S.OFFERED, "reopen"): S.AGREED,
    (S.ALLOCATED, "hand_over"): S.HANDED_OVER,
    (S.HANDED_OVER, "hand_over"): S.HANDED_OVER,
    (S.HANDED_OVER, "depart"): S.DEPARTED,
    (S.DEPARTED, "arrive"): S.COMPLETED,
    (S.IN_EMERGENCY_ROOM, "arrive"): S.COMPLETED,
    **{(state, "find_not_indicated"): S.NOT_INDICATED for state in (S.EVALUATED, S.AGREED, S.OFFERED)},
    **{(state, "refuse"): S.REFUSED for state in (S.REQUESTED, S.EVALUATED, S.AGREED, S.OFFERED, S.ACCEPTED)},
    (S.ALLOCATED, "refuse"): S.REFUSED,
    (S.HANDED_OVER, "refuse"): S.REFUSED,
    **{(state, "cancel"): S.CANCELLED for state in BEFORE_DEPARTURE},
    **{(state, "withdraw"): S.WITHDRAWN for state in BEFORE_DEPARTURE},
    **{(state, "expire"): S.EXPIRED for state in BEFORE_DEPARTURE},
    **{(state, "die"): S.DIED for state in LIVE},
    **{(state, "fail"): S.FAILED for state in ON_THE_WAY},
}

# An emergency never waits: departure from any state, to a destination still unknown; offers run beside it.
EMERGENCY_STEPS: dict[tuple[str, str], str] = {
    **{(state, "depart"): S.DEPARTED for state in BEFORE_DEPARTURE},
    **{(state, "offer"): S.OFFERED for state in (S.REQUESTED, S.EVALUATED, S.AGREED, S.OFFERED)},
    **{
        (state, "evaluate"): state
        for state in (S.OFFERED, S.ACCEPTED, S.ALLOCATED, S.HANDED_OVER, *ON_THE_WAY)
    },
    **{(state, "agree"): state for state in LIVE if state != S.EVALUATED},
    **{
        (state, verb): state
        for state in ON_THE_WAY
        for verb in ("offer", "accept", "allocate", "hand_over", "reopen")
    },
    (S.DEPARTED, "enter_emergency_room"): S.IN_EMERGENCY_ROOM,
    (S.DEPARTED, "send_back"): S.SENT_BACK,
    (S.IN_EMERGENCY_ROOM, "send_back"): S.SENT_BACK,
    (S.IN_EMERGENCY_ROOM, "move_on"): S.DEPARTED,
}

# An urgent transfer may be offered while evaluation and agreement are still being recorded.
URGENT_STEPS: dict[tuple[str, str], str] = {
    (S.EVALUATED, "offer"): S.OFFERED,
    **{(state, "agree"): state for state in (S.OFFERED, S.ACCEPTED, S.ALLOCATED, S.HANDED_OVER)},
    (S.ALLOCATED, "depart"): S.DEPARTED,
}

# A service that comes to the person: nobody travels, the bed is set up where the person is.
OVERLAY_STEPS: dict[tuple[str, str], str] = {
    (S.ALLOCATED, "arrive"): S.COMPLETED,
    (S.HANDED_OVER, "arrive"): S.COMPLETED,
}

# While the district has declared an emergency, evaluation and agreement are waived.
WAIVED_STEPS: dict[tuple[str, str], str] = {
    (S.REQUESTED, "offer"): S.OFFERED,
    (S.EVALUATED, "offer"): S.OFFERED,
    (S.ALLOCATED, "depart"): S.DEPARTED,
}


def steps_for(*, urgency: str, overlay: bool, waived: bool) -> dict[tuple[str, str], str]:
    """All steps that are open to such a transfer."""
    table = dict(STEPS)
    if urgency in ("URGENT", "EMERGENCY"):
        table |= URGENT_STEPS
    if urgency == "EMERGENCY":
        table |= EMERGENCY_STEPS
    if overlay:
        table |= OVERLAY_STEPS
    if waived:
        table |= WAIVED_STEPS
    return table


def step(state: str, verb: str, *, urgency: str, overlay: bool, waived: bool) -> str:
    """The state after this verb; WrongStep says what is possible instead."""
    table = steps_for(urgency=urgency, overlay=overlay, waived=waived)
    if (state, verb) not in table:
        raise WrongStep(
            state=S(state).label, verb=VERBS.get(verb, verb), next=NEXT.get(state, _("nothing more"))
        )
    return table[(state, verb)]


def verbs(state: str, *, urgency: str, overlay: bool, waived: bool) -> set[str]:
    """What can be done to a transfer in this state."""
    return {verb for (at, verb) in steps_for(urgency=urgency, overlay=overlay, waived=waived) if at == state}


VERBS = {
    "evaluate": _("evaluate"),
    "find_not_indicated": _("find not indicated"),
    "agree": _("record the agreement"),
    "refuse": _("record the refusal"),
    "offer": _("offer to units"),
    "accept": _("accept"),
    "take_back": _("take back"),
    "allocate": _("give a bed"),
    "reopen": _("look for another unit"),
    "hand_over": _("hand over"),
    "depart": _("depart"),
    "arrive": _("arrive"),
    "enter_emergency_room": _("arrive in the emergency room"),
    "send_back": _("send back without admission"),
    "move_on": _("move on to another hospital"),
    "cancel": _("cancel"),
    "withdraw": _("withdraw"),
    "expire": _("expire"),
    "die": _("record the death"),
    "fail": _("end as failed"),
}

NEXT: dict[str, Any] = {
    S.REQUESTED: _("a clinician evaluates"),
    S.EVALUATED: _("the person or the family decides"),
    S.AGREED: _("offer it to units"),
    S.OFFERED: _("a unit's doctor answers"),
    S.ACCEPTED: _("the admission office gives a bed"),
    S.ALLOCATED: _("the sending team hands over"),
    S.HANDED_OVER: _("the person departs"),
    S.DEPARTED: _("the receiving unit confirms the arrival"),
    S.IN_EMERGENCY_ROOM: _("the emergency doctor decides: admit, move on, send back"),
}

# The same, said to the person themselves.
NEXT_TO_THEM: dict[str, Any] = {
    S.REQUESTED: pgettext_lazy("to the person", "a doctor looks at what you need"),
    S.EVALUATED: pgettext_lazy("to the person", "you say whether you agree"),
    S.AGREED: pgettext_lazy("to the person", "we ask who can take you"),
    S.OFFERED: pgettext_lazy("to the person", "a doctor there answers"),
    S.ACCEPTED: pgettext_lazy("to the person", "a bed is being prepared"),
    S.ALLOCATED: pgettext_lazy("to the person", "your team prepares what goes with you"),
    S.HANDED_OVER: pgettext_lazy("to the person", "you set out soon"),
    S.DEPARTED: pgettext_lazy("to the person", "you are on the way"),
    S.IN_EMERGENCY_ROOM: pgettext_lazy("to the person", "the emergency doctor looks after you"),
}
