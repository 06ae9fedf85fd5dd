"""Every write of this context, one file per noun."""

from .calls import note_call
from .gaps import tell_gap
from .matters import close_matter, close_matters_about, go_on_with_matter, open_matter
from .posts import add_post, close_post, edit_post
from .shifts import LONGEST, add_shift, cancel_shift, change_shift, copy_week, swap_shifts
from .taking_over import take_over_shift, write_shift_note

__all__ = [
    "LONGEST",
    "add_post",
    "add_shift",
    "cancel_shift",
    "change_shift",
    "close_matter",
    "close_matters_about",
    "close_post",
    "copy_week",
    "edit_post",
    "go_on_with_matter",
    "note_call",
    "open_matter",
    "swap_shifts",
    "take_over_shift",
    "tell_gap",
    "write_shift_note",
]
