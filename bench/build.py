"""Build the benchmark's city once: people by binary COPY, their history inside the database, constraints over all."""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from bench.district import City, build_city
from bench.history import build_history
from bench.place import folder_of
from bench.population import build_population

SHAPE = 1  # rises when what is built changes, so that what an earlier run built is thrown away


def ensure_built(people: int) -> None:
    """Build unless an earlier run has; a half-built one is thrown away."""
    marker = folder_of(people) / "built.json"
    wanted = {"people": people, "shape": SHAPE}
    if marker.exists() and json.loads(marker.read_text()) == wanted:
        return
    from django.db import connection

    began, building = time.monotonic(), folder_of(people) / "building"
    building.touch()
    with connection.cursor() as cursor:
        _empty(cursor)
        cursor.execute("SET synchronous_commit = off; SET work_mem = '256MB'")
        _build(cursor, people)
    connection.close()
    marker.write_text(json.dumps(wanted))
    building.unlink()
    _told_done(f"built {people:,} people in {time.monotonic() - began:.0f} s")


def _empty(cursor: Any) -> None:
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)
    cursor.execute("INSERT INTO kernel_installation (id, generation, created_at, messages_held)"
                   " VALUES (1, 1, now(), false) ON CONFLICT DO NOTHING")  # fmt: skip
    cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def _build(cursor: Any, people: int) -> None:
    from yiyang.kernel.time import now

    since = _midnight(now()) - timedelta(days=365 * 3)
    told("units and beds", 0, 1)
    city, beds = build_city(cursor, people, since)
    build_population(cursor, city, people, told)
    build_history(cursor, city, beds, people, told)
    told("statistics", 1, 1)
    cursor.execute("VACUUM (FREEZE, ANALYZE)")


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def told(what: str, done: int, of: int) -> None:
    """A progress bar on one line."""
    share = done / of if of else 1
    bar = "█" * int(share * 24)
    end = "" if sys.stderr.isatty() else "\n"
    print(f"\r\033[K  {bar:<24} {share:4.0%}  {what}", end=end, file=sys.stderr, flush=True)


def _told_done(line: str) -> None:
    print(f"\r\033[K{line}" if sys.stderr.isatty() else line, file=sys.stderr)


__all__ = ["City", "ensure_built", "told"]
