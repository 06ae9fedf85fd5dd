"""Whole installations in folders of their own, run as an operator runs them."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from yiyang.ops.tests.running import free_port, wait_for_line

ROOT = Path(__file__).resolve().parent.parent.parent.parent


class Operator:
    """Runs `yiyang …` in a folder, with a clean environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        self.environment = kept | {"YIYANG_DATA": str(self.data), "PYTHONPATH": str(ROOT)}

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
def operator() -> Iterator[Operator]:
    folder = new_folder()
    yield Operator(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_folder() -> Iterator[Path]:
    """An installation with all tables, made once and copied."""
    prepared = Operator(new_folder())
    made = prepared.run("migrate")
    assert made.returncode == 0, made.stderr
    yield prepared.data
    shutil.rmtree(prepared.folder, ignore_errors=True)


@pytest.fixture
def migrated(operator: Operator, migrated_folder: Path) -> Operator:
    subprocess.run(["cp", "-a", str(migrated_folder), str(operator.data)], check=True)
    return operator


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def running(migrated: Operator, port: int) -> Iterator[subprocess.Popen[str]]:
    process = migrated.start("up", "--port", str(port))
    wait_for_line(process, "Open http://")
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(60)
