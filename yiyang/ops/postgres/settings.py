"""Server settings from the machine's memory, and the reasons for the others."""

from __future__ import annotations

import os
from pathlib import Path

MB = 1024 * 1024
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def machine_memory() -> int:
    """Bytes this process may use: the machine's memory, or less in a container."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for name in CGROUP_LIMITS:
        try:
            text = Path(name).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            total = min(total, int(text))
    return total


def settings_for(memory: int, *, durable: bool = True) -> dict[str, str]:
    """The web, the worker and the gateways run on the same machine, so PostgreSQL takes a modest share."""
    megabytes = memory // MB
    settings = {
        "shared_buffers": f"{_between(64, megabytes // 6, 8192)}MB",
        "effective_cache_size": f"{_between(128, megabytes // 2, 65536)}MB",
        "work_mem": f"{_between(4, megabytes // 1024, 32)}MB",
        "maintenance_work_mem": f"{_between(32, megabytes // 32, 1024)}MB",
        "max_wal_size": f"{_between(256, megabytes // 8, 8192)}MB",
        "max_connections": str(_between(40, megabytes // 128, 200)),
        # Plans are short; compiling them costs more than it saves.
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # Logs hold no personal data: neither statements of failed calls nor the key values in DETAIL.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_min_messages": "warning",
        "log_checkpoints": "off",
        "idle_in_transaction_session_timeout": "5min",
        "tcp_keepalives_idle": "60",
        # A disk that came back after an error must not hide lost pages: crash and replay instead.
        "data_sync_retry": "off",
        # Whoever asks for what changed since an instant gets what was committed after it, and nothing before.
        "track_commit_timestamp": "on",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return settings


def _between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))
