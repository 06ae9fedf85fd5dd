"""`make bench`: measure this machine against direct SQL.

    python -m bench [--people 1000000] [--quick] [--cycles 100] [--only cycles|pages|rescore|records|devices]
                    [--resources 200000] [--no-growth]

A city is built once for each size by COPY, under .cache/bench, and kept between runs. docs/benchmarks.md says
what is measured and how.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from typing import Any

from bench import place, report, rescore
from bench.build import ensure_built

QUICK = 50_000
WAYS = ("http", "city-http", "packs", "mqtt", "city", "single", "broker", "none")


def main() -> None:
    options = argparse.ArgumentParser(prog="bench", description=__doc__)
    options.add_argument("--people", type=int, default=1_000_000)
    options.add_argument("--quick", action="store_true", help=f"a city of {QUICK:,}, fewer repetitions")
    options.add_argument("--cycles", type=int, default=100)
    options.add_argument("--times", type=int, default=40, help="how often each page is asked for")
    options.add_argument("--only", choices=("cycles", "pages", "rescore", "records", "devices"))
    options.add_argument("--resources", type=int, default=200_000, help="of the record over /fhir")
    options.add_argument(
        "--wearers", type=int, default=1_850_000, help="persons with a device, of --only devices"
    )
    options.add_argument(
        "--seconds", type=float, default=60, help="how long each way of sending readings is measured"
    )
    options.add_argument("--minutes", type=float, default=5, help="how long each way in is measured")
    options.add_argument(
        "--ways", default="city-http,city,single,broker",
        help="of --only devices: " + ", ".join(WAYS) + "; none: only what needs no running platform",
    )  # fmt: skip
    options.add_argument("--rate", type=float, default=31_000, help="readings a second")
    options.add_argument("--single-rate", type=float, default=3_000, help="messages of one reading a second")
    options.add_argument("--falls", type=float, default=1.0, help="falls a second among the readings")
    options.add_argument("--seed", type=int, default=1, help="of the load generator")
    options.add_argument(
        "--readings-workers", default="", help="processes of each way in; else the product's own"
    )
    options.add_argument("--no-steps", action="store_true", help="do not look for the highest rate")
    options.add_argument("--no-sights", action="store_true", help="do not measure the pages of readings")
    options.add_argument(
        "--no-tables", action="store_true", help="only what goes through the running platform"
    )
    options.add_argument("--no-growth", action="store_true", help="do not compare with a tenth of the people")
    options.add_argument("--no-rescore", action="store_true", help="do not re-score assessments")
    chosen = options.parse_args()
    if chosen.quick:
        chosen.people, chosen.cycles, chosen.times, chosen.no_growth = QUICK, 20, 20, True
        chosen.resources = min(chosen.resources, 20_000)
        chosen.wearers, chosen.seconds = min(chosen.wearers, QUICK), min(chosen.seconds, 5)
    os.nice(5)
    rows = measure(chosen)
    if chosen.only in (None, "pages") and not chosen.no_growth:
        rows += growth(chosen.people, chosen.times)
    print(report.table(rows))


def measure(chosen: argparse.Namespace) -> list[report.Row]:
    """Build if need be, start the pages, measure, write the JSON, stop all."""
    people, only = chosen.people, chosen.only
    found = report.Found(people)
    if only == "devices":
        return measure_devices(chosen)
    if only != "rescore":
        with place.database(people) as server:
            measure_pages(chosen, server, found)
    if only == "rescore" or (only is None and not chosen.no_rescore):
        with place.plain_database(f"rescore-{people}") as server:
            found.rescored = rescore.measure(server.url, people, f"rescore-{people}", server.process.pid)
    path = report.written(place.folder_of(people), found)
    print(f"{people:,} people; the figures are in {path.relative_to(place.ROOT)}", file=sys.stderr)
    return report.rows(found)


def measure_devices(chosen: argparse.Namespace) -> list[report.Row]:
    """A city of its own, in which everybody has a device: through the running platform, then the tables alone."""
    name = f"devices-{chosen.wearers}"
    place.alone(name)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is ended
    with place.plain_database(name) as server:
        place.use(place.FOLDER / name, server.url)
        from bench.devices import city

        city.ensure_built(name, chosen.wearers)
    return live_rows(name, chosen) + ([] if chosen.no_tables else table_rows(name, chosen))


def live_rows(name: str, chosen: argparse.Namespace) -> list[report.Row]:
    from bench.devices import live, told_live

    ways = tuple(one for one in chosen.ways.split(",") if one in WAYS and one != "none")
    wanted = live.Wanted(
        chosen.wearers, ways, chosen.minutes, chosen.rate, chosen.single_rate, chosen.falls, not chosen.no_steps,
        not chosen.no_sights, chosen.seed, chosen.readings_workers,
    )  # fmt: skip
    rows = told_live.rows(live.measure(name, wanted))
    if not chosen.no_tables:
        print(report.table(rows), flush=True)  # what follows may fail
    return rows


def table_rows(name: str, chosen: argparse.Namespace) -> list[report.Row]:
    from bench.devices import measure, told

    with place.plain_database(name) as server:
        found = measure.measure(chosen.wearers, server.process.pid, chosen.seconds)
    return told.rows(found)


def measure_pages(chosen: argparse.Namespace, server: Any, found: report.Found) -> None:
    """The city's pages, cycles and record, by the product's own web processes."""
    ensure_built(chosen.people)
    from bench import cycle, pages
    from bench.records import measure as records

    only, times = chosen.only, chosen.times
    with place.web() as (host, port, web):
        processes = (web, server.process.pid)
        if only in (None, "pages"):
            found.pages = pages.measure(host, port, *processes, times)
        if only in (None, "cycles"):
            found.cycles = cycle.measure(host, port, *processes, chosen.cycles)
        if only in (None, "records"):
            found.records = records.measure(host, port, *processes, chosen.resources, times)


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
