"""What an operator may set: one key in yiyang.toml, one environment variable, one check."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Wrong(ValueError):
    """What is wrong with a value, as the end of a sentence."""


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong("is not a text")
    return value


def folder(value: Any) -> Path:
    return Path(text(value)).expanduser().absolute()


def names(value: Any) -> list[str]:
    items = value if isinstance(value, list) else text(value).split(",")
    return [text(item).strip() for item in items if text(item).strip()]


def truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    answers = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "": False,
    }
    try:
        return answers[str(value).strip().lower()]
    except KeyError:
        raise Wrong("is neither true nor false")


def whole(low: int, high: int) -> Callable[[Any], int]:
    def parse(value: Any) -> int:
        try:
            number = int(str(value).strip())
        except ValueError:
            raise Wrong("is not a whole number")
        if isinstance(value, bool) or not low <= number <= high:
            raise Wrong(f"is not between {low} and {high}")
        return number

    return parse


def one_of(*choices: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if value not in choices:
            raise Wrong(f"is none of {', '.join(choices)}")
        return str(value)

    return parse


def pairs(value: Any) -> dict[str, str]:
    """`CODE=SMS_1,NEWS=SMS_2`"""
    found = [item.partition("=") for item in names(value)]
    if not all(name and sign and one for name, sign, one in found):
        raise Wrong("is not a list like CODE=SMS_1,NEWS=SMS_2")
    return {name.strip(): one.strip() for name, _, one in found}


def address(value: Any) -> str:
    found = text(value).rstrip("/")
    if not found.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise Wrong("is not an https:// address")
    return found


def time_zone(value: Any) -> str:
    try:
        ZoneInfo(text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Wrong("is not a time zone that this machine knows")
    return str(value)


def area(value: Any) -> str:
    if not (text(value).isdigit() and len(value) == 6):
        raise Wrong("is not a 6-digit area code (GB/T 2260)")
    return str(value)


@dataclass(frozen=True)
class Option:
    key: str
    variable: str
    parse: Callable[[Any], Any]
    default: Any
    what: str
    example: str
    secret: bool = False


OPTIONS = (
    Option("mode", "YIYANG_MODE", one_of("demo", "production"), "demo",
           "demo: keys are generated, people are invented; production: for real people", '"production"'),
    Option("data", "YIYANG_DATA", folder, Path(".yiyang").absolute(),
           "folder for the embedded database, logs, static files and the newest seal", '"/var/lib/yiyang"'),
    Option("area", "YIYANG_AREA", area, "310106", "6-digit code of the district", '"310106"'),
    Option("time_zone", "YIYANG_TIME_ZONE", time_zone, "Asia/Shanghai", "time zone of the district",
           '"Asia/Shanghai"'),
    Option("policy_pack", "YIYANG_POLICY_PACK", text, "shanghai-example",
           "name of a shipped policy pack, or path of a .toml file", '"shanghai-example"'),
    Option("cipher_suite", "YIYANG_CIPHER_SUITE", one_of("aes", "sm"), "aes",
           "aes: AES-256-GCM and SHA-256; sm: SM4-GCM and SM3", '"sm"'),
    Option("clock.ahead_minutes", "YIYANG_CLOCK_AHEAD_MINUTES", whole(0, 525_600), 0,
           "how far the platform's clock is ahead of the machine's, to see what time brings; in a demo alone", "60"),
    Option("debug", "YIYANG_DEBUG", truth, False, "Django's debug pages; never in production", "false"),
    Option("web.address", "YIYANG_ADDRESS", text, "127.0.0.1", "address to listen on", '"127.0.0.1"'),
    Option("web.port", "YIYANG_PORT", whole(1, 65532), 8000,
           "port of the pages; push takes the next one, readings over HTTP the one after it", "8000"),
    Option("web.hosts", "YIYANG_HOSTS", names, [], "host names under which users come",
           '["yiyang.example.gov.cn"]'),
    Option("web.workers", "YIYANG_WORKERS", whole(1, 64), 2, "web processes", "2"),
    Option("web.threads", "YIYANG_THREADS", whole(1, 64), 6, "threads of each web process", "6"),
    Option("web.tls_proxy", "YIYANG_TLS_PROXY", truth, False,
           "a reverse proxy in front ends TLS and sets X-Forwarded-Proto itself", "true"),
    Option("web.hsts_seconds", "YIYANG_HSTS_SECONDS", whole(0, 63_072_000), 31_536_000,
           "how long browsers insist on TLS", "31536000"),
    Option("records.validation", "YIYANG_RECORDS_VALIDATION", one_of("full", "structure", "none"), "full",
           "what a FHIR resource is checked for before it is kept: HL7's rules too, its structure, or nothing", '"full"'),
    Option("records.integrity", "YIYANG_RECORDS_INTEGRITY", one_of("person", "strict"), "person",
           "strict: a reference over /fhir must lead to what is here, and what others refer to is not deleted; person: "
           "only references into another person's record are refused", '"strict"'),
    Option("readings.workers", "YIYANG_READINGS_WORKERS", whole(1, 16), 1,
           "processes that take readings over HTTP, and as many over MQTT", "2"),
    Option("mqtt.port", "YIYANG_MQTT_PORT", whole(0, 65535), None,
           "port where devices connect by MQTT; 0: none. Unset: 1883, in a demo the third after web.port", "1883"),
    Option("mqtt.address", "YIYANG_MQTT_ADDRESS", text, "", "address of it; empty: web.address", '"0.0.0.0"'),
    Option("mqtt.certificate", "YIYANG_MQTT_CERTIFICATE", text, "", "certificate chain (PEM) for TLS; empty: no TLS",
           '"/etc/ssl/yiyang.crt"'),
    Option("mqtt.key", "YIYANG_MQTT_KEY", text, "", "its private key (PEM)", '"/etc/ssl/yiyang.key"'),
    Option("mqtt.broker", "YIYANG_MQTT_BROKER", text, "", "a broker of yours to take readings from, beside our port",
           '"mqtt://yiyang:PASSWORD@broker.internal:1883"', secret=True),
    Option("mqtt.broker_key", "YIYANG_MQTT_BROKER_KEY", text, "",
           "key of a device gateway under which its readings come in", "", secret=True),
    Option("database.url", "DATABASE_URL", text, "", "a PostgreSQL server (15 to 18); empty: the embedded one",
           '"postgresql://yiyang@db.internal/yiyang?sslmode=verify-full"', secret=True),
    Option("database.pool_size", "YIYANG_POOL_SIZE", whole(1, 500), 10, "connections of each process, at most", "10"),
    Option("postgres.bin", "YIYANG_POSTGRES_BIN", text, "", "folder of PostgreSQL's programs; empty: found",
           '"/usr/lib/postgresql/17/bin"'),
    Option("keys.file", "YIYANG_KEY_FILE", text, "", "the key file; `yiyang keys new FILE` makes one",
           '"/etc/yiyang/keys.toml"'),
    Option("keys.secret", "YIYANG_SECRET_KEY", text, "", "signs sessions (instead of the key file)", "", secret=True),
    Option("keys.identifier", "YIYANG_IDENTIFIER_KEY", text, "",
           "encrypts personal identifiers (instead of the key file; version 1)", "", secret=True),
    Option("subscriptions.allowed", "YIYANG_SUBSCRIPTIONS_ALLOWED", names, [],
           "hosts (also HOST:PORT) and networks of your own to which FHIR subscriptions may send", '["10.1.0.0/16"]'),
    Option("sms.endpoint", "YIYANG_SMS_ENDPOINT", address, "https://dysmsapi.aliyuncs.com",
           "short message service of Alibaba Cloud", '"https://dysmsapi.aliyuncs.com"'),
    Option("sms.key_id", "YIYANG_SMS_KEY_ID", text, "", "AccessKey that may only send; empty: no text messages", '"AccessKeyId"'),
    Option("sms.key_secret", "YIYANG_SMS_KEY_SECRET", text, "", "its secret", "", secret=True),
    Option("sms.sign_name", "YIYANG_SMS_SIGN_NAME", text, "", "the approved signature", '"颐养"'),
    Option("sms.templates", "YIYANG_SMS_TEMPLATES", pairs, {}, "the approved template of each wording",
           '"CODE=SMS_1,NEWS=SMS_2,DECIDE_BY=SMS_3,URGENT=SMS_4,PLEASE_CALL=SMS_5,NUMBER_CHANGED=SMS_6"'),
    Option("voice.endpoint", "YIYANG_VOICE_ENDPOINT", address, "https://dyvmsapi.aliyuncs.com",
           "voice service of Alibaba Cloud", '"https://dyvmsapi.aliyuncs.com"'),
    Option("voice.key_id", "YIYANG_VOICE_KEY_ID", text, "", "AccessKey that may only call; empty: no calls", '"AccessKeyId"'),
    Option("voice.key_secret", "YIYANG_VOICE_KEY_SECRET", text, "", "its secret", "", secret=True),
    Option("voice.shown_number", "YIYANG_VOICE_SHOWN_NUMBER", text, "", "the number shown; empty in the public mode",
           '"02100000000"'),
    Option("voice.templates", "YIYANG_VOICE_TEMPLATES", pairs, {}, "the approved text of each wording",
           '"URGENT=TTS_1,PLEASE_CALL=TTS_2"'),
    Option("wechat.endpoint", "YIYANG_WECHAT_ENDPOINT", address, "https://api.weixin.qq.com", "WeChat official account",
           '"https://api.weixin.qq.com"'),
    Option("wechat.open_endpoint", "YIYANG_WECHAT_OPEN_ENDPOINT", address, "https://open.weixin.qq.com",
           "where WeChat says who somebody is", '"https://open.weixin.qq.com"'),
    Option("wechat.app_id", "YIYANG_WECHAT_APP_ID", text, "", "of the official account; empty: no WeChat", '"wx…"'),
    Option("wechat.app_secret", "YIYANG_WECHAT_APP_SECRET", text, "", "its secret", "", secret=True),
    Option("wechat.templates", "YIYANG_WECHAT_TEMPLATES", pairs, {}, "the template of each wording",
           '"NEWS=id1,DECIDE_BY=id2,URGENT=id3"'),
    Option("wechat.home", "YIYANG_WECHAT_HOME", text, "", "the address that a tap on a message opens",
           '"https://yiyang.example.gov.cn/"'),
    Option("enterprise_chat.endpoint", "YIYANG_ENTERPRISE_CHAT_ENDPOINT", address, "https://qyapi.weixin.qq.com",
           "enterprise WeChat", '"https://qyapi.weixin.qq.com"'),
    Option("enterprise_chat.corp_id", "YIYANG_ENTERPRISE_CHAT_CORP_ID", text, "", "of the organisation; empty: none",
           '"ww…"'),
    Option("enterprise_chat.secret", "YIYANG_ENTERPRISE_CHAT_SECRET", text, "", "of the application", "", secret=True),
    Option("enterprise_chat.agent_id", "YIYANG_ENTERPRISE_CHAT_AGENT_ID", whole(0, 2**31), 0, "of the application",
           "1000002"),
    Option("keys.seal", "YIYANG_SEAL_KEY", text, "", "seals the facts (instead of the key file)", "", secret=True),
)  # fmt: skip


@dataclass(frozen=True)
class Setting:
    option: Option
    value: Any
    source: str


def read_settings(environment: Mapping[str, str], file: Path | None) -> tuple[dict[str, Setting], list[str]]:
    """Every option's value, and what is wrong, each in one sentence with the key, the value and the fix."""
    problems: list[str] = []
    written = _flatten(_load(file, problems)) if file else {}
    known = {option.key: option for option in OPTIONS}
    for key in sorted(set(written) - set(known)):
        near = difflib.get_close_matches(key, known, 1)
        hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(known)}."
        problems.append(f"{key} in {file} is not a known key. {hint}")
    settings = {}
    for option in OPTIONS:
        raw, source = option.default, "default"
        if option.key in written:
            raw, source = written[option.key], str(file)
        if environment.get(option.variable, "") != "":
            raw, source = environment[option.variable], f"the environment ({option.variable})"
        try:
            value = option.default if source == "default" else option.parse(raw)
        except Wrong as wrong:
            value = option.default
            shown = "(secret)" if option.secret else repr(raw)
            problems.append(f"{option.key} from {source} is {shown}, which {wrong}. {_fix(option)}")
        settings[option.key] = Setting(option, value, source)
    return settings, problems


def _fix(option: Option) -> str:
    return f"Set {option.key} = {option.example} in yiyang.toml, or {option.variable}={option.example}."


def _load(file: Path, problems: list[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(
            f"The configuration file {file} cannot be read: {error.strerror}. Check YIYANG_CONFIG."
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"The configuration file {file} is not valid TOML: {error}. Correct that line.")
    return {}


def _flatten(tables: dict[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tables.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{above}{key}.")
        else:
            flat[above + key] = value
    return flat
