"""A table of an instrument's file, taken key by key: what is wrong is noted with its place, and reading goes on."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from yiyang.assessments.rules.texts import NOTHING, Text

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+<>=/-]{0,63}")


class Part:
    """One table and where it stands; every key that is asked for counts as known."""

    def __init__(self, data: object, where: Text, faults: list[Text]) -> None:
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}
        self.where, self.faults = where, faults
        self.known: set[str] = set()
        if not isinstance(data, dict):
            self.fault("应为一组“键 = 值”", "must be a table of keys and values")

    def fault(self, zh: str, en: str, **values: object) -> None:
        words = Text(zh, en).format(**values) if values else Text(zh, en)
        self.faults.append(Text(f"{self.where.zh}：{words.zh}", f"{self.where.en}: {words.en}"))

    def take(self, key: str) -> Any:
        self.known.add(key)
        return self.data.get(key)

    def has(self, key: str) -> bool:
        return key in self.data

    def text(self, key: str, required: bool = False) -> Text:
        value = self.take(key)
        if value is None:
            if required:
                self.fault("缺少 {key}（zh 和 en）", "{key} is missing (zh and en)", key=key)
            return NOTHING
        return self.both(value, key)

    def both(self, value: object, key: str) -> Text:
        if not isinstance(value, dict):
            self.fault('{key} 应写成 {{zh = "…", en = "…"}}', '{key} must be {{zh = "…", en = "…"}}', key=key)
            return NOTHING
        said = {}
        for language, name in (("zh", "中文"), ("en", "英文")):
            words = value.get(language)
            if not isinstance(words, str) or not words.strip():
                self.fault(f"{key} 缺少{name}（{language}）", f"{key} has no {language}")
            said[language] = words if isinstance(words, str) else ""
        for other in sorted(set(value) - {"zh", "en"}):
            self.fault("{key} 中有未知的 {other}", "{key} has an unknown {other}", key=key, other=other)
        return Text(said["zh"], said["en"])

    def string(self, key: str, default: str = "", required: bool = False) -> str:
        value = self.take(key)
        if value is None or value == "":
            if required:
                self.fault("缺少 {key}", "{key} is missing", key=key)
            return default
        if not isinstance(value, str):
            self.fault("{key} 应为文字", "{key} must be a string", key=key)
            return default
        return value

    def code(self, key: str = "code") -> str:
        value = self.string(key, required=True)
        if value and not CODE.fullmatch(value):
            self.fault(
                "{key}“{value}”含有不允许的字符",
                "{key} “{value}” has characters that a code may not have",
                key=key,
                value=value,
            )
        return value

    def chosen(self, key: str, among: Iterable[str], default: str = "") -> str:
        value, known = self.string(key, default, required=not default), list(among)
        if value and value not in known:
            self.fault(
                "{key}“{value}”未知，可用：{known}",
                "{key} “{value}” is not known; there are: {known}",
                key=key,
                value=value,
                known=" ".join(known),
            )
            return default or known[0]
        return value or known[0]

    def number(self, key: str, default: float | None = None, required: bool = False) -> float | None:
        value = self.take(key)
        if value is None:
            if required:
                self.fault("缺少 {key}", "{key} is missing", key=key)
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not _usable(value):
            self.fault("{key} 应为数字", "{key} must be a number", key=key)
            return default
        return float(value)

    def whole(self, key: str, default: int = 0, least: int = 0, most: int = 1000) -> int:
        value = self.number(key, float(default))
        if value is None or not value.is_integer():
            self.fault("{key} 应为整数", "{key} must be a whole number", key=key)
            return default
        if not least <= value <= most:
            self.fault(
                "{key} 应在 {least} 至 {most} 之间",
                "{key} must lie between {least} and {most}",
                key=key,
                least=least,
                most=most,
            )
            return default
        return int(value)

    def flag(self, key: str, default: bool = False) -> bool:
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault("{key} 应为 true 或 false", "{key} must be true or false", key=key)
            return default
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fault("{key} 应为文字的列表", "{key} must be a list of strings", key=key)
            return ()
        return tuple(value)

    def parts(self, key: str, zh: str, en: str) -> list[Part]:
        """The tables of a list; each is named by its code or its place."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault("{key} 应为列表", "{key} must be a list", key=key)
            return []
        return [self.inner(one, zh, en, place) for place, one in enumerate(value, 1)]

    def inner(self, data: object, zh: str, en: str, place: int = 0) -> Part:
        code = data.get("code", data.get("level", "")) if isinstance(data, dict) else ""
        name = f" {code}" if isinstance(code, str) and code else f" {place}" if place else ""
        where = Text(f"{self.where.zh}：{zh}{name}", f"{self.where.en}: {en}{name}")
        return Part(data, where, self.faults)

    def done(self) -> None:
        for key in sorted(set(self.data) - self.known, key=str):
            self.fault("未知的键 {key}", "unknown key {key}", key=key)


def _usable(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
