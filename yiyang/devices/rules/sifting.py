"""Which of the readings that came are taken, for whom, and why others are not. Pure, on whole arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from yiyang.devices.packs import Mark, Why
from yiyang.devices.rules.kinds import KINDS, DeviceKind
from yiyang.devices.rules.quantities import BY_NAME, QUANTITIES, Shape

Array = npt.NDArray[Any]
REASONS = tuple(Why)
NO_REASON, NO_READING = -1, -2

SIZE = max(one.no for one in QUANTITIES) + 1
KNOWN = np.zeros(SIZE, bool)
EVENT = np.zeros(SIZE, bool)
LOW, HIGH = np.zeros(SIZE), np.zeros(SIZE)
for _one in QUANTITIES:
    KNOWN[_one.no], EVENT[_one.no] = True, _one.shape == Shape.EVENT
    LOW[_one.no], HIGH[_one.no] = _one.low, _one.high
ZERO_IS_NONE = np.array([one.zero_is_none for one in KINDS] + [False])
IS_CAMERA = np.array([one.kind == DeviceKind.CAMERA for one in KINDS] + [False])
CAMERA_EVENT, OUT_OF_FENCE = BY_NAME["CAMERA_EVENT"].no, BY_NAME["OUT_OF_FENCE"].no


@dataclass(slots=True)
class Rows:
    """Things that came, one place in every array for each. `entry` is the number of the pack it came in."""

    entry: Array
    at: Array  # µs since 2000
    reason: Array  # of REASONS, or NO_REASON, or NO_READING
    loan: Array  # the place in Loans, where one was found


@dataclass(slots=True)
class Loans:
    """For each pack the loans of its device that touch its time, in order of packs. No device: no == -1."""

    entry: Array
    no: Array
    kind: Array  # place in KINDS
    person: Array  # 16 bytes
    since: Array
    until: Array
    place_since: Array
    place_until: Array
    camera_since: Array
    camera_until: Array
    watched: Array  # one bit for each quantity of which an alarm is open
    same: dict[bytes, list[bytes]] = field(default_factory=dict)  # persons here, by other records of theirs

    def all_ids(self) -> Array:
        """Under whatever record something of these persons may lie."""
        return np.concatenate((self.person, np.array(list(self.same), "V16"))) if self.same else self.person

    def of(self, found: bytes) -> Array:
        """The places of the person of whom something was found under this record."""
        places = self.person == np.void(found)
        for one in self.same.get(found, ()):
            places |= self.person == np.void(one)
        return places


def rows(entry: Array, at: Array) -> Rows:
    size = len(at)
    return Rows(entry, at, np.full(size, NO_REASON, np.int8), np.full(size, -1, np.int64))


def refuse(rows: Rows, which: Array, why: Why) -> None:
    """The first reason that is found stands."""
    rows.reason[which & (rows.reason == NO_REASON)] = REASONS.index(why)


def is_event(code: Array) -> Array:
    """Something that happened to a person: it is taken however much its device sends."""
    inside = (code >= 0) & (code < SIZE)
    found: Array = inside & EVENT[np.where(inside, code, 0)]
    return found


def judge_time(rows: Rows, oldest: int, latest: int) -> None:
    refuse(rows, rows.at < oldest, Why.TOO_OLD)
    refuse(rows, rows.at > latest, Why.FROM_THE_FUTURE)


def find_loans(rows: Rows, loans: Loans, entries: int) -> None:
    """The loan in force at the instant of each; nobody had the device: refused."""
    first = np.searchsorted(loans.entry, np.arange(entries))
    many = np.bincount(loans.entry, minlength=entries) if len(loans.entry) else np.zeros(entries, np.int64)
    for nth in range(int(many.max(initial=0))):
        has = many[rows.entry] > nth
        place = np.where(has, first[rows.entry] + nth, 0)
        holds = has & (loans.since[place] <= rows.at) & (rows.at < loans.until[place])
        rows.loan[holds] = place[holds]
    refuse(rows, rows.loan < 0, Why.LENT_TO_NOBODY)


def need_consent_to_places(rows: Rows, loans: Loans, which: Array) -> None:
    _need(rows, which, loans.place_since, loans.place_until)


def need_consent_to_cameras(rows: Rows, loans: Loans, which: Array) -> None:
    _need(rows, which, loans.camera_since, loans.camera_until)


def _need(rows: Rows, which: Array, since: Array, until: Array) -> None:
    if not which.any() or not len(since):
        return
    agreed = (since[rows.loan] <= rows.at) & (rows.at < until[rows.loan])
    refuse(rows, which & ~agreed, Why.NO_CONSENT)


def sift_readings(rows: Rows, loans: Loans, code: Array, value: Array, marks: Array) -> None:
    """What no rule may be asked about goes; what cannot be true of a living person is marked and stays."""
    inside = (code >= 0) & (code < SIZE)
    safe = np.where(inside, code, 0)
    refuse(rows, ~KNOWN[safe], Why.UNKNOWN_QUANTITY)
    refuse(rows, ~np.isfinite(value) | (np.abs(value) > np.finfo(np.float32).max), Why.NOT_A_NUMBER)
    if not len(loans.entry):
        return
    kind = loans.kind[rows.loan]
    zero = (value == 0) & (LOW[safe] > 0) & ~EVENT[safe] & ZERO_IS_NONE[kind]
    rows.reason[zero & (rows.reason == NO_REASON)] = NO_READING
    need_consent_to_cameras(rows, loans, IS_CAMERA[kind] | (code == CAMERA_EVENT))
    need_consent_to_places(rows, loans, code == OUT_OF_FENCE)
    marks[(value < LOW[safe]) | (value > HIGH[safe])] |= int(Mark.IMPLAUSIBLE)


def interesting(
    code: Array, value: Array, marks: Array, watched: Array, bands: dict[int, tuple[float, float]],
    always: frozenset[int],
) -> Array:  # fmt: skip
    """What may mean an alarm, or the end of one: events, values outside the band of their quantity, and what is
    watched (an open alarm, beyond limits of their own). What is not true is never asked about."""
    low, high = np.full(SIZE, -np.inf), np.full(SIZE, np.inf)
    for no, (least, most) in bands.items():
        low[no], high[no] = least, most
    true: Array = (marks & int(Mark.IMPLAUSIBLE | Mark.ARTEFACT)) == 0
    event = np.isin(code, list(always))
    found: Array = true & (event | (value < low[code]) | (value >= high[code]) | watched)
    return found


def in_order(person: Array, code: Array, at: Array) -> Array:
    """The places in order of (person, code, at), each key once: of two alike the first that came."""
    halves = np.ascontiguousarray(person).view(">u8").reshape(-1, 2)
    first, second = halves[:, 0].astype(np.uint64), halves[:, 1].astype(np.uint64)
    order = np.lexsort((at, code, second, first))
    if len(order) < 2:
        return order
    before, after = order[:-1], order[1:]
    same = (
        (first[before] == first[after])
        & (second[before] == second[after])
        & (code[before] == code[after])
        & (at[before] == at[after])
    )
    return order[np.concatenate(([True], ~same))]
