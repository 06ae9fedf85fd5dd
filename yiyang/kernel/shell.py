"""What the frame of a page needs beside the page's own content, as a context processor.

Contexts above add their own processors for `navigation` (a list of NavigationItem), `header_links` (the
same), `switcher` (a Switcher) and `sign_out_url`; the frame shows what it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

APPEARANCE = {
    "theme": ("auto", "light", "dark"),
    "text_size": ("normal", "large", "largest"),
    "density": ("staff", "elder"),
}


@dataclass(frozen=True)
class NavigationItem:
    """A link in the navigation. `key` is the letter after g that opens it; `count` a figure beside it."""

    label: Any
    url: str
    current: bool = False
    key: str = ""
    count: int = 0


@dataclass(frozen=True)
class Choice:
    value: str
    label: Any
    current: bool = False


@dataclass(frozen=True)
class Switcher:
    """The capacities in which an account may work; posts `field` to `url`."""

    url: str
    field: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Shell:
    theme: str
    text_size: str
    density: str
    push_url: str


def shell(request: HttpRequest) -> dict[str, Any]:
    chosen = {
        name: request.COOKIES[name] if request.COOKIES.get(name) in allowed else allowed[0]
        for name, allowed in APPEARANCE.items()
    }
    return {"shell": Shell(**chosen, push_url=getattr(settings, "PUSH_URL", ""))}
