"""What somebody looked at, in words. Contexts declare theirs, so that every page that lists looks can say it."""

from __future__ import annotations

from typing import Any

_words: dict[str, Any] = {}


def declare(words: dict[str, Any]) -> None:
    """By the page ("records.entry"), by its context for all others of it ("records"), or "" for all that is left."""
    _words.update(words)


def in_words(page: str) -> str:
    context = page.partition(".")[0]
    return str(_words.get(page) or _words.get(context) or _words.get("") or page)
