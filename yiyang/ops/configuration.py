"""The configuration of this installation: environment over yiyang.toml over defaults, checked at start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from yiyang.ops.keys import BadKeys, Keys, check_lengths, demo_keys, read_keys
from yiyang.ops.options import Setting, read_settings
from yiyang.ops.postgres.server import database_url

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]


class ConfigError(Exception):
    """All that is wrong, one problem a line."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("The configuration is not usable:\n" + "\n".join(f"- {p}" for p in problems))


@dataclass(frozen=True)
class Config:
    data_dir: Path
    debug: bool
    secret_key: str
    allowed_hosts: list[str]
    database: dict[str, Any]
    pool_size: int = 10
    time_zone: str = "Asia/Shanghai"
    identifier_keys: dict[int, str] = field(default_factory=dict)
    seal_key: str = ""
    cipher_suite: str = "aes"
    policy_pack: str = "shanghai-example"
    mode: str = "demo"
    area: str = "310106"
    address: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 6
    tls_proxy: bool = False
    hsts_seconds: int = 31_536_000
    database_url: str = ""
    postgres_bin: Path | None = None
    clock_ahead: timedelta = timedelta()
    subscriptions_allowed: list[str] = field(default_factory=list)
    file: Path | None = None
    key_fingerprints: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict, repr=False)

    @property
    def production(self) -> bool:
        return self.mode == "production"

    @property
    def embedded(self) -> bool:
        """The database is ours to start and stop."""
        return not self.database_url

    @property
    def push_port(self) -> int:
        """Live push; behind a proxy it shares the origin of the pages."""
        return self.port + 1

    @property
    def ingest_port(self) -> int:
        """Readings over HTTP; behind a proxy they share the origin of the pages."""
        return self.port + 2

    @property
    def readings_workers(self) -> int:
        """Processes of each of the two ways in for readings."""
        return int(self.settings["readings.workers"].value) if "readings.workers" in self.settings else 1

    @property
    def mqtt_port(self) -> int:
        """Where devices connect by MQTT; 0: nowhere."""
        asked = self.settings["mqtt.port"].value if "mqtt.port" in self.settings else None
        if asked is None:
            return 1883 if self.production else self.port + 3
        return int(asked)

    @property
    def mqtt_address(self) -> str:
        return (
            self.settings["mqtt.address"].value if "mqtt.address" in self.settings else ""
        ) or self.address

    @property
    def conninfo(self) -> str:
        return self.database_url or database_url(self.data_dir)


def database_from_url(url: str) -> dict[str, Any]:
    """Django's settings for a connection URL; what Django has no name for goes to the driver."""
    parts: dict[str, Any] = dict(conninfo_to_dict(url))
    return {
        "NAME": parts.pop("dbname", "yiyang"),
        "USER": parts.pop("user", "yiyang"),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
    }


def config_file(environment: Mapping[str, str]) -> Path | None:
    named = environment.get("YIYANG_CONFIG", "")
    if named:
        return Path(named).absolute()
    here = Path("yiyang.toml").absolute()
    return here if here.exists() else None


def read(environment: Mapping[str, str]) -> Config:
    """The configuration, or ConfigError with everything that is wrong at once."""
    file = config_file(environment)
    settings, problems = read_settings(environment, file)
    value = {key: setting.value for key, setting in settings.items()}
    keys = _keys(value, problems)
    if value["mode"] == "production":
        problems += _production_problems(value, keys)
    problems += _half_configured(value)
    if value["web.threads"] > value["database.pool_size"]:
        problems.append(
            f"web.threads is {value['web.threads']}, more than database.pool_size "
            f"({value['database.pool_size']}): threads would wait for a connection. "
            "Lower web.threads, or raise database.pool_size."
        )
    try:
        url = value["database.url"]
        database = database_from_url(url or database_url(value["data"]))
    except Exception as error:
        problems.append(f"database.url is not a PostgreSQL address ({type(error).__name__}). "
                        "Write it like postgresql://USER:PASSWORD@HOST:5432/yiyang.")  # fmt: skip
    if problems:
        raise ConfigError(problems)
    assert keys
    return Config(
        data_dir=value["data"],
        debug=value["debug"],
        secret_key=keys.secret,
        allowed_hosts=_hosts(value),
        database=database,
        pool_size=value["database.pool_size"],
        time_zone=value["time_zone"],
        identifier_keys=keys.identifier,
        seal_key=keys.seal,
        cipher_suite=value["cipher_suite"],
        policy_pack=value["policy_pack"],
        mode=value["mode"],
        area=value["area"],
        address=value["web.address"],
        port=value["web.port"],
        workers=value["web.workers"],
        threads=value["web.threads"],
        tls_proxy=value["web.tls_proxy"],
        hsts_seconds=value["web.hsts_seconds"],
        database_url=url,
        postgres_bin=Path(value["postgres.bin"]) if value["postgres.bin"] else None,
        clock_ahead=timedelta(minutes=value["clock.ahead_minutes"]),
        subscriptions_allowed=value["subscriptions.allowed"],
        file=file,
        key_fingerprints=keys.fingerprints(),
        settings=settings,
    )


def _keys(value: dict[str, Any], problems: list[str]) -> Keys | None:
    given = {name: value[f"keys.{name}"] for name in ("secret", "identifier", "seal")}
    try:
        if value["keys.file"]:
            return read_keys(Path(value["keys.file"]).expanduser().absolute())
        if all(given.values()):
            keys = Keys(given["secret"], {1: given["identifier"]}, given["seal"])
            if value["mode"] == "production":
                check_lengths(keys, "the environment")
            return keys
        if value["mode"] == "demo":
            return demo_keys(value["data"])
    except BadKeys as bad:
        problems.append(str(bad))
        return None
    except OSError as error:
        problems.append(f"data is {value['data']}, which cannot be written: {error.strerror}. "
                        "Choose another folder with --data or YIYANG_DATA.")  # fmt: skip
        return None
    missing = ", ".join(f"keys.{name}" for name, key in given.items() if not key)
    problems.append(
        f"keys.file is not set, and {missing} neither. "
        "Make a key file with: yiyang keys new /etc/yiyang/keys.toml, and set keys.file to it."
    )
    return None


# Services for messages: when the first is set, so must be the others.
SERVICES = {
    "sms": ("key_id", "key_secret", "sign_name", "templates"),
    "voice": ("key_id", "key_secret", "templates"),
    "wechat": ("app_id", "app_secret", "templates"),
    "enterprise_chat": ("corp_id", "secret", "agent_id"),
}


TOGETHER = (("mqtt.certificate", "mqtt.key"), ("mqtt.broker", "mqtt.broker_key"))


def _half_configured(value: dict[str, Any]) -> list[str]:
    return [
        f"{first} is set, but {other} is not. Set it, or leave both out."
        for first, other in TOGETHER
        if value[first] and not value[other]
    ] + [
        f"{service}.{first} is set, but {service}.{name} is not. Set it, or leave both out: nothing is sent then."
        for service, (first, *others) in SERVICES.items()
        for name in others
        if value[f"{service}.{first}"] and not value[f"{service}.{name}"]
    ]


def _production_problems(value: dict[str, Any], keys: Keys | None) -> list[str]:
    problems = []
    if keys and keys.made_for != "production":
        problems.append(
            f'The keys were made for {keys.made_for}; mode is "production". '
            "Make others with: yiyang keys new FILE, and set keys.file."
        )
    if value["debug"]:
        problems.append('debug is true; mode is "production". Set debug = false.')
    if value["clock.ahead_minutes"]:
        problems.append(
            f'clock.ahead_minutes is {value["clock.ahead_minutes"]}; mode is "production", where the time is the '
            "machine's. Take that line out."
        )
    if not value["web.tls_proxy"]:
        problems.append(
            'web.tls_proxy is false; mode is "production". Put a reverse proxy with TLS in front '
            "(docs/operating.md has examples), and set web.tls_proxy = true."
        )
    if not value["web.hosts"] or "*" in value["web.hosts"]:
        problems.append(
            f'web.hosts is {value["web.hosts"]}; mode is "production". '
            'Name the hosts under which users come: web.hosts = ["yiyang.example.gov.cn"].'
        )
    return problems


def _hosts(value: dict[str, Any]) -> list[str]:
    hosts: list[str] = value["web.hosts"]
    if value["mode"] == "production":
        return [*hosts, "127.0.0.1", "localhost"]
    everywhere = ["*"] if value["web.address"] not in ("127.0.0.1", "localhost", "::1") else []
    return hosts + LOCAL_HOSTS + everywhere
