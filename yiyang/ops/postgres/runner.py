"""Which system account PostgreSQL runs under. It refuses to run as root, so root needs a way out."""

from __future__ import annotations

import ctypes
import getpass
import os
import pwd
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
MAPPED = 65534  # what root looks like inside the user namespace


class NoAccount(Exception):
    pass


@dataclass(frozen=True)
class Runner:
    """Starts programs under `user`, or inside a user namespace, or just as we are."""

    user: str | None = None
    namespace: bool = False

    @property
    def owner(self) -> int:
        """The numeric user who must own the data folder, seen from outside."""
        return pwd.getpwnam(self.user).pw_uid if self.user else os.getuid()

    def wrap(self, command: list[str]) -> list[str]:
        return ["unshare", "-U", f"--map-user={MAPPED}", "--", *command] if self.namespace else command

    def arguments(self) -> dict[str, Any]:
        if not self.user:
            return {}
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}

    def run(self, command: list[str], **kwargs: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.wrap(command), capture_output=True, text=True, cwd="/", **self.arguments(), **kwargs
        )

    def start(
        self, command: list[str], *, on_our_death: signal.Signals | None, **kwargs: Any
    ) -> subprocess.Popen[bytes]:
        """The child gets the signal `on_our_death` when the supervisor is killed and cannot tell it."""
        prepare = _ask_for(on_our_death) if on_our_death else None
        return subprocess.Popen(
            self.wrap(command),
            cwd="/",
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops children in order
            preexec_fn=prepare,
            **self.arguments(),
            **kwargs,
        )

    def system_names(self) -> set[str]:
        """The account names under which the server will see its clients arrive."""
        names = {"root", getpass.getuser()}
        if self.user:
            names.add(self.user)
        if self.namespace:
            names.add(pwd.getpwuid(MAPPED).pw_name)
        return names


def choose_runner(folder: Path, programs: Path) -> Runner:
    """`folder` exists and holds (or will hold) the data; `programs` is the bin folder."""
    if os.getuid() != 0:
        return Runner()
    owner = (folder / "pgdata").stat().st_uid if (folder / "pgdata").exists() else None
    candidates = [Runner(user=name) for name in ("postgres", "nobody") if _exists(name)]
    candidates.append(Runner(namespace=True))
    for runner in candidates:
        if owner in (None, runner.owner) and _works(runner, folder, programs):
            return runner
    raise NoAccount(
        f"PostgreSQL does not run as root, and no other account can use it here. Tried {_names(candidates)} "
        f"on {folder} with {programs}. Do one of these: run yiyang as an ordinary user; or put --data where "
        "every account may enter (not under /root); or use a server with DATABASE_URL."
    )


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _works(runner: Runner, folder: Path, programs: Path) -> bool:
    """It can run the program and enter the folder (its own sub-folder we can hand over)."""
    try:
        return (
            runner.run([str(programs / "postgres"), "--version"], timeout=20).returncode == 0
            and runner.run(["test", "-x", str(folder)], timeout=20).returncode == 0
        )
    except OSError:
        return False


def _names(candidates: list[Runner]) -> str:
    return ", ".join(runner.user or "a user namespace" for runner in candidates)


def _ask_for(number: signal.Signals) -> Callable[[], None]:
    libc = ctypes.CDLL(None)  # loaded before the fork

    def prepare() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)

    return prepare
