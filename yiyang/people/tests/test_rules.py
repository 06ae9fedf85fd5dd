from __future__ import annotations

from datetime import date

import pytest

from yiyang.kernel.refusals import Refusal
from yiyang.people.rules import ages, documents, names, numbers
from yiyang.people.rules.search import KEYS, search_keys, span

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "typed", "expected"),
    [
        # kind                | typed                    | kept, birth, sex   or the code of the refusal
        ("RESIDENT_ID", "11010519491231002X", ("11010519491231002X", date(1949, 12, 31), "FEMALE")),
        ("RESIDENT_ID", "11010519491231002x", ("11010519491231002X", date(1949, 12, 31), "FEMALE")),
        ("RESIDENT_ID", " 440524 18800101 0014 ", ("440524188001010014", date(1880, 1, 1), "MALE")),
        (
            "RESIDENT_ID",
            "３１０１０６１９４００１０１１２３３",
            ("310106194001011233", date(1940, 1, 1), "MALE"),
        ),
        ("RESIDENT_ID", "310106194001011234", "DOCUMENT_CHECK_DIGIT_WRONG"),
        ("RESIDENT_ID", "310106194013011236", "DOCUMENT_BIRTH_DATE_IMPOSSIBLE"),
        ("RESIDENT_ID", "310106290001011230", "DOCUMENT_CHECK_DIGIT_WRONG"),
        ("RESIDENT_ID", "310106400101123", ("310106400101123", date(1940, 1, 1), "MALE")),
        ("RESIDENT_ID", "31010640010112", "DOCUMENT_NUMBER_MALFORMED"),
        ("RESIDENT_ID", "810000194001011239", "DOCUMENT_NUMBER_MALFORMED"),
        ("RESIDENT_ID", "'; drop table", "DOCUMENT_NUMBER_MALFORMED"),
        ("RESIDENT_ID", "", "DOCUMENT_NUMBER_MALFORMED"),
        ("HOUSEHOLD_REGISTER", "310106194001011233", ("310106194001011233", date(1940, 1, 1), "MALE")),
        ("HMT_RESIDENCE_PERMIT", "810000199408230021", ("810000199408230021", date(1994, 8, 23), "FEMALE")),
        ("HMT_RESIDENCE_PERMIT", "310106194001011233", "DOCUMENT_NUMBER_MALFORMED"),
        ("PERMANENT_RESIDENCE", "ABC123456789012", ("ABC123456789012", None, None)),
        ("PERMANENT_RESIDENCE", "12345", "DOCUMENT_NUMBER_MALFORMED"),
        ("PASSPORT", "e12345678", ("E12345678", None, None)),
        ("PASSPORT", "JPN:TR1234567", ("JPN:TR1234567", None, None)),
        ("PASSPORT", "abcdef", "DOCUMENT_NUMBER_MALFORMED"),
        ("HEALTH_RECORD_CODE", "310106-006-002-00001", ("31010600600200001", None, None)),
        ("HEALTH_RECORD_CODE", "3101060060020000", "DOCUMENT_NUMBER_MALFORMED"),
    ],
)
def test_a_document_number_is_read_or_refused(kind, typed, expected):
    if isinstance(expected, str):
        with pytest.raises(Refusal) as refused:
            documents.read(kind, typed, TODAY)
        assert refused.value.code == expected
        return

    found = documents.read(kind, typed, TODAY)

    assert (found.value, found.born_on, found.sex) == expected


def test_the_old_and_the_new_number_of_a_card_match():
    old = documents.read("RESIDENT_ID", "310106400101123", TODAY)
    new = documents.read("RESIDENT_ID", "310106194001011233", TODAY)
    register = documents.read("HOUSEHOLD_REGISTER", "310106194001011233", TODAY)

    assert (old.family, old.match) == (new.family, new.match) == (register.family, register.match)


def test_a_masked_number_tells_two_apart_but_is_of_no_use():
    assert documents.masked("310106194001011233") == "3101**********1233"
    assert numbers.masked_phone("13912345678") == "139****5678"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 王 秀　英 ", "王秀英"),
        ("买买提 • 吐尔逊", "买买提·吐尔逊"),
        ("买买提・吐尔逊", "买买提·吐尔逊"),
        ("买买提.吐尔逊", "买买提·吐尔逊"),
        ("买买提‧吐尔逊", "买买提·吐尔逊"),
        ("ＪＯＨＮ   smith", "JOHN smith"),
        ("张\u200b三\ufeff", "张三"),
        ("张𠅤", "张𠅤"),
        ("𰻝𰻝", "𰻝𰻝"),
    ],
)
def test_a_name_is_kept_in_one_form(typed, kept):
    assert names.normal(typed) == kept


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "NAME_MISSING"),
        ("  · ", "NAME_MISSING"),
        ("<b>王</b>", "NAME_HAS_MARKUP"),
        ("王&#60;英", "NAME_HAS_MARKUP"),
        ("王＜script＞", "NAME_HAS_MARKUP"),
        ("王\x00英", "NAME_HAS_HIDDEN_CHARACTERS"),
        ("王\ud83d英", "NAME_HAS_HIDDEN_CHARACTERS"),
        ("王\x1b[31m", "NAME_HAS_HIDDEN_CHARACTERS"),
        ("王\u202e英", "NAME_HAS_HIDDEN_CHARACTERS"),
        ("王" * 61, "NAME_TOO_LONG"),
    ],
)
def test_a_name_that_cannot_be_is_refused(typed, code):
    with pytest.raises(Refusal) as refused:
        names.normal(typed)

    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("单雄信", "shan"), ("单雄信", "dan"), ("单雄信", "shanxiongxin"), ("仇英", "qiuying"), ("仇英", "chou"),
        ("查良镛", "zhaliangyong"), ("查良镛", "cha"), ("曾国藩", "zeng"), ("曾国藩", "ceng"),
        ("区大相", "ou"), ("区大相", "qu"), ("解缙", "xiejin"), ("解缙", "jie"), ("乐毅", "yueyi"),
        ("乐毅", "le"), ("缪荃孙", "miao"), ("缪荃孙", "mou"), ("任弼时", "renbishi"),
        ("吕洞宾", "lv"), ("吕洞宾", "lu"), ("吕洞宾", "lü"), ("吕洞宾", "lyu"), ("吕洞宾", "lvdongbin"),
        ("吕洞宾", "lyudongbin"), ("吕洞宾", "LÜ Dòngbīn"), ("尉迟恭", "yuchi"), ("尉迟恭", "yuchigong"),
        ("尉迟恭", "weichi"), ("万俟卨", "moqi"), ("万俟卨", "moqixie"), ("王秀英", "王"), ("王秀英", "秀"),
        ("王秀英", "秀英"), ("王秀英", "wxy"), ("王秀英", "xy"), ("王秀英", "wang xiu"), ("王秀英", "WANG"),
        ("張國榮", "张国荣"), ("张国荣", "張國榮"), ("买买提·吐尔逊", "买买提•吐"), ("买买提·吐尔逊", "吐尔逊"),
        ("买买提·吐尔逊", "tuerxun"), ("John Smith", "smith"), ("John Smith", "johnsmith"), ("张𠅤", "𠅤"),
        ("王乐民", "wangyuemin"), ("王乐民", "wangle"), ("欧阳修", "ouyangx"),
    ],
)  # fmt: skip
def test_a_person_is_found_by(name, typed):
    start, end = span(typed)

    assert any(start <= key < end for key in search_keys(name))


def test_keys_stay_few():
    assert len(search_keys("王秀英")) <= 16
    assert len(search_keys("乐单曾解", "查仇区缪", "买买提·吐尔逊江·阿卜杜拉", "A B C D E F")) <= KEYS


def test_nothing_to_look_for():
    assert span(" ·  ") is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("139 1234 5678", "13912345678"),
        ("+86 139-1234-5678", "13912345678"),
        ("021-62530000", "02162530000"),
        ("021-62530000转8", "02162530000x8"),
        ("62530000", "62530000"),
        ("+81 90 1234 5678", "+819012345678"),
        ("12345", None),
        ("十三九", None),
        ("0" * 40, None),
    ],
)
def test_a_phone_is_kept_as_digits(typed, kept):
    if kept is None:
        with pytest.raises(numbers.PhoneMalformed):
            numbers.phone(typed)
    else:
        assert numbers.phone(typed) == kept


@pytest.mark.parametrize(
    ("born_on", "on", "years"),
    [
        (date(1940, 2, 29), date(2026, 2, 28), 85),
        (date(1940, 2, 29), date(2026, 3, 1), 86),
        (date(1940, 11, 22), TODAY, 86),
        (date(1940, 11, 23), TODAY, 85),
    ],
)
def test_age(born_on, on, years):
    assert ages.age(born_on, on) == years


@pytest.mark.parametrize("born_on", [date(2026, 11, 23), date(1895, 1, 1), date(2526, 1, 1)])
def test_nobody_is_younger_than_nothing_or_older_than_130(born_on):
    with pytest.raises(ages.BirthDateImpossible):
        ages.possible(born_on, TODAY)
