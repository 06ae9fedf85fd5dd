"""Words in the form in which they are compared: width, case, accents, script and punctuation make no difference."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from zhconv import convert

LONGEST = 1000
LONGEST_READ = 60
HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
RUNS = re.compile(f"{HAN.pattern}+|[^{HAN.pattern[1:]}+")
DROPPED = re.compile(r"['’ʼ`´]")
APART = re.compile(r"[\W_]+")


def normal(text: str) -> str:
    """Compatible forms, small letters, no accents, simplified characters, words parted by one space."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold()
    if not folded.isascii():
        folded = "".join(
            one for one in unicodedata.normalize("NFD", folded) if not unicodedata.combining(one)
        )
        folded = unicodedata.normalize("NFC", folded)
        if HAN.search(folded):
            folded = convert(folded, "zh-hans")
    return APART.sub(" ", DROPPED.sub("", folded)).strip()


@lru_cache(maxsize=8192)
def forms(text: str) -> tuple[str, ...]:
    """Under which words a text is found: its own, and for Chinese its pinyin and the initials of it."""
    plain = normal(text)
    if not plain or not HAN.search(plain):
        return (plain,) if plain else ()
    from pypinyin import Style, lazy_pinyin  # large, and many processes never read Chinese

    read, initials = "", ""
    for run in RUNS.findall(plain[:LONGEST_READ]):
        if HAN.match(run):
            syllables = lazy_pinyin(run, style=Style.NORMAL)
            read += "".join(syllables)
            initials += "".join(one[0] for one in syllables)
        else:
            read, initials = read + run, initials + run
    return tuple(dict.fromkeys((plain, read, initials)))


def is_han(text: str) -> bool:
    return bool(HAN.search(text))
