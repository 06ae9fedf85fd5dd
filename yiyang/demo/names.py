"""Made-up people: Chinese names as they were given in their years, valid check digits, no real telephones."""

from __future__ import annotations

from dataclasses import dataclass
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
# Women | men. People of these kinds have no surname; some carry the father's name behind a dot.
OTHER_NAMES = {
    "UYGHUR": "阿依古丽 热依汗古丽 帕提古丽 古丽娜尔 阿娜尔汗 玛依努尔 再娜甫 阿米娜 祖丽菲亚 吐尔逊古丽"
    "|买买提 吐尔逊 艾力 阿不都热合曼 玉素甫 依明 卡德尔 司马义 亚森 库尔班 尼亚孜 托乎提",
    "KAZAKH": "阿依努尔 古丽扎提 巴合提古丽 加依娜 库丽帕西|努尔兰 叶尔兰 哈那提 巴合提别克 木拉提 赛力克",
    "TIBETAN": "卓玛央金 次仁拉姆 德吉卓嘎 白玛曲珍 格桑央宗 达瓦卓玛|扎西多吉 次仁顿珠 尼玛扎西 巴桑次仁 格桑旺堆 洛桑丹增",
    "MONGOL": "乌云其其格 萨仁高娃 娜仁花 其木格 斯琴高娃|巴特尔 布和 朝鲁 苏和 那顺巴雅尔 孟和",
}
WITH_FATHERS_NAME = {"UYGHUR", "KAZAKH"}
MARKED_PHONE = "199000"  # followed by five digits that were never handed out: these numbers ring nowhere


def surname(chance: Random) -> str:
    """Frequent surnames often, those with a second reading now and then."""
    if chance.random() < 0.02:
        return chance.choice(RARE)
    return SURNAMES[int(len(SURNAMES) * chance.random() ** 2.2)]


@dataclass(frozen=True)
class Name:
    """A full name, how its bearer is spoken to, and what a child of theirs is called."""

    full: str
    called: str
    child: str


def elder_name(chance: Random, *, female: bool, kind: str = "HAN") -> Name:
    """With a surname, or with the father's name behind a dot, or with neither."""
    if kind == "HAN":
        family = surname(chance)
        his = surname(chance) if female else family
        return Name(family + chance.choice(WOMEN if female else MEN), family, his + chance.choice(CHILDREN))
    women, men = (part.split() for part in OTHER_NAMES[kind].split("|"))
    given = chance.choice(women if female else men)
    father, sibling = chance.choice(men), chance.choice(women + men)
    if kind in WITH_FATHERS_NAME:
        his = chance.choice(men) if female else given
        return Name(f"{given}·{father}", given, f"{sibling}·{his}")
    return Name(given, given, sibling)


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
