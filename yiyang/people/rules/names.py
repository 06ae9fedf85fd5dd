"""Names: one full-name field that holds any name a Chinese district meets.

`normal` is what is stored and shown; `search_form` is what is compared: simplified characters, lower case,
no dots, spaces or tone marks.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from zhconv import convert

from yiyang.kernel.refusals import Refusal

LONGEST = 60
DOT = "·"
DOTS = "·•・‧．∙⋅･·⸱⸳ꞏ●᛫｡"
DROPPED = "\u200b\u200c\u200d\u2060\ufeff"
MARKUP = re.compile(r"[<>]|&#?\w+;|javascript:", re.IGNORECASE)


class NameMissing(Refusal):
    message = _("Enter the full name. If nobody knows it, choose “unknown person”.")
    status = 422


class NameTooLong(Refusal):
    message = _("A name has at most {longest} characters; this one has {length}. Enter the name alone.")
    status = 422


class NameHasMarkup(Refusal):
    message = _("A name cannot contain < > or HTML. Enter the name as it stands on the document.")
    status = 422


class NameHasHiddenCharacters(Refusal):
    message = _(
        "The name contains a character that cannot be shown ({character}). Type the name by hand instead of pasting it."
    )
    status = 422


def is_han(character: str) -> bool:
    point = ord(character)
    return (
        0x3400 <= point <= 0x4DBF
        or 0x4E00 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0x20000 <= point <= 0x3FFFD
        or point == 0x3007
    )


def normal(text: str) -> str:
    """The name as it is kept, or a refusal that says what is wrong with it."""
    _refuse_hidden(text)
    text = unicodedata.normalize("NFC", "".join(_half_width(c) for c in text if c not in DROPPED))
    if MARKUP.search(text):
        raise NameHasMarkup
    if any(is_han(c) for c in text):
        text = text.replace(".", DOT)
    text = re.sub(rf"\s*[{DOTS}]+\s*", DOT, text)
    text = re.sub(r"\s+", " ", text).strip(f" {DOT}")
    text = _close_up(text)
    if not any(c.isalnum() or is_han(c) for c in text):
        raise NameMissing
    if len(text) > LONGEST:
        raise NameTooLong(longest=LONGEST, length=len(text))
    return text


def search_form(text: str) -> str:
    """The form under which two spellings of one name are equal."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = "".join(_plain(c) for c in text)
    return "".join(c for c in text if c.isalnum() or is_han(c))


@lru_cache(maxsize=65536)
def simplified(character: str) -> str:
    """One character in its simplified form; each alone, so that a part of a name converts like the whole."""
    return str(convert(character, "zh-cn"))


def _plain(character: str) -> str:
    if is_han(character):
        return simplified(character)
    if character in "üǖǘǚǜ":
        return "v"
    return "".join(c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c))


def _half_width(character: str) -> str:
    if "！" <= character <= "～":
        return chr(ord(character) - 0xFEE0)
    return " " if character == "\u3000" else character


def _close_up(text: str) -> str:
    """No space inside a Chinese name; one space inside a foreign one."""
    return re.sub(
        r"(.) (?=(.))", lambda m: m[1] if is_han(m[1]) and is_han(m[2]) else m[0], text, flags=re.DOTALL
    )


def _refuse_hidden(text: str) -> None:
    for character in text:
        if character in DROPPED or character in "\t\r\n":
            continue
        hidden = unicodedata.category(character) in {"Cc", "Cs", "Co", "Cf"}
        if hidden or ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF:
            raise NameHasHiddenCharacters(character=f"U+{ord(character):04X}")
