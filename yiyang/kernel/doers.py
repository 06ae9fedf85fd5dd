"""Who did it. What was written down carries the title of a role as it was called then, in the language in which
facts are kept; readers of another language read the title in theirs."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.utils.translation import get_language, pgettext

from yiyang.kernel.actors import SYSTEM

_titles: dict[str, Any] = {}
_ways: dict[str, Any] = {}


def title(written: str, said: Any) -> None:
    """How a title stands behind a name, and how it is said in English."""
    _titles[written] = said
    _pattern.cache_clear()


def way(written: str, said: Any) -> None:
    """How something was done for somebody, as it stands before the name of whoever did it."""
    _ways[written] = said


def in_words(label: str) -> str:
    """A label that was written down, as its reader reads it; titles of a post stay as somebody typed them."""
    if label == SYSTEM.label:
        return pgettext("who did it", "the system")
    if not label or (get_language() or "zh").startswith("zh"):
        return label
    name, opened, rest = label.partition("（")
    how, colon, doer = rest.removesuffix("）").partition("：")
    if opened and colon and how in _ways:
        return f"{name} ({_ways[how]}: {in_words(doer)})"
    return _pattern().sub(lambda found: f" · {_titles[found.group(1)]}", label)


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf" · ({'|'.join(map(re.escape, _titles)) or '(?!)'})$")
