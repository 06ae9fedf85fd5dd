"""Writes an instrument's file, so that whoever takes over a Questionnaire can read it, complete it and keep it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def as_toml(data: dict[str, Any], remarks: Iterable[str] = ()) -> str:
    """Tables and lists of tables on their own lines, everything inside them on one line for each key."""
    lines = [f"# {' '.join(one.split())}" for one in remarks]
    for name, value in data.items():
        for table in value if isinstance(value, list) else [value]:
            lines += ["", f"[[{name}]]" if isinstance(value, list) else f"[{name}]"]
            lines += [f"{_key(key)} = {_value(inner, key)}" for key, inner in table.items()]
    return "\n".join(lines).lstrip("\n") + "\n"


def _value(value: Any, key: str = "") -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        inner = [_value(one) for one in value]
        if key == "options":
            return "[\n" + "".join(f"    {one},\n" for one in inner) + "]"
        return "[" + ", ".join(inner) + "]"
    return _text(str(value))


def _text(words: str) -> str:
    """JSON's escapes are TOML's too, but for DEL, and a lone half of a sign has no place in either."""
    plain = words.encode("utf-8", "replace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").replace("-", "").isalnum() else _text(name)
