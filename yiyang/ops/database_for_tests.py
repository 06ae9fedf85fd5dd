"""The tests' own PostgreSQL: one for each checkout and parallel worker, kept between runs."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from yiyang.ops.postgres.server import DATABASE, Server, database_url

FAST = {"shared_buffers": "128MB", "max_connections": "200", "max_wal_size": "512MB", "autovacuum": "off"}

TEMPLATE_LOCK = 7_009
CHECKOUT = Path(__file__).resolve().parent.parent.parent


class TestDatabase:
    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.users: IO[str] | None = None
        self.server: Server | None = None

    def start(self) -> None:
        """Start the server, or share the one that another session of this checkout has started."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.users = (self.folder / "users.lock").open("w")
        with self._alone():
            self.server = Server(self.folder, durable=False, dies_with_us=False, extra_settings=FAST)
            if self.server.pid() is None or not self.server.answers():
                self.server.stop_stray()
                self._begin_as(made(self.folder.parent, CHECKOUT))
                self.server.start()
            fcntl.flock(self.users, fcntl.LOCK_SH)

    def stop(self) -> None:
        """The last session to leave stops the server."""
        if self.users is None or self.server is None:
            return
        with self._alone():
            try:
                fcntl.flock(self.users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self.server.stop()
        self.users.close()
        self.users = None

    def _begin_as(self, made: Path) -> None:
        """A copy of the server that holds the template, unless it was begun as that one already."""
        begun_as = self.folder / "begun-as"
        if begun_as.exists() and begun_as.read_text() == made.name:
            return
        shutil.rmtree(self.folder / "pgdata", ignore_errors=True)
        subprocess.run(["cp", "-a", str(made / "pgdata"), str(self.folder / "pgdata")], check=True)
        begun_as.write_text(made.name)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with only_one(self.folder / "start.lock"):
            yield


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made(kept: Path, root: Path) -> Path:
    """A server at rest whose template is migrated: made once for each state of the migrations, copied by all workers."""
    folder = kept / "made" / template_name(root)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with only_one(folder.parent / "lock"):
        if not (folder / "complete").exists():
            for older in folder.parent.glob("template_*"):
                shutil.rmtree(older)
            server = Server(folder, durable=False, dies_with_us=False, extra_settings=FAST)
            server.start()
            try:
                ensure_template(root, database_url(folder))
            finally:
                server.stop()
            (folder / "complete").touch()
    return folder


def copy_template(kept: Path, root: Path, folder: Path) -> None:
    """The migrated tables as the database of an installation in the folder; its server is at rest."""
    subprocess.run(["cp", "-a", str(made(kept, root) / "pgdata"), str(folder / "pgdata")], check=True)
    server = Server(folder, durable=False)
    server.start()
    try:
        with psycopg.connect(server.admin_url, autocommit=True) as connection:
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(DATABASE)))
            connection.execute(rename.format(sql.Identifier(template_name(root)), sql.Identifier(DATABASE)))
    finally:
        server.stop()


def ensure_template(root: Path, url: str) -> str:
    """A migrated database to copy, made once for each state of the migrations. Returns its name."""
    name = template_name(root)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        rows = connection.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'template\_%'")
        existing = {row[0] for row in rows}
        if name not in existing:
            for old in existing:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
            building = f"template_building_{os.getpid()}"
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
            migrate(root, url, building)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(building), sql.Identifier(name)))
    return name


def template_name(root: Path) -> str:
    """A name that changes whenever any migration, policy pack or this settings file changes."""
    digest = hashlib.sha256()
    for path in sorted([*root.glob("yiyang/**/migrations/*.py"), root / "yiyang/project/settings.py"]):
        digest.update(path.name.encode() + path.read_bytes())
    return f"template_{digest.hexdigest()[:16]}"


def migrate(root: Path, url: str, database: str) -> None:
    target = urlsplit(url)._replace(path=f"/{database}").geturl()
    answer = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0", "--skip-checks"],
        cwd=root,
        env={name: value for name, value in os.environ.items() if name != "YIYANG_TEST_SERVER"}
        | {"DATABASE_URL": target, "DJANGO_SETTINGS_MODULE": "yiyang.project.settings_for_tests"},
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        raise RuntimeError(f"The migrations failed:\n{answer.stdout}{answer.stderr}")
