"""What the frame of a page needs beside the page's own content, as a context processor.

Contexts above add their own processors for `navigation` (a list of NavigationItem), `header_links` (the
same), `switcher` (a Switcher), `sign_out_url` and `session` (how many seconds it lasts, and where to go on);
the frame shows what it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from yiyang.kernel import time
from yiyang.kernel.words import shown

APPEARANCE = {
    "theme": ("auto", "light", "dark"),
    "text_size": ("normal", "large", "largest"),
    "density": ("staff", "elder"),
    "voice": ("device", "mandarin", "shanghainese"),
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
    voice: str
    push_url: str
    now: str

    @property
    def now_local(self) -> str:
        return shown(datetime.fromisoformat(self.now))

    @property
    def words(self) -> dict[str, str]:
        return words()


def push_origin(request: HttpRequest) -> str:
    """Where live events come from: the same origin behind a proxy, otherwise the next port of this host."""
    port = getattr(settings, "PUSH_PORT", None)
    return f"{request.scheme}://{split_domain_port(request.get_host())[0]}:{port}" if port else ""


def shell(request: HttpRequest) -> dict[str, Any]:
    """The reader's choices, and what the frame needs beside them."""
    at = time.now().isoformat()
    return {"shell": Shell(**chosen(request), push_url=push_origin(request) + "/events", now=at)}


def chosen(request: HttpRequest) -> dict[str, str]:
    """The reader's choices: this browser's own, then the account's, then the usual."""
    return {
        name: request.COOKIES[name]
        if request.COOKIES.get(name) in allowed
        else getattr(request, name, "") or allowed[0]
        for name, allowed in APPEARANCE.items()
    }


def words() -> dict[str, str]:
    """What scripts say, so that they need no catalogue of their own."""
    return {
        "separator": pgettext("between a time and how far away it is", ", "),
        "now": _("just now"),
        "in": _("in {length}"),
        "ago": _("{length} ago"),
        "left": _("{length} left"),
        "overdue": _("overdue by {length}"),
        "hours_minutes": _("{hours} h {minutes} min"),
        **_units("minute", "{n} min", "{n} min"),
        **_units("hour", "{n} h", "{n} h"),
        **_units("day", "{n} day", "{n} days"),
        **_units("month", "{n} month", "{n} months"),
        **_units("year", "{n} year", "{n} years"),
        "not_live": _(
            "Not live since {time}. Trying to connect again; load the page to see the newest state."
        ),
        "no_voice": _("This device has no voice for this language, so it cannot read the page aloud."),
        "recorded_alone": _(
            "This device has no Chinese voice. It plays the sentences that people have recorded; please ask "
            "somebody beside you to read the rest to you."
        ),
        "stop_reading": _("Stop reading"),
        "record": _("Record now"),
        "recording": _("Recording: {seconds} of {longest} s"),
        "stop_recording": _("Stop recording"),
        "recorded": _("Recorded. Listen to it, then send it."),
        "record_again": _("Record again"),
        "listen_to_recording": _("Your recording"),
        "no_microphone": _("The microphone cannot be used here. Choose a recording as a file instead."),
        "allow_sound": _("Let this page make a sound"),
        "sound_on": _("Switch the sound for urgent notices on"),
        "sound_off": _("Switch the sound for urgent notices off"),
        "keys": _("Keys"),
        "key_search": _("Search"),
        "key_help": _("Show the keys"),
        "close": _("Close"),
        "session_ends": _("You will be signed out at {time}"),
        "session_stays": _("What you typed stays on this page. Do you want to go on?"),
        "session_go_on": _("Stay signed in"),
        "session_over": _("You were signed out at {time}"),
        "session_kept": _(
            "What you typed is still on this page. Sign in again in a new window, then come back to this one."
        ),
        "session_sign_in": _("Sign in in a new window"),
        "session_again": _("You are signed in again and can go on."),
        "session_other": _("Somebody else is signed in here now"),
        "session_load": _("Load the page again"),
        "unsent": _("Answers on this device are not sent yet"),
        "unsent_text": _("Signing out deletes them. Stay, and send them with a connection first."),
        "unsent_stay": _("Stay and send them"),
        "unsent_delete": _("Sign out and delete them"),
    }


def _units(name: str, one: str, many: str) -> dict[str, str]:
    return {name: ngettext(one, many, 1), f"{name}s": ngettext(one, many, 2)}
