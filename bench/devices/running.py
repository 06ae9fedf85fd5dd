"""The platform as `yiyang up` starts it, and what each of its processes costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from bench import machine
from bench.place import FOLDER, ROOT

# What stands in the command lines of the processes; the first that fits.
KINDS = (
    ("web", "yiyang.project.wsgi"), ("push", "yiyang.project.push"), ("ingest", "yiyang.gateways.ingest"),
    ("mqtt", "yiyang.gateways.mqtt"), ("worker", "procrastinate"), ("worker", "kernel.worker"),
    ("postgres", "postgres"),
)  # fmt: skip
PATIENCE = 120.0


class Running:
    """One installation. Processes are known by their number: of each kind all, with their descendants."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def processes(self) -> dict[str, list[int]]:
        """By kind; `supervisor` is the command itself."""
        kinds: dict[str, list[int]] = {"supervisor": [self.process.pid]}
        of: dict[int, str] = {}
        for pid in machine.family(self.process.pid)[1:]:
            parent = machine.parent(pid)
            kind = of.get(parent) or _kind(pid)
            if kind:
                of[pid] = kind
                kinds.setdefault(kind, []).append(pid)
        return kinds

    def cpu(self) -> dict[str, float]:
        """Seconds by kind, those of ended children included."""
        return {
            kind: sum(machine.own_seconds(pid) for pid in pids) for kind, pids in self.processes().items()
        }

    def memory(self) -> dict[str, dict[str, float]]:
        """MB by kind: as pages are shared out among processes (PSS), and as each counts them (RSS)."""
        return {
            kind: {
                "pss": round(sum(machine.memory_mb(pid) for pid in pids), 1),
                "rss": round(sum(machine.resident_mb(pid) for pid in pids), 1),
                "processes": len(pids),
            }
            for kind, pids in self.processes().items()
        }


def _kind(pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
    return next((kind for kind, words in KINDS if words in command), "")


@contextmanager
def running(name: str, **variables: str) -> Iterator[Running]:
    """`yiyang up` over this data folder, on ports of its own; ended by its number, and all it started with it."""
    port = free_ports()
    given = {key: value for key, value in os.environ.items() if not key.startswith(("DATABASE_", "YIYANG_"))}
    given |= {"YIYANG_MODE": "demo", "PYTHONUNBUFFERED": "1"} | variables
    log = FOLDER / name / "log" / "up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "yiyang", "up", "--port", str(port), "--data", str(FOLDER / name)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=out, stderr=out)
        try:
            _wait(process, port, log)
            yield Running(process, port)
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(90)
            if process.poll() is None:
                process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not all(_answers(one) for one in (port, port + 1, port + 2)) or not _open(port + 3):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"The platform does not answer; see {log}:\n{log.read_text()[-2000:]}")
        time.sleep(0.3)


def _answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
    return True


def _open(port: int) -> bool:
    import socket

    try:
        socket.create_connection(("127.0.0.1", port), 3).close()
    except OSError:
        return False
    return True


def free_ports() -> int:
    """A port whose three successors are free too."""
    import socket

    for _ in range(50):
        with socket.socket() as one, ExitStack() as stack:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                for more in (1, 2, 3):
                    stack.enter_context(socket.socket()).bind(("127.0.0.1", port + more))
            except OSError:
                continue
            return int(port)
    raise RuntimeError("no free ports")


def spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {kind: after[kind] - before.get(kind, 0.0) for kind in after}


__all__: list[Any] = ["Running", "free_ports", "running", "spent"]
