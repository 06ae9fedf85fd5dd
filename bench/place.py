"""Where the benchmarks live: an own PostgreSQL and data folder for each size, and the pages as the product runs them."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".cache" / "bench"
WORKERS = 2
_locks: list[Any] = []


def folder_of(people: int) -> Path:
    return FOLDER / str(people)


@contextmanager
def database(people: int) -> Iterator[Any]:
    """The server of this size, durable as the product's own; this process is set up to use it."""
    from yiyang.ops.postgres.server import Server, database_url

    folder = folder_of(people)
    if (folder / "building").exists():  # what was half built lacks its indexes and constraints
        shutil.rmtree(folder / "pgdata", ignore_errors=True)
    server = Server(folder, extra_settings={"max_wal_size": "8GB", "maintenance_work_mem": "512MB"})
    server.start()
    try:
        use(folder, database_url(folder))
        yield server
    finally:
        server.stop()


@contextmanager
def plain_database(name: str) -> Iterator[Any]:
    """A server with the product's tables and no city, kept between runs; this process is not set up to use it."""
    from yiyang.ops.postgres.server import Server

    server = Server(FOLDER / name, extra_settings={"max_wal_size": "8GB"})
    server.start()
    try:
        if product(name, server.url, "migrate", stdout=subprocess.DEVNULL).wait():
            raise RuntimeError("the tables were not made")
        yield server
    finally:
        server.stop()


def alone(name: str) -> None:
    """Two that measure one city would end each other's server."""
    (FOLDER / name).mkdir(parents=True, exist_ok=True)
    lock = (FOLDER / name / "bench.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(f"Another benchmark runs over {name}.")
    _locks.append(lock)  # held until this process ends


@contextmanager
def server_alone(name: str) -> Iterator[Any]:
    """The server of a city that is built, with the settings of the product, and nobody else at it."""
    from yiyang.ops.postgres.server import Server

    server = Server(FOLDER / name)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def product(name: str, url: str, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
    """The product's own command line on this database."""
    told = os.environ | {"DATABASE_URL": url, "YIYANG_MODE": "demo"}
    command = [sys.executable, "-m", "yiyang", *arguments, "--data", str(FOLDER / name)]
    return subprocess.Popen(command, cwd=ROOT, env=told, **streams)


def use(folder: Path, url: str) -> None:
    """Point this process, and the ones that it starts, at an installation; before Django is set up."""
    os.environ |= {
        "DATABASE_URL": url,
        "YIYANG_DATA": str(folder),
        "YIYANG_MODE": "demo",
        "YIYANG_PORT": str(_free_port()),
        "YIYANG_WEB_WORKERS": str(WORKERS),
        "DJANGO_SETTINGS_MODULE": "yiyang.project.settings",
    }
    from yiyang.ops.config import config

    if config.database_url != url:
        raise RuntimeError("One process measures one database: start another for another size.")
    _step("migrate", "--noinput", "--verbosity=0")
    import django

    django.setup()


def _step(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "django", *arguments], cwd=ROOT, check=True, env=_environment())


def _environment() -> dict[str, str]:
    from yiyang.ops.config import config
    from yiyang.ops.installation import environment

    return os.environ | environment(config)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def web() -> Iterator[tuple[str, int, int]]:
    """The pages, started by the product's own command line: (host, port, process id)."""
    from yiyang.ops import installation
    from yiyang.ops.config import config

    _step("collectstatic", "--noinput", "--verbosity=0")
    log = (config.data_dir / "log" / "web.log").open("w")
    process = subprocess.Popen(
        installation.web(config).command, cwd=ROOT, env=_environment(), stdout=log, stderr=log
    )
    try:
        until = time.monotonic() + 60
        while not installation.answers(config):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The pages do not answer; see {log.name}")
            time.sleep(0.1)
        yield config.address, config.port, process.pid
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        if process.poll() is None:
            process.kill()
        log.close()
