"""The figures of readings as rows of the report."""

from __future__ import annotations

from bench.devices.measure import Intake, Measured
from bench.report import Row, verdict

CITY = 31_000  # readings a second: 1.85 million persons, one a minute
SHARE, BYTES, CHART = 0.40, 15, 150


def rows(found: Measured) -> list[Row]:
    whole = found.pack_bytes + found.day_bytes
    out = [row for one in found.intakes for row in of_intake(one, found.people)]
    out += [
        ("packing an hour, readings/s", f"{found.packing_rate:,.0f}; PostgreSQL {found.packing_cpu:.1f} µs of CPU a reading",
         f"≥ {CITY:,}", verdict(found.packing_rate >= CITY)),
        ("bytes of a packed reading, a minute apart, indexes and days in it", f"{whole:.1f} (hot: {found.hot_bytes:.0f})",
         f"≤ {BYTES}", verdict(whole <= BYTES)),
        ("a year of the city, one reading a minute of each", f"{found.year_tb:.1f} TB", "", ""),
    ]  # fmt: skip
    for name, p95 in found.charts.items():
        out.append(
            (f"readings for a page: {name}", f"p95 {p95:.1f} ms", f"≤ {CHART} ms", verdict(p95 <= CHART))
        )
    out.append(("load of the machine when it began", f"{found.load:.1f}", "", ""))
    return out


def of_intake(one: Intake, people: int) -> list[Row]:
    cpu = one.python / one.readings * 1e6, one.postgres / one.readings * 1e6
    told = f"{one.rate:,.0f}/s; CPU a reading: Python {cpu[0]:.1f}, PostgreSQL {cpu[1]:.1f} µs"
    copied = f"{one.copy_rate:,.0f}/s, PostgreSQL {one.copy_cpu / one.copied * 1e6:.1f} µs"
    beside = ", an hour packed beside (its CPU is in it)" if one.packing else ""
    what = f"taken in, {one.together} of a device together, {people:,} persons, rules on{beside}"
    return [
        (what, told, f"≥ {CITY:,}/s", verdict(one.rate >= CITY)),
        ("  bare COPY of such rows into the same table", f"{copied}; intake is {one.share:.0%} of it", f"≥ {SHARE:.0%}",
         verdict(one.share >= SHARE)),
    ]  # fmt: skip
