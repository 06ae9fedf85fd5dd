"""Migrations beside the work: short waits for locks, then another try.

A change of a table waits for everybody who uses it, and whoever comes later waits behind that change. So it may wait
only briefly, less than any command does (`kernel.commands.LOCK_TIMEOUT`); when it does not get its turn, it steps
aside, lets the others through, and comes again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

LOCK_TIMEOUT = "1500ms"
PAUSES = (0.5, 1, 2, 3, 5)  # seconds between tries; the last one goes on
GIVE_UP_AFTER = 15 * 60.0
ONE_AT_A_TIME = 7_011  # the lock of whoever migrates; a second one waits for it as for any other
NOT_ITS_TURN = {"55P03", "40P01"}  # lock not available, deadlock


class NeverItsTurn(Exception):
    """Why the migrations were not applied, and what to do."""


def migrate(say: Callable[[str], None], *, verbosity: int = 1, give_up_after: float = GIVE_UP_AFTER) -> None:
    """Apply what is missing. What was applied before a lock was refused stays, and the rest is tried again."""
    until, tries = time.monotonic() + give_up_after, 0
    while True:
        try:
            return _try(say, verbosity)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) not in NOT_ITS_TURN:
                raise
            if time.monotonic() > until:
                raise NeverItsTurn(
                    f"A table was in use for {give_up_after / 60:.0f} minutes, last: {error}. What was applied stays. "
                    "End the long transaction (pg_stat_activity shows it), then run this again."
                ) from error
        pause = PAUSES[min(tries, len(PAUSES) - 1)]
        tries += 1
        say(f"A table is in use; trying again in {pause:g} s ({tries}).")
        connection.close()
        time.sleep(pause)


def _try(say: Callable[[str], None], verbosity: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
    try:
        if verbosity and _nothing_to_apply():
            say("No migrations to apply.")
            # Django would compare all tables with the code, for its developers: half the time of a start.
            verbosity = 0
        call_command("migrate", interactive=False, verbosity=verbosity)
    finally:
        connection.close()


def _nothing_to_apply() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
