"""A transaction that writes and then stays open until it is told to commit."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections, transaction


class HeldOpen:
    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._written, self._go = threading.Event(), threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._written.wait(30)
        if self._error:
            raise self._error

    def _run(self) -> None:
        try:
            with transaction.atomic():
                self._act()
                self._written.set()
                self._go.wait(60)
        except BaseException as error:
            self._error = error
        finally:
            self._written.set()
            connections.close_all()

    def commit(self) -> None:
        self._go.set()
        self._thread.join(30)
        if self._error:
            raise self._error


def held_open(act: Callable[[], object]) -> HeldOpen:
    """Run `act` in a transaction of another client, which commits when `.commit()` is called."""
    return HeldOpen(act)
