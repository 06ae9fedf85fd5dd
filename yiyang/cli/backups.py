"""`yiyang backup`, `yiyang restore`, `yiyang release-messages`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from yiyang.cli.start import FAILED, REFUSED, RUNNING, configure, fail, installation, say

Data = Annotated[Path | None, typer.Option(help="Folder of the installation.")]


def register(app: typer.Typer) -> None:
    app.command()(backup)
    app.command()(restore)
    app.command("release-messages")(release_messages)


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; must not exist.")],
    data: Data = None,
) -> None:
    """Write one file with every row, beside the running installation. Keys are not in it: keep them apart."""
    from yiyang.ops.backup import BackupFailed
    from yiyang.ops.backup import backup as write

    with installation(data) as config:
        try:
            manifest = write(config, file, say)
        except BackupFailed as error:
            fail(str(error), FAILED)
    say(f"Wrote {file}: {sum(manifest.rows.values())} rows, {file.stat().st_size / 1024 / 1024:.1f} MB.")
    say("To read it again, these keys are needed (they are not in the file):")
    for name, fingerprint in manifest.keys.items():
        say(f"  {name:14} {fingerprint}")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `yiyang backup` wrote.")],
    data: Data = None,
) -> None:
    """Bring every row back into an empty installation. Reminders and messages stay held until you release them."""
    config = configure(data)
    import django

    django.setup()
    from django.db import connections

    from yiyang.ops.backup import BackupFailed
    from yiyang.ops.installation import AlreadyRunning
    from yiyang.ops.restore import restore as read

    try:
        manifest = read(config, file, say)
    except AlreadyRunning as error:
        fail(str(error), RUNNING)
    except BackupFailed as error:
        fail(str(error), REFUSED)
    finally:
        connections.close_all()
    say(f"Restored {sum(manifest.rows.values())} rows of {manifest.made_at}.")
    say("Reminders and messages are held. Look at the data, then run: yiyang release-messages")


def release_messages(data: Data = None) -> None:
    """After a restore: let reminders and messages go out again."""
    with installation(data):
        from yiyang.access.commands import release_notices
        from yiyang.kernel.actors import SYSTEM
        from yiyang.kernel.installation import messages_held
        from yiyang.kernel.time import now

        if not messages_held():
            fail("No messages are held: there is nothing to release.", REFUSED)
        released = release_notices(by=SYSTEM, at=now())
    say(f"Released {released}. The worker sends what is due.")
