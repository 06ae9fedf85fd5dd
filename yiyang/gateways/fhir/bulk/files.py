"""The files of an export: appended to, cut back to what is known to be whole, gone with one call."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal
from yiyang.ops.config import config

PART = 512 * 1024 * 1024
RESERVE = 512 * 1024 * 1024
BLOCK = 256 * 1024
# Not given out: the ids of the persons, and what followed from who the actor was to each.
PERSONS, STAMPS = "persons", "stamps"


class NoSpaceForExport(Refusal):
    message = _(
        "There is no room left on the disk for this export. Nothing of it was kept. Ask for less with “_type” or "
        "“_since”, or have the operator make room."
    )
    status = 507
    issue_code = "no-store"


def folder_of(export_id: UUID) -> Path:
    return exports() / str(export_id)


def exports() -> Path:
    folder = config.data_dir / "exports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def remove(export_id: UUID) -> None:
    shutil.rmtree(folder_of(export_id), ignore_errors=True)


def name_of(type: str, part: int) -> str:
    return f"{type}.{part}.ndjson"


class Files(AbstractContextManager["Files"]):
    """`state` by file: its type, bytes and lines. Only what `settled` was told of is known to be whole."""

    def __init__(self, export_id: UUID, state: dict[str, Any]) -> None:
        self.folder, self.state = folder_of(export_id), {name: dict(one) for name, one in state.items()}
        self.open: dict[str, BinaryIO] = {}
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for path in self.folder.glob("*.ndjson"):
            if path.name in self.state:
                os.truncate(path, self.state[path.name]["bytes"])
            else:
                path.unlink()

    def __exit__(self, *_: object) -> None:
        for file in self.open.values():
            with suppress(OSError):  # on a full disk closing fails as writing did
                file.close()

    def append(self, type: str, text: str, lines: int) -> None:
        """Whole lines without the last newline, into the newest part of this type."""
        if not lines:
            return
        name = self._name(type)
        content = text.encode() + b"\n"
        known = self.state.setdefault(name, {"type": type, "bytes": 0, "lines": 0})
        with full_disk_refused():
            self._file(name).write(content)
        known["bytes"] += len(content)
        known["lines"] += lines

    def settle(self) -> dict[str, Any]:
        """On the disk: what stands in each file now."""
        with full_disk_refused():
            for file in self.open.values():
                file.flush()
                os.fsync(file.fileno())
        return self.state

    def _name(self, type: str) -> str:
        parts = [name for name, one in self.state.items() if one["type"] == type]
        if not parts:
            return name_of(type, 1)
        newest = name_of(type, len(parts))
        return newest if self.state[newest]["bytes"] < PART else name_of(type, len(parts) + 1)

    def _file(self, name: str) -> BinaryIO:
        if name not in self.open:
            descriptor = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            self.open[name] = os.fdopen(descriptor, "ab", buffering=BLOCK)
        return self.open[name]


def room_left() -> None:
    """Refused before the disk is full: the database may lie on it too."""
    if shutil.disk_usage(exports()).free < RESERVE:
        raise NoSpaceForExport


class full_disk_refused(AbstractContextManager[None]):  # noqa: N801  (reads as a clause)
    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise NoSpaceForExport from error


def write(export_id: UUID, name: str, content: bytes) -> None:
    """Whole or not at all."""
    folder = folder_of(export_id)
    folder.mkdir(mode=0o700, exist_ok=True)
    half = folder / f"{name}.half"
    with full_disk_refused():
        half.write_bytes(content)
        half.replace(folder / name)


def read(export_id: UUID, name: str, at: int, number: int) -> bytes:
    """So many bytes of what lies beside the files."""
    path = folder_of(export_id) / name
    if not path.exists():
        return b""
    with path.open("rb") as file:
        file.seek(at)
        return file.read(number)


def read_persons(export_id: UUID, at: int, number: int, size: int) -> bytes:
    """So many ids from this one on."""
    return read(export_id, PERSONS, at * size, number * size)


def blocks(path: Path, start: int, end: int) -> Iterator[bytes]:
    """From one byte up to another, a block at a time."""
    with path.open("rb") as file:
        file.seek(start)
        left = end - start
        while left > 0 and (block := file.read(min(BLOCK, left))):
            left -= len(block)
            yield block
