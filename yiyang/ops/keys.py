"""Key files: made once, readable by their owner alone, kept outside the database and its backups."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import tomllib
from dataclasses import dataclass
from pathlib import Path

SHORTEST = 32


class BadKeys(Exception):
    pass


@dataclass(frozen=True)
class Keys:
    secret: str
    identifier: dict[int, str]
    seal: str
    made_for: str = "production"

    def fingerprints(self) -> dict[str, str]:
        """A name for each key that does not tell the key: what a backup needs to be readable again."""
        named = {f"identifier.{version}": key for version, key in sorted(self.identifier.items())}
        return {name: fingerprint(key) for name, key in (named | {"seal": self.seal}).items()}


def fingerprint(key: str) -> str:
    return hashlib.sha256(b"yiyang key fingerprint\0" + key.encode()).hexdigest()[:16]


def new_keys(made_for: str) -> Keys:
    return Keys(
        secrets.token_urlsafe(48), {1: secrets.token_urlsafe(48)}, secrets.token_urlsafe(48), made_for
    )


def write_keys(path: Path, keys: Keys) -> None:
    """Never over an existing file: data written under lost keys is lost."""
    lines = [
        "# Keep this file apart from the backups, and keep a copy of it in a safe.",
        "# To rotate, add the next number under [identifier]; the highest writes, all read.",
        f'made_for = "{keys.made_for}"',
        f'secret = "{keys.secret}"',
        f'seal = "{keys.seal}"',
        "",
        "[identifier]",
        *(f'{version} = "{key}"' for version, key in keys.identifier.items()),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    finally:
        draft.unlink()


def read_keys(path: Path) -> Keys:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadKeys(f"keys.file is {path}, which does not exist. Make it with: yiyang keys new {path}")
    except OSError as error:
        raise BadKeys(
            f"keys.file is {path}, which cannot be read: {error.strerror}. Make its owner the user."
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadKeys(f"keys.file is {path}, which is not valid TOML: {error}. Restore it from the safe.")
    if path.stat().st_mode & 0o077:
        raise BadKeys(f"keys.file is {path}, which others may read. Do: chmod 600 {path}")
    return _checked(data, path)


def _checked(data: dict[str, object], path: Path) -> Keys:
    identifier = data.get("identifier")
    if not isinstance(identifier, dict) or not identifier or not all(v.isdigit() for v in identifier):
        raise BadKeys(f"{path} has no [identifier] table with numbered keys. Restore it from the safe.")
    numbered = {int(version): str(key) for version, key in identifier.items()}
    keys = Keys(
        secret=str(data.get("secret", "")),
        identifier=numbered,
        seal=str(data.get("seal", "")),
        made_for=str(data.get("made_for", "production")),
    )
    check_lengths(keys, str(path))
    return keys


def check_lengths(keys: Keys, source: str) -> None:
    named = {"secret": keys.secret, "seal": keys.seal}
    named |= {f"identifier.{version}": key for version, key in keys.identifier.items()}
    for name, key in named.items():
        if len(key) < SHORTEST:
            raise BadKeys(
                f"The key {name} from {source} has {len(key)} characters; it needs at least {SHORTEST}. "
                "Make good keys with: yiyang keys new FILE"
            )


def demo_keys(data: Path) -> Keys:
    """Random keys of this demo, generated once; two processes that start together agree."""
    path = data / "keys.toml"
    if not path.exists():
        with contextlib.suppress(FileExistsError):
            write_keys(path, new_keys("demo"))
    return read_keys(path)
