"""Every read of this context, one file per noun."""

from .answering import Answerer, who_answer, who_answers
from .calls import calls, calls_about, last_calls
from .days import hours_of, name_of, published, works
from .matters import later, matters_due, open_matters, opened_between, steps_about, waiting_since
from .roster import (
    all_gaps,
    gap_is_known,
    gaps,
    notes,
    others_of,
    own_shifts,
    planned,
    post,
    posts,
    shift,
    shifts,
    unit_of,
    week,
    week_of,
)

__all__ = [
    "Answerer",
    "all_gaps",
    "calls",
    "calls_about",
    "gap_is_known",
    "gaps",
    "hours_of",
    "last_calls",
    "later",
    "matters_due",
    "name_of",
    "notes",
    "open_matters",
    "opened_between",
    "others_of",
    "own_shifts",
    "planned",
    "post",
    "posts",
    "published",
    "shift",
    "shifts",
    "steps_about",
    "unit_of",
    "waiting_since",
    "week",
    "week_of",
    "who_answer",
    "who_answers",
    "works",
]
