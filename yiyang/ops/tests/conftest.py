"""Whole installations in folders of their own, run as an operator runs them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from yiyang.ops.database_for_tests import copy_template, only_one, template_name
from yiyang.ops.tests.running import free_port, wait_for_line

ROOT = Path(__file__).resolve().parent.parent.parent.parent
Command = Callable[..., Result]


class Operator:
    """Runs `yiyang …` in a folder, with a clean environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        self.environment = kept | {"YIYANG_DATA": str(self.data), "PYTHONPATH": str(ROOT)}
        if "YIYANG_PROOF_READINGS" not in os.environ:
            self.environment["YIYANG_MQTT_PORT"] = "0"  # nobody connects by MQTT but in that proof

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "yiyang", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "yiyang", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="yiyang-test-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture
def command(db: None, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `yiyang …` inside the test and its transaction: for tests that are not about processes."""
    from yiyang.cli import app
    from yiyang.ops.config import config

    monkeypatch.setattr("yiyang.cli.start.configure", lambda *_, **__: config)
    monkeypatch.setattr("yiyang.ops.installation.database_for_command", lambda _: nullcontext())
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.fixture
def operator() -> Iterator[Operator]:
    folder = new_folder()
    yield Operator(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_folder() -> Path:
    """An installation with all tables: those of the tests' template, so that they are made only once."""
    kept = ROOT / ".cache" / "installations"
    kept.mkdir(parents=True, exist_ok=True)
    made = kept / template_name(ROOT)
    with only_one(kept / "lock"):
        if not made.exists():
            for older in kept.glob("template_*"):
                shutil.rmtree(older)
            _make(made)
    return made


def _make(folder: Path) -> None:
    half = folder.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    copy_template(ROOT / ".cache" / "test-pg", ROOT, half)
    half.rename(folder)


def copied(folder: Path, operator: Operator) -> Operator:
    subprocess.run(["cp", "-a", str(folder), str(operator.data)], check=True)
    return operator


@pytest.fixture
def migrated(operator: Operator, migrated_folder: Path) -> Operator:
    return copied(migrated_folder, operator)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def running(migrated: Operator, port: int) -> Iterator[subprocess.Popen[str]]:
    """An installation at work, for tests that stop or spoil it."""
    yield from _at_work(migrated, port)


@dataclass
class Installation:
    """One at work, that several tests of a file look at or disturb; each leaves it working."""

    operator: Operator
    port: int
    process: subprocess.Popen[str]


@pytest.fixture(scope="module")
def installation(migrated_folder: Path) -> Iterator[Installation]:
    operator, port = copied(migrated_folder, Operator(new_folder())), free_port()
    for process in _at_work(operator, port):
        yield Installation(operator, port, process)
    shutil.rmtree(operator.folder, ignore_errors=True)


def _at_work(operator: Operator, port: int) -> Iterator[subprocess.Popen[str]]:
    process = operator.start("up", "--port", str(port))
    wait_for_line(process, "Open http://")
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(60)
