"""The threads that write: each takes what waits, commits it at once, and tells the senders."""

from __future__ import annotations

import logging
import threading
import time as stopwatch
from datetime import datetime

import psycopg
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from yiyang.devices.commands import aside, intake, refused
from yiyang.devices.packs import Pack, Rejection, Sender, Taken, Why
from yiyang.devices.queries.credentials import Known, senders_of
from yiyang.gateways.devices.decoding import Refused
from yiyang.gateways.ingest.inbox import AWAY, BROKEN, UNKNOWN_KEY, Answer, Inbox, Message
from yiyang.kernel.time import now

log = logging.getLogger("yiyang.ingest")
PATIENCE = (
    10.0  # how long a batch waits for a database that is away before its senders are told to come again
)
LAST_PATIENCE = 1.0  # when we are told to stop: what is not answered is sent again
PAUSE = 0.25
# The database is not there, or has just gone; everything else that it says is about what was asked.
GONE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError, OSError)


class Writers:
    """Two threads: while one waits for its commit, the other prepares the next batch."""

    def __init__(self, inbox: Inbox, number: int = 2) -> None:
        self.inbox = inbox
        self.began: dict[str, float] = {}
        self.threads = [
            threading.Thread(target=self._run, name=f"writer-{one}", daemon=True) for one in range(number)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """What waits is still written, as far as the database answers."""
        self.inbox.close()
        for thread in self.threads:
            thread.join(PATIENCE)

    def longest(self) -> float:
        """For how many seconds the batch that waits longest has been written."""
        begins = list(self.began.values())
        return stopwatch.monotonic() - min(begins) if begins else 0.0

    def _run(self) -> None:
        try:
            while batch := self.inbox.take():
                self.began[threading.current_thread().name] = stopwatch.monotonic()
                patience = LAST_PATIENCE if self.inbox.closed else PATIENCE
                self.inbox.tell(_committed(batch, stopwatch.monotonic() + patience))
                self.began.pop(threading.current_thread().name)
        finally:
            connection.close()


def _committed(batch: list[Message], until: float) -> list[tuple[Message, Answer]]:
    """Safe to repeat: what was committed although the answer was lost is found to be there already."""
    while True:
        try:
            return _written(batch)
        except GONE as problem:
            _hang_up()
            if stopwatch.monotonic() > until:
                log.warning("the database is away: %s", type(problem).__name__)
                return [(message, Answer(fault=AWAY)) for message in batch]
            stopwatch.sleep(PAUSE)
        except Exception as problem:
            # One message that trips over a fault of ours must not take the others with it.
            _hang_up()
            if len(batch) == 1:
                log.exception("a message could not be taken in: %s", type(problem).__name__)
                return [(batch[0], _set_aside(batch[0], type(problem).__name__))]
            half = len(batch) // 2
            return _committed(batch[:half], until) + _committed(batch[half:], until)


def _set_aside(message: Message, problem: str) -> Answer:
    """So that its sender need not keep it: it would come again for ever."""
    try:
        known = senders_of({message.secret}, now()).get(message.secret)
        if known is None:
            return Answer(fault=UNKNOWN_KEY)
        kept = aside.set_aside(known.sender, message.payload, message.kind, message.urn, problem, now())
    except (DatabaseError, *GONE) as why:
        log.warning("a message could not be set aside: %s", type(why).__name__)
        _hang_up()
        return Answer(fault=BROKEN)
    return Answer(refused=[Refused(None, Why.SET_ASIDE, "", message.urn)]) if kept else Answer(fault=BROKEN)


def _hang_up() -> None:
    try:
        connection.close()
    except (DatabaseError, psycopg.Error):
        connection.connection = None


def _written(batch: list[Message]) -> list[tuple[Message, Answer]]:
    at = now()
    known = senders_of({message.secret for message in batch}, at)
    entries: list[tuple[Sender, Pack]] = []
    for message in batch:
        if found := known.get(message.secret):
            entries += [(found.sender, pack) for pack in message.decoded.packs]
    taken = intake.take_in(entries, now=at) if entries else []
    _note_unreadable(batch, known, at)
    rest = iter(taken)
    answers = []
    for message in batch:
        if message.decoded.broken:
            answers.append((message, _set_aside(message, message.decoded.broken)))
        elif message.secret in known:
            answers.append(
                (
                    message,
                    _answer(message, [next(rest) for _ in message.decoded.packs], known[message.secret].urn),
                )
            )
        else:
            answers.append((message, Answer(fault=UNKNOWN_KEY)))
    return answers


def _answer(message: Message, taken: list[Taken], own: str) -> Answer:
    decoded = message.decoded
    answer = Answer(refused=list(decoded.refused))
    for pack, places, one in zip(decoded.packs, decoded.places, taken, strict=True):
        answer.stored += one.stored
        answer.repeated += one.repeated
        answer.no_reading += one.no_reading
        for rejection in one.rejected:
            record = places.record(rejection.index)
            answer.refused.append(Refused(record, rejection.code, rejection.detail, pack.urn or own))
    return answer


def _note_unreadable(batch: list[Message], known: dict[str, Known], at: datetime) -> None:
    """What formats refused is counted beside what the intake refused."""
    entries, told = [], []
    for message in batch:
        found = known.get(message.secret)
        for one in message.decoded.refused if found else ():
            assert found
            entries.append((found.sender, Pack(one.urn)))
            told.append(Taken(rejected=[Rejection(None, one.code, one.detail)]))
    if entries:
        refused.count(entries, told, at)
