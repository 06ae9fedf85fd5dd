"""The figures as one table with the aims, and as JSON beside it."""

from __future__ import annotations

import json
import math
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.cycle import AIM, Cycles
from bench.pages import STATEMENTS_AT_MOST, PageCost
from bench.records.measure import Measured
from bench.rescore import Rescored

Row = tuple[str, str, str, str]  # what, measured, aim, verdict


@dataclass
class Found:
    """All that one run has measured."""

    people: int
    pages: list[PageCost] = field(default_factory=list)
    cycles: Cycles | None = None
    records: Measured | None = None
    rescored: Rescored | None = None


def rows(found: Found) -> list[Row]:
    return (
        (of_cycles(found.cycles) if found.cycles else [])
        + of_pages(found.pages)
        + (of_records(found.records) if found.records else [])
        + (of_rescored(found.rescored) if found.rescored else [])
    )


def verdict(good: bool) -> str:
    return "pass" if good else "MISS"


def of_cycles(cycles: Cycles) -> list[Row]:
    cpu = ", ".join(f"{name} {seconds * 1000:.0f}" for name, seconds in cycles.cpu.items())
    rows = [
        ("transfer cycles a second, HTTP, 16 clients", f"{cycles.http_per_second:.1f}", "", ""),
        ("the same statements by psycopg, 16 connections", f"{cycles.sql_per_second:.1f}", "", ""),
        ("direct SQL to HTTP", f"{cycles.ratio:.1f} ×", f"≤ {AIM:g} ×", verdict(cycles.ratio <= AIM)),
        ("the same in CPU seconds", f"{cycles.cpu_ratio:.1f} ×", "", ""),
        ("CPU of one cycle, ms", cpu, "", ""),
        ("statements · commits · facts of one cycle",
         f"{sum(cycles.statements.values())} · {sum(cycles.commits.values())} · {cycles.facts}", "", ""),
    ]  # fmt: skip
    for step, (p50, p95) in cycles.steps.items():
        told = f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, {cycles.statements[step]} statements"
        rows.append((f"  {step}", told, "", ""))
    rows += [(f"memory, {name}", f"{size:.0f} MB", "", "") for name, size in cycles.memory.items()]
    return rows


def of_pages(pages: list[PageCost]) -> list[Row]:
    rows = []
    for one in pages:
        told = (
            f"p50 {one.p50:.0f} ms, p95 {one.p95:.0f} ms, {one.ratio:.1f} × SQL, "
            f"{one.statements} statements, {one.cpu_ms:.0f} ms CPU"
        )
        good = one.p95 <= one.aim and one.statements <= STATEMENTS_AT_MOST
        aim = f"p95 ≤ {one.aim:.0f} ms, ≤ {STATEMENTS_AT_MOST} statements"
        rows.append((f"{one.page} · {one.actor}", told, aim, verdict(good)))
    return rows


PEERS = "HAPI 490, Aidbox 505, Medplum 170 (published, database included)"


def of_records(found: Measured) -> list[Row]:
    """The record over /fhir; a second of CPU is of web processes and PostgreSQL together."""
    done, of = found.operations, f"{found.resources:,} resources"
    told = (
        f"{done['cpu']:.0f} a second of CPU ({done['web']:.2f} ms web + {done['postgres']:.2f} ms PostgreSQL), "
        f"{done['wall']:.0f} a second of the clock"
    )
    read = found.reads
    bare = {one: read["yiyang"] / max(read[one], 0.001) for one in ("django", "callable")}
    growth = 1.0 if found.resources <= 200_000 else 1.6  # 50 ms at 200,000, 80 ms at 2,000,000
    rows = [
        (f"create, read, update, delete; 9 types, 4 clients; {of}", told, "≥ 500", verdict(done["cpu"] >= 500)),
        ("  beside it, other servers", PEERS, "", ""),
        ("read by id to a bare read by granian and Django, CPU",
         f"{read['yiyang']:.2f} : {read['django']:.2f} ms, {bare['django']:.1f} ×", "≤ 2 ×", verdict(bare["django"] <= 2)),
        ("  to one without Django", f"{read['callable']:.2f} ms, {bare['callable']:.1f} ×", "", ""),
        ("transactions of 500 entries, 2 clients", f"{found.imported:,.0f} resources/s", "≥ 1,500",
         verdict(found.imported >= 1500)),
        (f"$everything of {found.everything_bytes / 1e6:.2f} MB", f"p95 {found.everything:.0f} ms, "
         f"{found.everything_memory:+.0f} MB", "p95 ≤ 150 ms", verdict(found.everything <= 150)),
        ("bytes on disk of a version, to its JSON",
         f"{found.disk['bytes']:,.0f} : {found.disk['json']:,.0f}, {found.disk['ratio']:.2f} ×", "≤ 3 ×",
         verdict(found.disk["ratio"] <= 3)),
    ]  # fmt: skip
    for one in found.searches:
        aim = one.aim * (growth if one.aim < 100 else 1)
        told = f"p50 {one.p50:.0f} ms, p95 {one.p95:.0f} ms, {one.hits} hits"
        rows.append((f"{one.what} · {one.actor}", told, f"p95 ≤ {aim:.0f} ms", verdict(one.p95 <= aim)))
    return [*rows, ("memory of the web processes after it", f"{found.memory:.0f} MB", "", "")]


def of_rescored(done: Rescored) -> list[Row]:
    told = f"{done.rows * done.part:,.0f} assessments re-scored, with five kinds of beds"
    first, second = (f"{size:.0f}" for size in done.memory)
    return [
        (told, f"{done.seconds:.1f} s", f"≤ {done.aim:.0f} s", verdict(done.seconds <= done.aim)),
        ("all of them read by psycopg", f"{done.reading:.1f} s", "", ""),
        ("re-scoring to reading", f"{done.ratio:.1f} ×", "", ""),
        ("CPU of it: workers, PostgreSQL", f"{done.cpu:.0f}, {done.served:.0f} s", "", ""),
        ("levels that the rule changed", f"{done.changed:,}", "", ""),
        ("memory of a worker, first and second half", f"{first}, {second} MB", "flat", ""),
    ]


def of_growth(small: list[PageCost], large: list[PageCost], sizes: tuple[int, int]) -> list[Row]:
    """No faster than the logarithm of the population: what the larger costs, over what the smaller does."""
    allowed = math.log(sizes[1]) / math.log(sizes[0])
    noise = 1.15  # two runs of one size differ by so much on a shared machine
    before = {(one.page, one.actor): one for one in small}
    rows = []
    for one in large:
        other = before.get((one.page, one.actor))
        if other is None:
            continue
        grown = one.cpu_ms / max(other.cpu_ms, 0.1)
        told = f"{grown:.2f} × CPU, {one.p50 / other.p50:.2f} × p50, {one.statements - other.statements:+d} statements"
        good = grown <= allowed * noise and one.statements == other.statements
        rows.append((f"growth {sizes[0]:,} → {sizes[1]:,}: {one.page} · {one.actor}", told,
                     f"≤ {allowed:.2f} × (+15 %)", verdict(good)))  # fmt: skip
    return rows


def table(rows: list[Row]) -> str:
    heads = ("what", "measured", "aim", "")
    widths = [max(_width(row[place]) for row in [heads, *rows]) for place in range(4)]
    lines = [heads, tuple("-" * width for width in widths), *rows]
    return "\n".join(
        "| " + " | ".join(cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )  # fmt: skip


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)


def written(folder: Path, found: Found) -> Path:
    cycles, done = found.cycles, found.rescored
    told: dict[str, Any] = {
        "people": found.people,
        "on": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()},
        "cycles": asdict(cycles) | {"ratio": cycles.ratio, "cpu_ratio": cycles.cpu_ratio} if cycles else None,
        "pages": [asdict(one) for one in found.pages],
        "records": asdict(found.records) if found.records else None,
        "rescored": asdict(done) | {"ratio": done.ratio} if done else None,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "result.json"
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def read_pages(folder: Path) -> list[PageCost]:
    told = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return [PageCost(**one) for one in told["pages"]]
