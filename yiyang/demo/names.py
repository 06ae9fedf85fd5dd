"""Made-up people: Chinese names as they were given in their years, valid check digits, no real telephones."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from yiyang.people.rules.documents import check_digit

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏锺汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
RARE = ["单", "仇", "查", "区", "解", "乐", "缪", "欧阳", "司马", "上官", "诸葛", "尉迟", "万俟"]
WOMEN = [
    "秀英",
    "桂英",
    "玉兰",
    "凤英",
    "淑珍",
    "桂兰",
    "秀兰",
    "玉珍",
    "淑英",
    "秀珍",
    "桂珍",
    "兰英",
    "素珍",
    "月英",
    "美英",
    "翠英",
    "金凤",
    "惠芳",
    "雅琴",
    "静芬",
    "佩华",
    "丽华",
    "慧娟",
    "文秀",
]
MEN = [
    "建国",
    "国华",
    "志明",
    "德福",
    "金根",
    "阿根",
    "宝根",
    "福生",
    "永康",
    "长根",
    "国强",
    "文彬",
    "家骏",
    "伯年",
    "海生",
    "荣华",
    "祥生",
    "振华",
    "志刚",
    "明德",
    "根宝",
    "大伟",
    "学文",
    "兆林",
]
CHILDREN = [
    "敏",
    "静",
    "伟",
    "强",
    "丽",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀霞",
    "建平",
    "晓燕",
    "文斌",
    "志勇",
    "海燕",
]
MARKED_PHONE = "199000"  # followed by five digits that were never handed out: these numbers ring nowhere


def surname(chance: Random) -> str:
    """Frequent surnames often, those with a second reading now and then."""
    if chance.random() < 0.02:
        return chance.choice(RARE)
    return SURNAMES[int(len(SURNAMES) * chance.random() ** 2.2)]


def elder_name(chance: Random, *, female: bool) -> str:
    return surname(chance) + chance.choice(WOMEN if female else MEN)


def child_name(chance: Random, family_name: str) -> str:
    return family_name + chance.choice(CHILDREN)


def birthday(chance: Random, today: date) -> date:
    """Ages 60 to 102, most of them 75 to 88."""
    years = min(102.0, max(60.0, chance.gauss(80, 8)))
    return today - timedelta(days=int(years * 365.25) + chance.randrange(365))


def id_number(area: str, born_on: date, serial: int, *, female: bool) -> str:
    """A citizen number with a valid check digit, in the area given; odd serials are men's."""
    sequence = (serial * 2 + (0 if female else 1)) % 1000
    seventeen = f"{area[:6]}{born_on:%Y%m%d}{sequence:03d}"
    return seventeen + check_digit(seventeen)


def phone(chance: Random) -> str:
    return f"{MARKED_PHONE}{chance.randrange(100000):05d}"
