"""Many clients at the same moment, each with a thread and a database connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

from yiyang.kernel.refusals import Refusal


@dataclass
class Answer:
    """What one client got: a result, a Refusal, or (never, we hope) something else."""

    result: Any = None
    error: BaseException | None = None
    seconds: float = 0.0

    @property
    def won(self) -> bool:
        return self.error is None

    @property
    def refusal(self) -> Refusal | None:
        return self.error if isinstance(self.error, Refusal) else None


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Answer]:
    """Run all acts at one moment and return what each got, in their order."""
    answers = [Answer() for _ in acts]
    ready = threading.Barrier(len(acts))

    def run(position: int) -> None:
        answer = answers[position]
        try:
            connections["default"].ensure_connection()
            ready.wait(60)
            began = time.perf_counter()
            try:
                answer.result = acts[position]()
            finally:
                answer.seconds = time.perf_counter() - began
        except BaseException as error:
            answer.error = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(position,), daemon=True) for position in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "some clients never came back"
    return answers


def in_thread(act: Callable[[], Any]) -> Any:
    """Run one act with a connection of its own, now, and return or raise what it does."""
    [answer] = at_once([act])
    if answer.error is not None:
        raise answer.error
    return answer.result
