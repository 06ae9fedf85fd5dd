"""What `yiyang check` looks at. Each finding says in words how it is, and what to do."""

from __future__ import annotations

import platform
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any

import psycopg

from yiyang import __version__
from yiyang.ops.configuration import Config
from yiyang.ops.installation import CannotStart, check_connections, database_for_command
from yiyang.ops.postgres import NoBinaries, ServerFailed
from yiyang.ops.postgres.binaries import NEWEST, OLDEST
from yiyang.ops.postgres.runner import NoAccount

GB = 1024**3
OK, WARNING, PROBLEM = "ok", "warning", "problem"
LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    about: str
    state: str
    words: str


def diagnose(config: Config, *, audit: bool = False, promises: bool = False) -> Iterator[Finding]:
    yield versions()
    yield mode(config)
    yield keys(config)
    yield disk(config)
    yield from gateways(config)
    try:
        with database_for_command(config):
            yield from with_database(config, audit, promises)
    except (NoBinaries, ServerFailed, NoAccount) as error:
        yield Finding("database", PROBLEM, f"does not start. {error}")


def with_database(config: Config, audit: bool, promises: bool) -> Iterator[Finding]:
    from django.db import OperationalError

    try:
        with psycopg.connect(config.conninfo, connect_timeout=10, autocommit=True) as connection:
            yield server(connection)
            yield connections(config)
            yield clock(connection, config.clock_ahead)
        yield from with_tables(audit, promises)
    except (psycopg.OperationalError, OperationalError) as error:
        yield Finding("database", PROBLEM, f"does not answer: {error} Check database.url and the server.")


def with_tables(audit: bool, promises: bool) -> Iterator[Finding]:
    import django

    django.setup()
    migrated = migrations()
    yield migrated
    if migrated.state == OK:
        for look in (facts_clock, queue, signs_of_life, faults, set_aside, held_messages, holidays):
            yield from look()
        if audit:
            yield seals()
        if promises:
            yield from kept_promises()


def versions() -> Finding:
    named = ", ".join(f"{name} {version(name)}" for name in ("django", "psycopg", "granian", "procrastinate"))
    return Finding("versions", OK, f"yiyang {__version__}, Python {platform.python_version()}, {named}")


def mode(config: Config) -> Finding:
    if config.production:
        return Finding("mode", OK, f"production, TLS at the proxy, hosts {', '.join(config.allowed_hosts)}")
    return Finding("mode", WARNING, "demo: generated keys, no TLS. Not for real people (docs/operating.md).")


def keys(config: Config) -> Finding:
    prints = ", ".join(f"{name} {value}" for name, value in config.key_fingerprints.items())
    return Finding("keys", OK, f"suite {config.cipher_suite}; fingerprints {prints}")


def disk(config: Config) -> Finding:
    place = config.data_dir if config.data_dir.exists() else config.data_dir.parent
    usage = shutil.disk_usage(place)
    words = f"{usage.free / GB:.1f} GB of {usage.total / GB:.0f} GB free under {config.data_dir}"
    if usage.free < GB:
        return Finding("disk", PROBLEM, f"{words}. PostgreSQL stops writing when it is full: make room now.")
    if usage.free < max(5 * GB, usage.total // 20):
        return Finding("disk", WARNING, f"{words}. Make room, or enlarge the disk.")
    return Finding("disk", OK, words)


def gateways(config: Config) -> Iterator[Finding]:
    """Where devices send; said only while the installation runs."""
    if not listens(config.address, config.port):
        return
    ways = [("readings over HTTP", config.address, config.ingest_port)]
    if config.mqtt_port:
        ways.append(("readings over MQTT", config.mqtt_address, config.mqtt_port))
    for about, address, port in ways:
        if listens(address, port):
            yield Finding(about, OK, f"taken at port {port}")
        else:
            yield Finding(about, PROBLEM, f"port {port} does not answer. Its log says why.")


def listens(address: str, port: int) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)
    try:
        socket.create_connection((host, port), timeout=3).close()
    except OSError:
        return False
    return True


def server(connection: psycopg.Connection[Any]) -> Finding:
    row = connection.execute(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int / 10000,"
        " current_setting('server_encoding'), current_setting('data_checksums'), pg_is_in_recovery(),"
        " current_setting('transaction_read_only'), pg_size_pretty(pg_database_size(current_database()))"
    ).fetchone()
    assert row
    words = f"PostgreSQL {row[0]}, {row[6]}, encoding {row[2]}, page checksums {row[3]}"
    if not OLDEST <= row[1] <= NEWEST:
        return Finding("database", PROBLEM, f"{words}. Versions {OLDEST} to {NEWEST} are supported.")
    if row[2] != "UTF8":
        return Finding("database", PROBLEM, f"{words}. Make the database with ENCODING 'UTF8'.")
    if row[4] or row[5] == "on":
        return Finding(
            "database", PROBLEM, f"{words}. It is read-only: a standby, or set so by its operator."
        )
    if row[3] != "on":
        return Finding(
            "database", WARNING, f"{words}. Turn checksums on with pg_checksums to notice bad disks."
        )
    return Finding("database", OK, words)


def connections(config: Config) -> Finding:
    try:
        needed, allowed = check_connections(config)
    except CannotStart as error:
        return Finding("connections", PROBLEM, str(error))
    return Finding("connections", OK, f"the pools open at most {needed} of {allowed}")


def clock(connection: psycopg.Connection[Any], ahead: timedelta) -> Finding:
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row
    apart = abs((datetime.now(UTC) - row[0]).total_seconds())
    if apart > 5:
        return Finding(
            "clock", PROBLEM, f"{apart:.0f} s apart from the database's. Run NTP on both machines."
        )
    if ahead:
        return Finding(
            "clock", WARNING, f"the platform's is {ahead} ahead of the machine's, for trials alone."
        )
    return Finding(
        "clock", OK, f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, {apart:.1f} s from the database's"
    )


def migrations() -> Finding:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Finding(
            "migrations", PROBLEM, f"{len(plan)} are missing, first {plan[0][0]}. Run: yiyang migrate"
        )
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.graph.nodes)
    if unknown:
        names = ", ".join(f"{app}.{name}" for app, name in sorted(unknown)[:3])
        return Finding(
            "migrations", WARNING, f"the database knows {names}, this version does not: is it older?"
        )
    return Finding("migrations", OK, f"all {len(executor.loader.applied_migrations)} applied")


def facts_clock() -> Iterator[Finding]:
    """A fact recorded later than now tells that the clock was set back."""
    from yiyang.kernel.time import now

    newest = _one(
        "SELECT greatest((SELECT max(recorded_at) FROM kernel_plainfact WHERE recorded_at > %(now)s),"
        " (SELECT max(sealed_at) FROM kernel_seal WHERE sealed_at > %(now)s))",
        {"now": now()},
    )
    if newest:
        yield Finding(
            "clock and facts",
            PROBLEM,
            f"the newest record is of {newest:%Y-%m-%d %H:%M:%S} UTC, later than now: the clock was set back. "
            "Nothing is lost; set the clock right with NTP.",
        )


def queue() -> Iterator[Finding]:
    waiting, behind = _row(
        "SELECT count(DISTINCT j.id), now() - min(e.at) FROM procrastinate_jobs j"
        " LEFT JOIN procrastinate_events e ON e.job_id = j.id AND e.type IN ('deferred', 'deferred_for_retry')"
        " WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= now())"
    )
    beats = _one("SELECT max(last_heartbeat) FROM procrastinate_workers")
    if waiting and behind and behind > LATE:
        yield Finding("worker", PROBLEM, f"{waiting} jobs wait, the oldest {behind}. Is the worker running?")
    elif beats is None or datetime.now(UTC) - beats > LATE:
        yield Finding("worker", WARNING, "no worker runs: reactions and deadlines wait until one does.")
    else:
        yield Finding("worker", OK, f"{waiting} jobs wait; last sign of life {beats:%H:%M:%S} UTC")


def signs_of_life() -> Iterator[Finding]:
    """Of each process that takes readings in; the worker's is among the jobs."""
    from django.utils.translation import override

    from yiyang.devices.commands.beats import silent
    from yiyang.devices.rules.ways import in_words
    from yiyang.kernel.time import now

    for process, seconds in sorted(silent(now()).items()):
        with override("en"):
            about = in_words(process)
        yield Finding(about, PROBLEM, f"no sign of life for {seconds:.0f} s. Its log says why.")


def faults() -> Iterator[Finding]:
    number = _one("SELECT count(*) FROM kernel_reactionfault")
    if number:
        yield Finding("reactions", PROBLEM, f"{number} failed by a bug; the administrator's page lists them.")
    else:
        yield Finding("reactions", OK, "none failed")


def set_aside() -> Iterator[Finding]:
    """Messages of devices that tripped over a fault of ours."""
    number, since, problem = _row(
        "SELECT count(*), min(came_at), (array_agg(problem ORDER BY came_at))[1] FROM devices_setaside"
    )
    if number:
        yield Finding(
            "messages of devices",
            PROBLEM,
            f"{number} are set aside by a fault of ours, the first of {since:%Y-%m-%d %H:%M:%S} UTC ({problem}). "
            "The logs ingest and mqtt say more. When it is mended: yiyang take-again",
        )
    else:
        yield Finding("messages of devices", OK, "none set aside")


def held_messages() -> Iterator[Finding]:
    if _one("SELECT messages_held FROM kernel_installation"):
        yield Finding(
            "messages",
            WARNING,
            "held since a backup was restored. When you have looked at the data: yiyang release-messages",
        )


def holidays() -> Iterator[Finding]:
    """Deadlines count workdays: a year without its make-up days counts weekends that are worked as free."""
    from django.utils.timezone import localdate

    from yiyang.duty.queries import published
    from yiyang.kernel.time import now

    year = localdate(now()).year
    if published(year):
        yield Finding("holidays", OK, f"holidays and make-up workdays of {year} are known")
    else:
        yield Finding(
            "holidays",
            WARNING,
            f"the make-up workdays of {year} are not known: weekends count as free. Update the package holidays, "
            "or enter the days in the policy row duty.extra_days.",
        )


def seals() -> Finding:
    from yiyang.kernel.models import Seal
    from yiyang.kernel.seals import prove

    broken = prove()
    if broken:
        return Finding("seals", PROBLEM, f"seal {broken.number} does not hold: {broken.why}.")
    return Finding("seals", OK, f"all {Seal.objects.count()} seals hold")


def kept_promises() -> Iterator[Finding]:
    """Asked in plain SQL that shares nothing with the code that keeps them."""
    from yiyang.beds.queries.promises import PROMISES, broken_promises

    broken = broken_promises()
    for promise in broken:
        yield Finding("promises", PROBLEM, f"broken: {promise}.")
    if not broken:
        yield Finding("promises", OK, f"all {len(PROMISES)} hold")


def _row(statement: str, given: dict[str, Any] | None = None) -> tuple[Any, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        row: tuple[Any, ...] = cursor.fetchone()
        return row


def _one(statement: str, given: dict[str, Any] | None = None) -> Any:
    return _row(statement, given)[0]
