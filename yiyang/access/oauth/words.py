"""Scopes in words. What the types of a record are called is known above, which registers it here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from . import scopes

Named = Callable[[str], Any]
_named: Named | None = None


def register_words(named: Named) -> None:
    """Say how a type of resource is called in plain words; empty for one that does not exist."""
    global _named
    _named = named


def known(type: str) -> bool:
    """Whether there is such a type of resource."""
    return type == scopes.ANY or _named is None or bool(_named(type))


def existing(text: str | None) -> str:
    """Without scopes of types that do not exist."""
    strange = {one.text for one in scopes.read(text).scopes if not known(one.type)}
    return " ".join(one for one in (text or "").split() if one not in strange)


def in_words(text: str) -> list[str]:
    """What it opens, one line each: reading first."""
    asked = scopes.read(text)
    lines: dict[str, None] = {}
    for one in asked.scopes:
        what = _what(one.type)
        if "r" in one.letters or "s" in one.letters:
            lines[_("read: {what}").format(what=what)] = None
    for one in asked.scopes:
        if set(one.letters) & set("cud"):
            lines[_("write: {what}").format(what=_what(one.type))] = None
    return list(lines)


def read_in_words(text: str) -> list[str]:
    """What of the record it may read, each once; the whole record says all."""
    told = [one for one in scopes.read(text).scopes if "r" in one.letters or "s" in one.letters]
    if any(one.type == scopes.ANY for one in told):
        return [_what(scopes.ANY)]
    return list(dict.fromkeys(_what(one.type) for one in told))


def writes(text: str) -> bool:
    return any(set(one.letters) & set("cud") for one in scopes.read(text).scopes)


def _what(type: str) -> str:
    if type == scopes.ANY:
        return _("the whole record")
    return str(_named(type) if _named else "") or type
