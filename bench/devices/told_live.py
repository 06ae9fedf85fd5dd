"""The figures of the running platform as rows of the report."""

from __future__ import annotations

from typing import Any

from bench.devices.live import Live, kept_up
from bench.devices.stream import Streamed
from bench.report import Row, verdict

ALARM_MS, PAGE_MS = 1000, 150
GREW = 0.10  # of its memory after the first minute
SMALL_MB = 15


def rows(found: Live) -> list[Row]:
    out: list[Row] = []
    for one in found.streams:
        out += of_stream(one)
        out += of_steps(one, found.highest.get(one.shape, []))
    for what, measured in found.sights.items():
        out.append((f"page over HTTP: {what}", f"p50 {measured['p50']:.0f}, p95 {measured['p95']:.0f} ms",
                    f"p95 ≤ {PAGE_MS} ms", verdict(measured["p95"] <= PAGE_MS)))  # fmt: skip
    out += [
        (f"not measured: {what}", why.splitlines()[0][:90], "", "MISS") for what, why in found.wrong.items()
    ]
    return out


def of_stream(one: Streamed) -> list[Row]:
    load, falls = one.load, one.falls
    wait, late = load.get("wait_ms", {}), load.get("late_ms", {})
    out: list[Row] = [
        (f"{one.what}, {one.seconds / 60:g} minutes, rules on",
         f"{one.sustained:,.0f}/s acknowledged of {one.rate:,.0f}/s", f"≥ {one.rate:,.0f}/s", verdict(kept_up(one))),
        ("  distinct persons; readings sent, acknowledged, stored",
         f"{load['persons']:,} of {one.people:,}; {load['sent']:,}, {load['acknowledged']:,}, {one.stored:,}", "", ""),
        ("  acknowledged and not stored; stored twice; refused; sent again",
         f"{one.lost}; {one.twice}; {load['refused']}; {load['sent_again']}", "0; 0",
         verdict(not one.lost and not one.twice)),
        ("  from sent to acknowledged, ms", _spread(wait), "", ""),
        ("  from due to sent (the generator), ms", _spread(late), "", ""),
    ]  # fmt: skip
    if one.shape == "broker":
        out.append(("  until all that the broker acknowledged was stored", f"{one.settled_in} s", "", ""))
    heard, shown = falls.get("heard_ms", {}), falls.get("shown_ms", {})
    if falls.get("told"):
        out += [
            (f"  a fall sent until its event is at the officer's page, {falls['heard']} of {falls['told']}, ms",
             _spread(heard), f"p99 ≤ {ALARM_MS}",
             verdict(falls["heard"] == falls["told"] and heard.get("p99", 1e9) <= ALARM_MS)),
            (f"  until the list there shows it, {falls['shown']} of {falls['told']}, ms", _spread(shown),
             f"p99 ≤ {ALARM_MS}", verdict(falls["shown"] == falls["told"] and shown.get("p99", 1e9) <= ALARM_MS)),
        ]  # fmt: skip
    return out + _of_machine(one)


def _of_machine(one: Streamed) -> list[Row]:
    readings = max(one.load.get("acknowledged", 0), 1)
    cpu = ", ".join(
        f"{kind} {seconds:.0f} s ({seconds / readings * 1e6:.1f} µs)" for kind, seconds in one.cpu.items()
    )
    out: list[Row] = [
        ("  CPU of each (µs a reading)", cpu, "", ""),
        ("  CPU of the load generator, apart", f"{one.generator_cpu:.0f} s ({one.generator_cpu / readings * 1e6:.1f} µs)", "", ""),
    ]  # fmt: skip
    if one.backlog:
        done = f"{one.packed:,} of {one.backlog:,}" + (f" in {one.packed_in:.0f} s" if one.packed_in else "")
        kept = bool(one.packed_in) and one.packed >= one.backlog and one.packed_in <= one.seconds + 60
        out += [
            ("  an hour as large packed meanwhile", done, "all, in the same time", verdict(kept)),
            ("  checkpoints begun, ended; written ahead",
             f"{one.checkpoints[0]}, {one.checkpoints[1]}; {one.wal_bytes / 1e6:,.0f} MB", "≥ 1", verdict(max(one.checkpoints) >= 1)),
            ("  partitions that readings went into", ", ".join(name.split("_")[-1] for name in one.partitions), "≥ 2",
             verdict(len(one.partitions) >= 2)),
        ]  # fmt: skip
    return out + _of_memory(one.memory)


def _of_memory(marks: list[dict[str, Any]]) -> list[Row]:
    """From the first mark to the last: what grew by a tenth and by some megabytes is not flat."""
    out: list[Row] = []
    for kind in [key for key in (marks[-1] if marks else {}) if key != "at"]:
        sizes = [mark[kind]["pss"] for mark in marks if kind in mark]
        first, last = sizes[min(1, len(sizes) - 1)], sizes[-1]
        flat = last <= first * (1 + GREW) or last - first <= SMALL_MB
        line = " → ".join(f"{size:.0f}" for size in sizes)
        judged = "" if kind in ("postgres", "generator") else verdict(flat)
        out.append((f"  memory of {kind} at the marks, MB (PSS)", line, "flat" if judged else "", judged))
    return out


def of_steps(one: Streamed, steps: list[dict[str, Any]]) -> list[Row]:
    if not steps:
        return []
    good = [step["acknowledged"] for step in steps if step["kept_up"]]
    if kept_up(one):
        good.append(round(one.sustained))
    told = ", ".join(f"{step['rate']:,} {'yes' if step['kept_up'] else 'no'}" for step in steps)
    best = f"{max(good):,}/s" if good else "below all that were tried"
    return [(f"  highest sustainable rate ({one.shape}), steps of 30 s", f"{best} ({told})", "", "")]


def _spread(found: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:,.0f}" for name, value in found.items()) or "–"
