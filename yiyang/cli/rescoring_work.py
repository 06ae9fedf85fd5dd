"""The work of `yiyang rescore --store`: chunk after chunk by several processes, with a bar."""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from uuid import UUID

WIDTH = 30


def carried_out(run_id: UUID, chunks: int, processes: int) -> Iterator[int]:
    """How many rows each chunk had, as they are done; -1 where nothing was left. One process works here."""
    if processes < 2 or chunks < 2:
        yield from (one_chunk(run_id) for _ in range(chunks))
        return
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, spawn, begin) as pool:
        yield from pool.map(one_chunk, [run_id] * chunks)


def begin() -> None:
    """A process of its own reads the configuration that the command line left in the environment."""
    import django

    django.setup()
    gc.freeze()
    gc.disable()  # a chunk leaves nothing that points in circles


def one_chunk(run_id: UUID) -> int:
    from yiyang.assessments.commands import rescore_chunk
    from yiyang.assessments.commands.rescoring import NothingLeft
    from yiyang.assessments.queries import rescorings
    from yiyang.kernel.actors import SYSTEM
    from yiyang.kernel.time import now

    try:
        chunk = rescore_chunk(by=SYSTEM, at=now(), run=rescorings.run_of(run_id), here=True)
    except NothingLeft:
        return -1
    return int(chunk.rows)


def bar(done: int, of: int, begun: float) -> None:
    share = min(1.0, done / of) if of else 1.0
    filled = int(WIDTH * share)
    sys.stderr.write(
        f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {share:4.0%} {done:,} / {of:,} {time.perf_counter() - begun:5.1f} s"
    )
    sys.stderr.flush()
