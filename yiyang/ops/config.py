"""What an operator may set, read once from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Config:
    data_dir: Path
    debug: bool
    secret_key: str
    allowed_hosts: list[str]
    database: dict[str, Any]
    pool_size: int = 12
    time_zone: str = "Asia/Shanghai"
    identifier_keys: dict[int, str] = field(default_factory=dict)
    seal_key: str = ""
    cipher_suite: str = "aes"
    policy_pack: str = "shanghai-example"


def database_from_url(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    host = unquote(parts.hostname or "") or dict(p.split("=", 1) for p in parts.query.split("&") if p).get(
        "host", ""
    )
    return {
        "NAME": parts.path.lstrip("/") or "yiyang",
        "USER": unquote(parts.username or "yiyang"),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(host),
        "PORT": str(parts.port or ""),
    }


def read() -> Config:
    data_dir = Path(os.environ.get("YIYANG_DATA", ".yiyang")).resolve()
    url = os.environ.get("DATABASE_URL", "")
    database = (
        database_from_url(url) if url else {"NAME": "yiyang", "USER": "yiyang", "HOST": str(data_dir / "run")}
    )
    return Config(
        data_dir=data_dir,
        debug=os.environ.get("YIYANG_DEBUG") == "1",
        secret_key=os.environ.get("YIYANG_SECRET_KEY", "demo-only-secret-key"),
        allowed_hosts=os.environ.get("YIYANG_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(","),
        database=database,
        identifier_keys={1: os.environ.get("YIYANG_IDENTIFIER_KEY", "demo-only-identifier-key")},
        seal_key=os.environ.get("YIYANG_SEAL_KEY", "demo-only-seal-key"),
    )


config = read()
