"""The dump of a backup into a database: all of it in one transaction, or nothing."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from yiyang.ops.backup import DUMP, BackupFailed, Manifest, copy
from yiyang.ops.configuration import Config
from yiyang.ops.postgres import find_binaries

# pg_restore of 17 and later says this first, whatever the server; a server before 17 refuses it.
SINCE_17 = b"SET transaction_timeout = 0;\n"


def load(config: Config, file: Path, manifest: Manifest, server: int, say: Callable[[str], None]) -> None:
    """`server` is the major version of the database's server."""
    program = find_binaries(config.postgres_bin)
    old = server < 17 <= program.major
    into = ["--file=-"] if old else ["--single-transaction", f"--dbname={config.conninfo}"]
    process = subprocess.Popen(
        [program.program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", *into],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if old else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with ThreadPoolExecutor(1) as pool:
        by_psql = pool.submit(_through_psql, config, process) if old else None
        _feed(process, file, manifest, say)
        _judge(process, by_psql)


def _feed(
    process: subprocess.Popen[bytes], file: Path, manifest: Manifest, say: Callable[[str], None]
) -> None:
    assert process.stdin
    total = max(1, manifest.dump_bytes)
    try:
        with zipfile.ZipFile(file) as archive, archive.open(DUMP) as part:
            digest, _ = copy(part, process.stdin, lambda done: say(f"  {100 * done / total:.0f} %"))
        if digest != manifest.dump_sha256:
            raise zipfile.BadZipFile
        process.stdin.close()
    except zipfile.BadZipFile:
        process.kill()
        process.wait()
        raise BackupFailed(f"{file} is damaged. Nothing was restored; use another backup.")
    except BrokenPipeError:
        pass  # pg_restore ended early and says why


def _judge(process: subprocess.Popen[bytes], by_psql: Future[str] | None) -> None:
    assert process.stderr
    complaint = process.stderr.read().decode(errors="replace").strip()
    refused = by_psql.result() if by_psql else ""
    if process.wait() or refused:
        raise BackupFailed(f"pg_restore failed, and nothing was restored: {refused or complaint}")


def _through_psql(config: Config, process: subprocess.Popen[bytes]) -> str:
    """What pg_restore writes as text, without what an older server does not know; what psql complained of."""
    assert process.stdout
    psql = subprocess.Popen(
        [
            find_binaries(config.postgres_bin).program("psql"),
            "--quiet",
            "--no-psqlrc",
            "--set=ON_ERROR_STOP=1",
            f"--dbname={config.conninfo}",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert psql.stdin
    assert psql.stderr
    with suppress(BrokenPipeError):
        psql.stdin.write(b"BEGIN;\n")
        psql.stdin.writelines(line for line in process.stdout if line != SINCE_17)
        if process.wait() == 0:
            psql.stdin.write(b"COMMIT;\n")
        psql.stdin.close()
    complaint = psql.stderr.read().decode(errors="replace").strip()
    if psql.wait() == 0:
        return ""
    process.kill()  # it would wait for ever for somebody to read on
    return complaint or "psql ended early"
