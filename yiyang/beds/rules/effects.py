"""What an event does to each open episode of a person: closes it, holds its bed, suspends it, or leaves it.

Source of the first three rows: Jing'an implementation opinions 2024, II(II)2 (a care bed is kept while its
holder is treated; the home medical bed stands over home or institution).
"""

from __future__ import annotations

from enum import StrEnum

from yiyang.access.bed_kinds import BedKind as K
from yiyang.beds.models.inventory import Lane


class Effect(StrEnum):
    CLOSE = "CLOSE"
    HOLD = "HOLD"
    SUSPEND = "SUSPEND"
    LEAVE = "LEAVE"
    RESUME = "RESUME"


class Event(StrEnum):
    WARD_ADMISSION = "WARD_ADMISSION"  # hospital or palliative ward, emergency room, outside hospital
    CARE_ADMISSION = "CARE_ADMISSION"  # home-care or institution bed
    OVERLAY_SET_UP = "OVERLAY_SET_UP"  # home medical bed or palliative care at home
    COMING_HOME = "COMING_HOME"  # back on the held care bed, or to a plain home address
    DEATH = "DEATH"


# rows: event; columns: open episode as kind/lane
TABLE = """
event          | HOME_CARE | INSTITUTION | HOME_MEDICAL | HOSPITAL | PALLIATIVE/RESIDENCE | PALLIATIVE/OVERLAY
WARD_ADMISSION | HOLD      | HOLD        | SUSPEND      | CLOSE    | CLOSE                | SUSPEND
CARE_ADMISSION | CLOSE     | CLOSE       | RESUME       | CLOSE    | CLOSE                | RESUME
OVERLAY_SET_UP | LEAVE     | LEAVE       | LEAVE        | LEAVE    | LEAVE                | LEAVE
COMING_HOME    | RESUME    | RESUME      | RESUME       | CLOSE    | CLOSE                | RESUME
DEATH          | CLOSE     | CLOSE       | CLOSE        | CLOSE    | CLOSE                | CLOSE
"""


def _read() -> dict[tuple[str, str], Effect]:
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
    return {
        (row[0], column): Effect(cell)
        for row in rows
        for column, cell in zip(header[1:], row[1:], strict=True)
    }


EFFECTS = _read()


def effect(event: Event, kind: str, lane: str) -> Effect:
    """What `event` does to an open episode of this kind and lane."""
    column = f"{kind}/{lane}" if kind == K.PALLIATIVE else kind
    return EFFECTS[(event, column)]


def event_of_admission(kind: str, lane: str) -> Event:
    """Which event an admission to a bed of this kind and lane is."""
    if lane == Lane.OVERLAY:
        return Event.OVERLAY_SET_UP
    if kind in (K.HOSPITAL, K.PALLIATIVE):
        return Event.WARD_ADMISSION
    return Event.CARE_ADMISSION


def part(kind: str, lane: str) -> tuple[int, int]:
    """Which part of being somewhere a bed takes up: care bed [0,1), overlay [1,2), ward or outside [0,2)."""
    if lane == Lane.OVERLAY:
        return (1, 2)
    if kind in (K.HOSPITAL, K.PALLIATIVE):
        return (0, 2)
    return (0, 1)


OUTSIDE = (0, 2)
