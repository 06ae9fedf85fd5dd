"""A previewed file waits here, encrypted, until it is written or a day has passed."""

from __future__ import annotations

import base64
import json
import re
import secrets
import time as stopwatch
from pathlib import Path
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.crypto import decrypt, encrypt
from yiyang.kernel.refusals import Refusal
from yiyang.ops.config import config

KEPT_SECONDS = 24 * 3600


class UploadGone(Refusal):
    message = _("This preview is no longer there. Send the file again.")
    status = 404


def keep(account_id: UUID, content: bytes, name: str) -> str:
    """Keep the file for this account; the ticket opens it once."""
    _purge()
    ticket = secrets.token_urlsafe(18)
    text = json.dumps(
        {"account": str(account_id), "name": name, "content": base64.b64encode(content).decode()}
    )
    path = _folder() / ticket
    path.touch(mode=0o600)
    path.write_bytes(encrypt(text))
    return ticket


def take(account_id: UUID, ticket: str) -> tuple[bytes, str]:
    """The file behind a ticket of this account; UploadGone for any other."""
    path = _folder() / ticket
    if not re.fullmatch(r"[\w-]{10,60}", ticket) or not path.is_file():
        raise UploadGone
    kept = json.loads(decrypt(path.read_bytes()))
    if kept["account"] != str(account_id):
        raise UploadGone
    path.unlink(missing_ok=True)
    return base64.b64decode(kept["content"]), kept["name"]


def _purge() -> None:
    for path in _folder().iterdir():
        if stopwatch.time() - path.stat().st_mtime > KEPT_SECONDS:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder = config.data_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
