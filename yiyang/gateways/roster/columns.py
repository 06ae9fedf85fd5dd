"""The columns of a roster: what they are called, what they may hold. The template is made from this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.access.bed_kinds import BedKind
from yiyang.access.organisation_kinds import OperatorKind, OrganisationKind
from yiyang.access.roles import ROLES
from yiyang.devices.rules.kinds import Datum, DeviceKind
from yiyang.people.rules.documents import DocumentKind, Sex
from yiyang.people.rules.kinds import InsuranceKind, Kinship


class BadCell(ValueError):
    """What is wrong with one cell, in words."""


def text(value: str) -> str:
    return value


def day(value: str) -> date:
    """2024-05-31, 2024/5/31 or 20240531."""
    for shape in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(value, shape).date()  # noqa: DTZ007
        except ValueError:
            continue
    raise BadCell(_("This is not a date. Write it as 1940-05-31."))


def hour(value: str) -> time:
    """08:00, 8:00, 0800 or 24:00, which is midnight at the end of the day."""
    plain = value.replace("：", ":").removesuffix(":00") if value.count(":") > 1 else value.replace("：", ":")
    if plain in ("24:00", "2400"):
        return time(0, 0)
    for shape in ("%H:%M", "%H%M"):
        try:
            return datetime.strptime(plain.zfill(4 if shape == "%H%M" else 5), shape).time()  # noqa: DTZ007
        except ValueError:
            continue
    raise BadCell(_("This is not an hour. Write it as 08:00."))


def number(value: str) -> int:
    plain = value.removesuffix(".0")
    if not plain.isdigit() or len(plain) > 6:
        raise BadCell(_("This is not a whole number between 0 and 999999."))
    return int(plain)


def yes_or_no(value: str) -> bool:
    if value.lower() in ("1", "true", "yes", "y", "是", "有"):
        return True
    if value.lower() in ("0", "false", "no", "n", "否", "无"):
        return False
    raise BadCell(_("Write yes or no."))


def one_of(choices: Any) -> Callable[[str], str]:
    """A code, or its label in either language."""
    pairs = [(str(code), str(label)) for code, label in choices]

    def read(value: str) -> str:
        for code, label in pairs:
            if value.upper() == code or value == label:
                return code
        raise BadCell(_("Write one of: %(codes)s.") % {"codes": ", ".join(code for code, _label in pairs)})

    return read


def several_of(choices: Any) -> Callable[[str], list[str]]:
    one = one_of(choices)
    return lambda value: [
        one(part.strip()) for part in value.replace("、", ",").replace(";", ",").split(",") if part.strip()
    ]


@dataclass(frozen=True)
class Column:
    name: str
    zh: str
    en: str
    read: Callable[[str], Any] = text
    required: bool = False
    example: str = ""


ROLE_CHOICES = [(code, role.zh) for code, role in ROLES.items()]
DIRECTIONS = [("OUT", "转出"), ("BACK", "转回")]

SHEETS: dict[str, tuple[Column, ...]] = {
    "organisations": (
        Column("code", "机构代码", "code", required=True, example="H31010600001"),
        Column("kind", "机构类型", "kind", one_of(OrganisationKind.choices), True, "INSTITUTION"),
        Column("name_zh", "机构名称", "name", required=True, example="示例养老院"),
        Column("name_en", "英文名称", "english name"),
        Column("area", "区划代码", "area", required=True, example="310106006"),
        Column("parent_code", "上级机构代码", "parent code"),
        Column("operator_kind", "运营方式", "operator", one_of(OperatorKind.choices)),
        Column("address", "地址", "address"),
        Column("phone", "电话", "phone"),
        Column("night_contact", "夜间联系人", "night contact"),
        Column("member_unit", "五床联动签约单位", "member unit", yes_or_no, example="是"),
        Column("licence_number", "许可或备案编号", "licence number"),
        Column("licence_from", "许可起始日期", "licence from", day),
        Column("licence_to", "许可截止日期", "licence to", day),
        *(
            Column(
                f"approved_{kind.value.lower()}",
                f"核定床位-{kind.char}",
                f"approved {kind.value.lower()}",
                number,
            )
            for kind in BedKind
        ),
    ),
    "staff": (
        Column("login", "登录名", "login", required=True, example="zhang.min"),
        Column("name", "姓名", "name", required=True, example="张敏"),
        Column("unit_code", "机构代码", "unit code", required=True),
        Column("role", "角色", "role", one_of(ROLE_CHOICES), True, "CARE_HOME_NURSE"),
        Column("post_title", "岗位名称", "post title"),
    ),
    "beds": (
        Column("unit_code", "机构代码", "unit code", required=True),
        Column("kind", "床位种类", "bed kind", one_of(BedKind.choices), True, "INSTITUTION"),
        Column("label", "床号", "bed label", required=True, example="301A"),
        Column("ward", "病区或楼层", "ward", example="三楼"),
        Column("room", "房间", "room", example="301"),
        Column(
            "features",
            "设施",
            "features",
            several_of(
                [
                    (f, f)
                    for f in (
                        "OXYGEN",
                        "SUCTION",
                        "ISOLATION",
                        "DEMENTIA_SAFE",
                        "BARIATRIC",
                        "MONITOR",
                        "WHEELCHAIR",
                    )
                ]
            ),
        ),
        Column("extra", "加床", "extra bed", yes_or_no),
    ),
    "people": (
        Column("full_name", "姓名", "full name", required=True, example="王秀英"),
        Column(
            "document_kind", "证件类型", "document kind", one_of(DocumentKind.choices), example="RESIDENT_ID"
        ),
        Column("document_number", "证件号码", "document number", example="31010619400101123 + 校验码"),
        Column("sex", "性别", "sex", one_of([*Sex.choices, ("FEMALE", "女"), ("MALE", "男")])),
        Column("born_on", "出生日期", "date of birth", day),
        Column("phone", "电话", "phone"),
        Column("residence_area", "居住地区划代码", "residence area", example="310106006002"),
        Column("residence_address", "居住地址", "residence address"),
        Column("residence_floor", "楼层", "floor"),
        Column("residence_has_lift", "有无电梯", "lift", yes_or_no),
        Column("registered_area", "户籍地区划代码", "registered area"),
        Column("registered_address", "户籍地址", "registered address"),
        Column("languages", "语言", "languages"),
        Column("form_of_address", "称呼", "form of address"),
        Column("insurance", "医保类型", "insurance", one_of(InsuranceKind.choices)),
        Column("contact_name", "联系人", "contact"),
        Column("contact_kinship", "与老人关系", "contact kinship", one_of(Kinship.choices)),
        Column("contact_phone", "联系人电话", "contact phone"),
    ),
    "contracts": (
        Column("number", "协议编号", "contract number", required=True),
        Column("first_code", "甲方机构代码", "first code", required=True),
        Column("second_code", "乙方机构代码", "second code", required=True),
        Column(
            "bed_kinds", "床位种类", "bed kinds", several_of(BedKind.choices), True, "HOSPITAL, HOME_MEDICAL"
        ),
        Column("directions", "方向", "directions", several_of(DIRECTIONS), True, "OUT, BACK"),
        Column("valid_from", "生效日期", "valid from", day, True),
        Column("valid_to", "截止日期", "valid to", day),
        Column("daily_quota", "每日名额", "daily quota", number),
        Column("designated_order", "优先顺序", "designated order", number),
        Column("night_contact", "夜间联系人", "night contact"),
    ),
    "shifts": (
        Column("on", "日期", "day", day, True, "2026-11-23"),
        Column("post", "岗位", "post", required=True, example="NIGHT_DUTY · 总值班"),
        Column("staff", "值班人", "on duty", required=True, example="zhang.min · 张敏"),
        Column("begins", "上班", "from", hour, True, "20:00"),
        Column("ends", "下班", "until", hour, True, "08:00"),
        Column("telephone", "值班电话", "telephone"),
        Column("deputy", "替班人", "deputy"),
        Column("deputy_telephone", "替班人电话", "deputy telephone"),
        Column("also_elsewhere", "兼岗理由", "why on two posts"),
        Column("unit_code", "机构代码", "unit code"),
    ),
    "devices": (
        Column("kind", "设备种类", "device kind", one_of(DeviceKind.choices), True, "BRACELET"),
        Column("serial", "序列号", "serial number", required=True, example="B2-000417"),
        Column("model", "厂家和型号", "maker and model"),
        Column("urn", "报文标识", "name in messages", example="urn:dev:mac:001a2b3c4d5e"),
        Column("firmware", "固件版本", "firmware"),
        Column("udi", "UDI", "device identification", example="(01)06901234567892(21)B2-000417"),
        Column("datum", "坐标系", "coordinates", one_of(Datum.choices)),
        Column("expected_seconds", "上报间隔秒", "seconds", number),
        Column("unit_code", "机构代码", "unit code"),
    ),
}

TITLES = {
    "organisations": ("机构", gettext_lazy("organisations")),
    "staff": ("员工", gettext_lazy("staff")),
    "beds": ("床位", gettext_lazy("beds")),
    "people": ("人员", gettext_lazy("people")),
    "contracts": ("协议", gettext_lazy("contracts")),
    "shifts": ("排班", gettext_lazy("shifts")),
    "devices": ("设备", gettext_lazy("devices")),
}


def column_called(sheet: str, heading: str) -> Column | None:
    """The column with this heading, by its code, its Chinese or its English name."""
    wanted = heading.strip().lower().removesuffix("*").strip()
    return next((c for c in SHEETS[sheet] if wanted in (c.name, c.zh.lower(), c.en)), None)


def sheet_of(headings: list[str]) -> str | None:
    """Which kind of sheet these headings are: the one that knows all of them and has all that it requires."""
    for sheet, columns in SHEETS.items():
        known = [column_called(sheet, heading) for heading in headings]
        required = {column.name for column in columns if column.required}
        if all(known) and required <= {column.name for column in known if column}:
            return sheet
    return None
