"""One PostgreSQL server over one data folder, reached by a Unix socket alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from yiyang.ops.postgres.binaries import Binaries, find_binaries
from yiyang.ops.postgres.runner import Runner, choose_runner
from yiyang.ops.postgres.settings import machine_memory, settings_for

PORT = 5432
LONGEST_SOCKET = 100  # the system allows 107 bytes, the file's name is in it
SUPERUSER, OWNER, DATABASE = "postgres", "yiyang", "yiyang"


class ServerFailed(Exception):
    pass


def socket_folder(folder: Path) -> Path:
    """The same answer for everyone who knows the data folder; short enough for a socket's path."""
    near = folder / "run"
    if len(os.fsencode(near / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
        return near
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"yiyang-{digest}"


def database_url(folder: Path, database: str = DATABASE, user: str = OWNER) -> str:
    return f"postgresql://{user}@{quote(str(socket_folder(folder.resolve())), safe='')}/{database}"


class Server:
    def __init__(
        self,
        folder: Path,
        *,
        configured_bin: Path | None = None,
        durable: bool = True,
        dies_with_us: bool = True,
        extra_settings: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "pgdata"
        self.sockets = socket_folder(self.folder)
        self.log = self.folder / "log" / "postgres.log"
        self.dies_with_us = dies_with_us
        self.process: subprocess.Popen[bytes] | None = None
        self.folder.mkdir(parents=True, exist_ok=True)
        self.binaries: Binaries = find_binaries(configured_bin, self.data_version())
        self.runner: Runner = choose_runner(self.folder, self.binaries.folder)
        self.settings = settings_for(machine_memory(), durable=durable) | (extra_settings or {})

    @property
    def url(self) -> str:
        return database_url(self.folder)

    @property
    def admin_url(self) -> str:
        return database_url(self.folder, SUPERUSER, SUPERUSER)

    def data_version(self) -> int | None:
        version = self.data / "PG_VERSION"
        return int(version.read_text().split(".")[0]) if version.exists() else None

    # Life

    def start(self, timeout: float = 60) -> None:
        """Make the data folder if there is none, start, wait until it answers, make role and database."""
        self._make_folders()
        if self.data_version() is None:
            self._init()
        self._write_access_rules()
        self.launch()
        self.wait(timeout)
        self._make_database()

    def launch(self) -> None:
        """Start the postmaster as our direct child: after kill -9 it can be started again at once."""
        self.stop_stray()
        command = [self.binaries.program("postgres"), "-D", str(self.data)]
        for name, value in self._all_settings().items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self.process = self.runner.start(
                command,
                on_our_death=signal.SIGINT if self.dies_with_us else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
            )

    def wait(self, timeout: float = 60) -> None:
        until = time.monotonic() + timeout
        while not self.answers():
            if self.process and self.process.poll() is not None:
                raise ServerFailed(f"PostgreSQL stopped while starting. Its last words:\n{self.last_words()}")
            if time.monotonic() > until:
                raise ServerFailed(
                    f"PostgreSQL did not answer in {timeout:.0f} s (it may still be recovering). "
                    f"Its log is {self.log}; its last words:\n{self.last_words()}"
                )
            time.sleep(0.02)

    def answers(self) -> bool:
        try:
            psycopg.connect(self.admin_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def pid(self) -> int | None:
        """The live postmaster of this data folder, whoever started it."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            command = Path(f"/proc/{number}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return number if os.fsencode(self.data) in command.split(b"\0") else None

    def stop(self, timeout: float = 30) -> None:
        """Fast stop: open transactions are rolled back. One that does not obey is quit, then killed."""
        pid = self.process.pid if self.process and self.process.poll() is None else self.pid()
        for number, patience in ((signal.SIGINT, timeout), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if pid is None or _gone(pid, self.process):
                break
            _send(pid, number)
            _wait_gone(pid, self.process, patience)
        self.process = None

    def stop_stray(self) -> None:
        """A postmaster left behind by a killed supervisor would block the data folder."""
        pid = self.pid()
        if pid and not (self.process and self.process.pid == pid):
            self.stop()

    def last_words(self) -> str:
        try:
            lines = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return "(no log)"
        return "\n".join(lines[-8:])

    def renew_database(self) -> None:
        """Throw away the database with all that is in it, and make an empty one."""
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(DATABASE)))
        self._make_database()

    # Making it

    def _make_folders(self) -> None:
        for path in (self.log.parent, self.sockets, self.data):
            path.mkdir(parents=True, exist_ok=True)
        for path in (self.sockets, self.data):
            if path.is_symlink():
                raise ServerFailed(f"{path} is a symbolic link. Remove it, or choose another data folder.")
            if path.stat().st_uid != self.runner.owner:
                if os.getuid() != 0:
                    raise ServerFailed(
                        f"{path} belongs to another account. Move it away, or run as its owner."
                    )
                os.chown(path, self.runner.owner, -1)
            path.chmod(0o700)

    def _init(self) -> None:
        locale = ["--locale=C.UTF-8"]
        if self.binaries.major >= 17:
            locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
        answer = self.runner.run(
            [
                self.binaries.program("initdb"),
                f"--pgdata={self.data}",
                f"--username={SUPERUSER}",
                "--encoding=UTF8",
                *locale,
                "--data-checksums",
                "--auth-local=peer",
                "--auth-host=reject",
                "--no-instructions",
            ],
            env=_environment(),
        )
        if answer.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerFailed(f"initdb failed: {answer.stderr.strip() or answer.stdout.strip()}")

    def _write_access_rules(self) -> None:
        """Only the accounts that run Yiyang may connect, as owner or administrator; no passwords, no network."""
        names = sorted(self.runner.system_names())
        lines = [f'yiyang "{name}" {role}' for name in names for role in (OWNER, SUPERUSER)]
        (self.data / "pg_hba.conf").write_text("local all all peer map=yiyang\n")
        (self.data / "pg_ident.conf").write_text("\n".join(lines) + "\n")

    def _all_settings(self) -> dict[str, str]:
        return self.settings | {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
        }

    def _make_database(self) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(OWNER)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0")
                connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))


def _environment() -> dict[str, str]:
    """Nothing of the caller's PG* or locale settings may change the server."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if key in os.environ}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _gone(pid: int, process: subprocess.Popen[bytes] | None) -> bool:
    if process and process.pid == pid:
        return process.poll() is not None
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return True
    return state == "Z"


def _wait_gone(pid: int, process: subprocess.Popen[bytes] | None, patience: float) -> None:
    until = time.monotonic() + patience
    while not _gone(pid, process) and time.monotonic() < until:
        time.sleep(0.01)
