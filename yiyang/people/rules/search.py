"""Search keys: each suffix of a name, of its pinyin readings and of its initials.

A search is then one range of one index, read in order and stopped at the page, for a whole name, a part of
it, one character, pinyin or initials alike. (Trigrams cannot index one or two characters.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from yiyang.people.rules import readings
from yiyang.people.rules.names import is_han, search_form

KEY_LENGTH = 24
READINGS_PER_SUFFIX = 8
SUFFIXES = 16
SHORT_NAME = 4
KEYS = 96


def search_keys(*names: str) -> list[str]:
    """All keys under which a person of these names is found, at most `KEYS`, sorted."""
    keys: dict[str, None] = {}
    for name in names:
        for key in _keys(name):
            if len(keys) < KEYS:
                keys[key[:KEY_LENGTH]] = None
    return sorted(keys)


def span(text: str) -> tuple[str, str] | None:
    """The range of keys [from, to) that begin with what was typed; None when nothing is left to look for."""
    start = search_form(text)[:KEY_LENGTH]
    if not start:
        return None
    last = ord(start[-1]) + 1
    if last == 0xD800:
        last = 0xE000
    return start, start[:-1] + chr(min(last, 0x10FFFF))


def _keys(name: str) -> Iterator[str]:
    form = search_form(name)
    if not any(is_han(c) for c in form):
        yield from _words(name)
        return
    for place in range(min(len(form), SUFFIXES)):
        yield form[place:]
    syllables = readings.of_name(form)
    otherwise = READINGS_PER_SUFFIX if len(syllables) <= SHORT_NAME else 0
    for place in range(min(len(syllables) - 1, SUFFIXES)):
        yield from _initials(syllables[place:], at_most=max(1, otherwise))
    for place in range(min(len(syllables), SUFFIXES)):
        yield from _readings(syllables[place:], at_most=otherwise)


def _words(name: str) -> Iterator[str]:
    words = [search_form(word) for word in re.split(r"[\s·'’\-]+", name)]
    for place in range(len(words)):
        yield "".join(words[place:])


def _readings(syllables: list[tuple[str, ...]], at_most: int) -> Iterator[str]:
    """The suffix in its readings: every reading of its first character, then the likeliest of the others."""
    heads, *rest = [tuple(_spelled(one)) for one in syllables]
    likeliest, *others = _combined(rest)
    yield from (head + likeliest for head in heads)
    for tail in others[: max(0, at_most - len(heads)) // len(heads)]:
        yield from (head + tail for head in heads)


def _combined(parts: list[tuple[str, ...]]) -> list[str]:
    """The combinations of readings, those with the fewest unlikely ones first."""
    tails = [(0, "")]
    for part in reversed(parts):
        tails = sorted(
            ((weight + place, head + tail) for place, head in enumerate(part) for weight, tail in tails),
            key=lambda one: one[0],
        )[:READINGS_PER_SUFFIX]
    return [tail for _, tail in tails]


def _initials(syllables: list[tuple[str, ...]], at_most: int) -> Iterable[str]:
    found = [""]
    for readings_here in reversed(syllables):
        letters = dict.fromkeys(reading[0] for reading in readings_here)
        found = [letter + tail for letter in letters for tail in found][:at_most]
    return found


def _spelled(options: tuple[str, ...]) -> Iterator[str]:
    for option in options:
        yield from readings.spellings(option)
