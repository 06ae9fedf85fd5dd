"""What processes cost, as the kernel counts it: CPU seconds and memory, so that other load on the machine matters less."""

from __future__ import annotations

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def family(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {int(path.name): _parent(path) for path in Path("/proc").iterdir() if path.name.isdigit()}
    found, more = [root], [root]
    while more:
        more = [pid for pid, parent in parents.items() if parent in more]
        found += more
    return found


def cpu_seconds(root: int) -> float:
    """User and system time of a process and its descendants, those that ended included."""
    return sum(_ticks(pid) for pid in family(root)) / TICKS


def memory_mb(pid: int) -> float:
    """The share of memory that is this process's: shared pages count in parts (PSS)."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        return 0.0
    return 0.0


def own_seconds(pid: int) -> float:
    """User and system time of this process alone, and of its children that have ended."""
    return _ticks(pid) / TICKS


def resident_mb(pid: int) -> float:
    """All pages that the process has in memory, shared ones too."""
    told = _stat(pid)
    return int(told[21]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024 if told else 0.0


def parent(pid: int) -> int:
    return _parent(Path(f"/proc/{pid}"))


def load() -> float:
    return os.getloadavg()[0]


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _parent(path: Path) -> int:
    told = _stat(int(path.name))
    return int(told[1]) if told else 0


def _ticks(pid: int) -> int:
    told = _stat(pid)
    return sum(int(told[place]) for place in (11, 12, 13, 14)) if told else 0
