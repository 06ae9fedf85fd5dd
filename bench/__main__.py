"""`make bench`: measure this machine against direct SQL.

    python -m bench [--people 1000000] [--quick] [--cycles 100] [--only cycles|pages|rescore] [--no-growth]

A city is built once for each size by COPY, under .cache/bench, and kept between runs. docs/benchmarks.md says
what is measured and how.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import Any

from bench import place, report, rescore
from bench.build import ensure_built

QUICK = 50_000


def main() -> None:
    options = argparse.ArgumentParser(prog="bench", description=__doc__)
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--quick", action="store_true", help=f"a city of {QUICK:,}, fewer repetitions")
    options.add_argument("--cycles", type=int, default=100)
    options.add_argument("--times", type=int, default=40, help="how often each page is asked for")
    options.add_argument("--only", choices=("cycles", "pages", "rescore"))
    options.add_argument("--no-growth", action="store_true", help="do not compare with a tenth of the people")
    options.add_argument("--no-rescore", action="store_true", help="do not re-score assessments")
    chosen = options.parse_args()
    if chosen.quick:
        chosen.people, chosen.cycles, chosen.times, chosen.no_growth = QUICK, 20, 20, True
    os.nice(5)
    rows = measure(chosen.people, chosen.cycles, chosen.times, chosen.only, not chosen.no_rescore)
    if chosen.only in (None, "pages") and not chosen.no_growth:
        rows += growth(chosen.people, chosen.times)
    print(report.table(rows))


def measure(
    people: int, cycles: int, times: int, only: str | None = None, rescoring: bool = True
) -> list[report.Row]:
    """Build if need be, start the pages, measure, write the JSON, stop all."""
    done, moved = None, None
    seen: list[Any] = []
    if only != "rescore":
        with place.database(people) as server:
            seen, moved = measure_pages(people, server, cycles, times, only)
    if rescoring and only in (None, "rescore"):
        with place.plain_database(f"rescore-{people}") as server:
            done = rescore.measure(server.url, people, f"rescore-{people}", server.process.pid)
    path = report.written(place.folder_of(people), people, moved, seen, done)
    print(f"{people:,} people; the figures are in {path.relative_to(place.ROOT)}", file=sys.stderr)
    return (
        (report.of_cycles(moved) if moved else [])
        + report.of_pages(seen)
        + (report.of_rescored(done) if done else [])
    )


def measure_pages(
    people: int, server: Any, cycles: int, times: int, only: str | None
) -> tuple[list[Any], Any]:
    """The city's pages and cycles, by the product's own web processes."""
    ensure_built(people)
    from bench import cycle, pages

    with place.web() as (host, port, web):
        processes = (web, server.process.pid)
        seen = pages.measure(host, port, *processes, times) if only != "cycles" else []
        moved = cycle.measure(host, port, *processes, cycles) if only != "pages" else None
    return seen, moved


def growth(people: int, times: int) -> list[report.Row]:
    """The same pages over a tenth of the people, in a process of its own: one measures one database."""
    small = people // 10
    options = ["--people", str(small), "--times", str(times), "--only", "pages", "--no-growth"]
    subprocess.run(
        [sys.executable, "-m", "bench", *options], cwd=place.ROOT, check=True, stdout=subprocess.DEVNULL
    )
    folders = place.folder_of(small), place.folder_of(people)
    return report.of_growth(*(report.read_pages(one) for one in folders), (small, people))


if __name__ == "__main__":
    main()
