"""`yiyang up`: PostgreSQL, migrations, then the processes, until a signal ends them all."""

from __future__ import annotations

import errno
import fcntl
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psycopg

from yiyang.ops.configuration import Config
from yiyang.ops.postgres import Server
from yiyang.ops.supervisor import Child, Supervisor, describe

ROOT = Path(__file__).resolve().parent.parent.parent
PUSH_POOL, RESERVED = 4, 5
DEVICES_KEPT_HOURS = 26  # of readings that the devices of a demo send when they are first heard
GATEWAY_POOL = 4  # of each process that takes readings: two that write, one at the door


class CannotStart(Exception):
    """Why the installation does not start, and what to do."""


class AlreadyRunning(CannotStart):
    pass


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """One supervisor for one data folder."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "yiyang.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(
                f"An installation already runs in {data} (process {lock.read().strip() or 'unknown'}). "
                "Stop it first, or choose another folder with --data."
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def database(config: Config, say: Callable[[str], None]) -> Iterator[Server | None]:
    """The embedded server while it is needed; nothing when a server is configured."""
    if not config.embedded:
        yield None
        return
    server = Server(config.data_dir, configured_bin=config.postgres_bin)
    say(f"PostgreSQL {server.binaries.version} ({server.binaries.source}) in {config.data_dir}")
    shown = ("shared_buffers", "max_wal_size", "max_connections")
    say(
        "  "
        + ", ".join(f"{name} {server.settings[name]}" for name in shown)
        + " (from this machine's memory)"
    )
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def database_for_command(config: Config) -> Iterator[None]:
    """For commands beside a running installation, or without one: start the embedded server if need be."""
    if not config.embedded:
        yield
        return
    server = Server(config.data_dir, configured_bin=config.postgres_bin)
    running = server.pid() is not None and server.answers()
    if not running:
        server.start()
    try:
        yield
    finally:
        if not running:
            server.stop()


def check_connections(config: Config) -> tuple[int, int]:
    """(needed, allowed), or CannotStart when the pools could ask for more than the server gives."""
    others = PUSH_POOL + 2 * config.readings_workers * GATEWAY_POOL + RESERVED
    needed = (config.workers + 2) * config.pool_size + others
    with psycopg.connect(config.conninfo, connect_timeout=10) as connection:
        row = connection.execute("SELECT current_setting('max_connections')::int").fetchone()
    allowed = int(row[0]) if row else 0
    if needed > allowed:
        raise CannotStart(
            f"The pools may open {needed} connections (web.workers {config.workers}, worker and demo, each "
            f"database.pool_size {config.pool_size}, and {others} more), but PostgreSQL's max_connections is {allowed}. "
            "Lower database.pool_size, web.workers or readings.workers, or raise max_connections."
        )
    return needed, allowed


def has_accounts(config: Config) -> bool:
    with psycopg.connect(config.conninfo, connect_timeout=10) as connection:
        row = connection.execute("SELECT EXISTS (SELECT 1 FROM access_account)").fetchone()
    return bool(row and row[0])


def environment(config: Config) -> dict[str, str]:
    """What every child needs to read the same configuration."""
    paths = [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {
        "DJANGO_SETTINGS_MODULE": "yiyang.project.settings",
        "YIYANG_DATA": str(config.data_dir),
        "YIYANG_MODE": config.mode,
        "YIYANG_PORT": str(config.port),
        "YIYANG_ADDRESS": config.address,
        "YIYANG_AREA": config.area,
        # Children run in another folder, where ./yiyang.toml is not.
        "YIYANG_CONFIG": str(config.file or ""),
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "PYTHONUNBUFFERED": "1",
        "YIYANG_POOLED": "1",
        # Stack traces of a hanging process on request; see docs/operating.md.
        "PYTHONFAULTHANDLER": "1",
    }


def django(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "django", *arguments]


def run_step(config: Config, name: str, command: list[str], stop_early: Callable[[], bool]) -> None:
    """A step before the start; its output goes to a log, and to the message when it fails."""
    log = config.data_dir / "log" / f"{name}.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            env=os.environ | environment(config),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        while process.poll() is None:
            if stop_early():
                process.terminate()
                process.wait()
                return
            time.sleep(0.05)
    if process.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
        raise CannotStart(f"The step {name} failed ({describe(process.returncode)}), see {log}:\n{tail}")


@contextmanager
def ports_kept(config: Config) -> Iterator[None]:
    """Ours from here on, although our processes listen only when the tables are there, or a demo is built.

    Granian's sockets share a port with whoever shares it too, so of two installations that begin within those minutes
    both would listen, and each request would come to either.
    """
    with ExitStack() as kept:
        for port in (config.port, config.push_port, config.ingest_port):
            if error := _keep(kept, config.address, port):
                raise CannotStart(
                    f"web.port is {config.port}, but port {port} at {config.address} cannot be used: "
                    f"{error.strerror}. Choose another with --port."
                )
        if config.mqtt_port and (error := _keep(kept, config.mqtt_address, config.mqtt_port)):
            raise CannotStart(
                f"Port {config.mqtt_port} at {config.mqtt_address} for MQTT cannot be used: {error.strerror}. "
                "Set mqtt.port to another one, or to 0 for none."
            )
        yield


# A browser that is sent to localhost comes to either.
ALSO_LOCALHOST = {"127.0.0.1": "::1", "0.0.0.0": "::1", "::1": "127.0.0.1"}


def _keep(kept: ExitStack, address: str, port: int) -> OSError | None:
    """What stands against it, or nothing: then sockets that listen to nobody hold the port until `kept` ends."""
    for one in filter(None, (address, ALSO_LOCALHOST.get(address))):
        try:
            with _socket(one) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((one, port))
        except OSError as error:
            if one == address or error.errno == errno.EADDRINUSE:
                return error
            continue  # this machine has no such address
        held = kept.enter_context(_socket(one))
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        with suppress(OSError):  # connections of the run before are still ending
            held.bind((one, port))
    return None


def _socket(address: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)


def web(config: Config) -> Child:
    static = config.data_dir / "static"
    command = granian(
        config, "wsgi", config.port, "yiyang.project.wsgi:application", "yiyang.project.serving"
    )
    command += ["--workers", str(config.workers), "--blocking-threads", str(config.threads)]
    command += ["--static-path-route", "/static", "--static-path-mount", str(static)]
    command += ["--static-path-expires", "31536000" if not config.debug else "0"]
    return Child("web", command, order=2, environment=environment(config))


def push(config: Config) -> Child:
    command = granian(config, "asgi", config.push_port, "yiyang.project.push:application")
    return Child("push", command, order=2, environment=environment(config), patience=5)


def ingest(config: Config) -> Child:
    command = granian(config, "asgi", config.ingest_port, "yiyang.gateways.ingest.asgi:application")
    command += ["--workers", str(config.readings_workers), "--backlog", "2048", "--backpressure", "2048"]
    return Child("ingest", command, order=2, environment=environment(config), patience=15)


def mqtt(config: Config, nth: int) -> Child:
    """The nth of those that share the port; the first alone takes from a broker."""
    command = [sys.executable, "-m", "yiyang.gateways.mqtt", str(nth)]
    name = "mqtt" if nth == 1 else f"mqtt-{nth}"
    return Child(name, command, order=2, environment=environment(config), patience=15)


def granian(
    config: Config, interface: str, port: int, application: str, program: str = "granian"
) -> list[str]:
    return [
        *(sys.executable, "-m", program),
        *("--interface", interface, "--host", config.address, "--port", str(port)),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "15"),
        *("--log-level", "warning"),
        application,
    ]


def worker(config: Config) -> Child:
    if present("yiyang.kernel.worker"):
        command = [sys.executable, "-m", "yiyang.kernel.worker"]
    else:
        # Its checks load every page: the link of the first alarm's notice must not wait for that in its transaction.
        command = django("procrastinate", "worker", "--concurrency=4", "--delete-jobs=successful")
    # Without its database it would wait for ever to end in order; killed, its jobs are taken up again.
    return Child("worker", command, environment=environment(config), on_our_death=signal.SIGKILL)


def present(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def answers(config: Config) -> bool:
    host = config.address if config.address not in ("0.0.0.0", "::") else "127.0.0.1"
    request = Request(
        f"http://{host}:{config.port}/", headers={"Host": config.allowed_hosts[0]}, method="HEAD"
    )
    try:
        urlopen(request, timeout=5).close()
    except HTTPError:
        return True  # it answers; whether the answer is good is for `check` and the logs
    except (URLError, OSError):
        return False
    return True


class Installation:
    def __init__(
        self,
        config: Config,
        say: Callable[[str], None],
        *,
        demo: bool,
        people: int,
        speed: float = 1.0,
        seed: int = 1,
    ) -> None:
        self.config = config
        self.say = say
        self.demo = demo
        self.people = people
        self.speed = speed
        self.seed = seed
        self.supervisor = Supervisor(config.data_dir / "log", say)

    def run(self) -> None:
        config, supervisor = self.config, self.supervisor
        with only_one(config.data_dir), ports_kept(config):
            supervisor.logs.mkdir(parents=True, exist_ok=True)
            supervisor.catch_signals()
            with database(config, self.say) as server:
                try:
                    if self.demo:
                        self.throw_away_half_a_demo(server)
                    self.prepare()
                    if not supervisor.stopping.is_set():
                        self.start_processes()
                        self.announce()
                        supervisor.watch(lambda: self.keep_database(server))
                finally:
                    self.say("Stopping.")
                    supervisor.stop()
            self.say("All stopped.")

    def prepare(self) -> None:
        check_connections(self.config)
        stop_early = self.supervisor.stopping.is_set
        began = time.monotonic()
        command = [sys.executable, "-m", "yiyang", "migrate", "--static"]
        run_step(self.config, "migrate", command, stop_early)
        self.say(f"Database tables and static files: ready ({time.monotonic() - began:.1f} s)")
        if self.demo and not stop_early():
            self.build_demo()

    @property
    def demo_marker(self) -> Path:
        return self.config.data_dir / "demo.json"

    def throw_away_half_a_demo(self, server: Server | None) -> None:
        """A district whose building was interrupted is begun again."""
        marker = self.demo_marker
        if not marker.exists() or json.loads(marker.read_text())["complete"]:
            return
        if server is None:
            raise CannotStart(
                "The building of this demo district was interrupted, and database.url names a server of yours. "
                f"Empty that database, remove {marker}, and start again."
            )
        self.say("The building of this district was interrupted; it begins again.")
        server.renew_database()
        marker.unlink()

    def build_demo(self) -> None:
        """Once for a data folder, and only into an empty database."""
        if not present("yiyang.demo.build"):
            self.say("The demo district: this version has none yet.")
            return
        marker = self.demo_marker
        wanted = {"area": self.config.area, "people": self.people}
        found = json.loads(marker.read_text()) if marker.exists() else None
        if found and (found["area"], found["people"]) != (wanted["area"], wanted["people"]):
            raise CannotStart(
                f"{self.config.data_dir} holds a district {found['area']} of {found['people']} people. "
                "Start it without other numbers, or choose another folder with --data."
            )
        if found:
            return
        if has_accounts(self.config):
            raise CannotStart(
                "This installation holds accounts already: a demo is built into an empty one alone. "
                "Start it without --demo, or choose another folder with --data."
            )
        marker.write_text(json.dumps(wanted | {"complete": False}))
        command = [sys.executable, "-m", "yiyang", "build-demo", "--people", str(self.people)]
        began = time.monotonic()
        self.say(f"Building district {self.config.area} with {self.people} people …")
        self.run_shown(command)
        if not self.supervisor.stopping.is_set():
            marker.write_text(json.dumps(wanted | {"complete": True}))
            self.say(f"The district is built ({time.monotonic() - began:.0f} s).")

    def run_shown(self, command: list[str]) -> None:
        """A long step whose progress the user sees."""
        process = subprocess.Popen(command, env=os.environ | environment(self.config), start_new_session=True)
        while process.poll() is None:
            if self.supervisor.stopping.wait(0.1):
                process.terminate()
                process.wait(20)
                return
        if process.returncode:
            raise CannotStart(f"The demo district could not be built ({describe(process.returncode)}).")

    def start_processes(self) -> None:
        config, supervisor = self.config, self.supervisor
        supervisor.add(web(config))
        if present("yiyang.project.push"):
            supervisor.add(push(config))
        supervisor.add(ingest(config))
        if present("yiyang.gateways.mqtt") and (config.mqtt_port or config.settings["mqtt.broker"].value):
            for nth in range(1, (config.readings_workers if config.mqtt_port else 1) + 1):
                supervisor.add(mqtt(config, nth))
        supervisor.add(worker(config))
        if self.demo and self.speed:
            command = [sys.executable, "-m", "yiyang", "simulate"]
            command += ["--speed", str(self.speed), "--seed", str(self.seed)]
            supervisor.add(Child("simulator", command, order=3, environment=environment(config), patience=5))
        # Devices speak by the clock of the wall: a district that stands still would be all silence.
        if self.demo:
            command = [sys.executable, "-m", "yiyang", "simulate-devices"]
            command += ["--seed", str(self.seed), "--catch-up", str(DEVICES_KEPT_HOURS)]
            supervisor.add(Child("devices", command, order=3, environment=environment(config), patience=5))

    def announce(self) -> None:
        until = time.monotonic() + 60
        while not answers(self.config):
            for child in self.supervisor.children:
                self.supervisor.look_after(child)
            if self.supervisor.stopping.wait(0.1):
                return
            if time.monotonic() > until:
                raise CannotStart(f"The pages do not answer. See {self.supervisor.logs / 'web.log'}.")
        names = ", ".join(child.name for child in self.supervisor.children)
        self.say(f"Running: {names}. Logs are in {self.supervisor.logs}.")
        if not self.config.production:
            self.say("Mode: demo (generated keys). Not for real people: see docs/operating.md.")
        self.show_demo_accounts()
        host = "localhost" if self.config.address in ("127.0.0.1", "0.0.0.0", "::1") else self.config.address
        self.warn_of_holidays()
        self.say(f"Open http://{host}:{self.config.port}/   (Ctrl-C stops everything)")

    def warn_of_holidays(self) -> None:
        """Deadlines count workdays, so a year whose make-up days are not known yet is said at each start."""
        from yiyang.duty.rules.calendar import year

        this = datetime.now().astimezone().year
        if not year(this).published:
            self.say(f"The make-up workdays of {this} are not known: see yiyang check.")

    def show_demo_accounts(self) -> None:
        file = self.config.data_dir / "demo-accounts.json"
        if not self.demo or not file.exists():
            return
        self.say("Sign in as (all: yiyang account list):")
        for row in json.loads(file.read_text(encoding="utf-8")):
            if row.get("shown", True):
                self.say(f"  {row['login']:24} {row['password']:20} {row.get('title', '')}")

    def keep_database(self, server: Server | None) -> None:
        if server is None or (server.process and server.process.poll() is None):
            return
        code = server.process.returncode if server.process else None
        self.say(f"PostgreSQL stopped ({describe(code)}); it starts again now. Its log: {server.log}")
        server.launch()
