"""Pinyin readings of names: every reading of every character, and how surnames are read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from yiyang.people.rules.names import is_han, simplified

SURNAMES = {
    "单": "shan", "仇": "qiu", "查": "zha", "曾": "zeng", "区": "ou", "解": "xie", "乐": "yue",
    "缪": "miao", "任": "ren", "朴": "piao", "翟": "zhai", "盖": "ge", "秘": "bi", "折": "she",
    "员": "yun", "逄": "pang", "覃": "qin", "种": "chong", "那": "na", "哈": "ha", "繁": "po",
    "冼": "xian", "洗": "xian", "华": "hua", "宁": "ning", "燕": "yan", "应": "ying", "葛": "ge",
    "纪": "ji", "谌": "chen", "祭": "zhai", "召": "shao", "句": "gou", "牟": "mu", "郗": "xi",
    "郇": "xun", "隗": "wei", "褚": "chu", "柏": "bai", "卜": "bu", "晁": "chao", "乜": "nie",
    "撒": "sa", "盛": "sheng", "冯": "feng", "都": "du", "隽": "juan", "能": "nai", "适": "kuo",
    "沈": "shen", "车": "che", "石": "shi", "贾": "jia", "臧": "zang", "藏": "zang", "佘": "she",
    "尹": "yin", "尉": "wei", "余": "yu", "俞": "yu", "於": "yu", "万": "wan", "叶": "ye",
    "黑": "he", "宓": "mi", "阚": "kan", "戚": "qi", "祝": "zhu", "费": "fei", "薄": "bo",
    "过": "guo", "幸": "xing", "南": "nan", "家": "jia", "和": "he", "行": "xing", "相": "xiang",
    "重": "chong", "曲": "qu", "术": "zhu", "大": "da", "降": "jiang", "桂": "gui", "訾": "zi",
    "殷": "yin", "鲍": "bao", "吕": "lv", "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun",
    "澹台": "tan tai", "单于": "chan yu", "令狐": "ling hu", "鲜于": "xian yu", "宰父": "zai fu",
    "夏侯": "xia hou", "呼延": "hu yan", "皇甫": "huang fu", "濮阳": "pu yang", "欧阳": "ou yang",
    "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge", "东方": "dong fang", "公孙": "gong sun",
    "慕容": "mu rong", "司徒": "si tu", "申屠": "shen tu", "轩辕": "xuan yuan", "宇文": "yu wen",
    "赫连": "he lian", "闻人": "wen ren", "独孤": "du gu", "南宫": "nan gong", "西门": "xi men",
    "亓官": "qi guan", "司空": "si kong", "拓跋": "tuo ba", "端木": "duan mu", "钟离": "zhong li",
}  # fmt: skip


@cache
def _dictionary() -> Mapping[int, str]:
    """Loaded with the first name that is read: it is large."""
    from pypinyin.pinyin_dict import pinyin_dict

    readings: Mapping[int, str] = pinyin_dict
    return readings


@lru_cache(maxsize=65536)
def of_character(character: str) -> tuple[str, ...]:
    """Every reading of one character without tones, the commonest first; ü is written v."""
    known = _dictionary()
    marked = known.get(ord(character)) or known.get(ord(simplified(character)), "")
    return tuple(dict.fromkeys(_toneless(reading) for reading in marked.split(",") if reading))


@lru_cache(maxsize=65536)
def spellings(syllable: str) -> tuple[str, ...]:
    """How people type one syllable: lü is found by lv, lu and lyu."""
    if "v" not in syllable:
        return (syllable,)
    return (syllable, syllable.replace("v", "u"), syllable.replace("v", "yu"))


def of_name(name: str) -> list[tuple[str, ...]]:
    """The readings of each character of a name in search form, the likeliest first."""
    readings = [of_character(c) if is_han(c) else (c,) for c in name]
    for length in (2, 1):
        surname = SURNAMES.get(name[:length])
        if surname and len(name) > length - 1:
            for place, syllable in enumerate(surname.split()):
                readings[place] = tuple(dict.fromkeys((syllable, *readings[place])))
            break
    return [one for one in readings if one]


def sort_key(name: str) -> str:
    """The order of a register: pinyin by the likeliest reading."""
    return " ".join(one[0] for one in of_name(name))


def _toneless(reading: str) -> str:
    plain: list[str] = []
    for character in unicodedata.normalize("NFD", reading.strip()):
        if character == "\u0308":
            plain[-1] = "v"
        elif not unicodedata.combining(character):
            plain.append(character)
    return "".join(plain)
