"""A table of codes: what it says of itself in lines that begin with #, a header, and a row for each code.

Headings may be English or Chinese; a heading that is not known becomes a property. With a column for the system, the
rows name codes of other systems: the file is a value set.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from yiyang.records.r4 import texts
from yiyang.records.terms.concepts import CodeTable, Concept, System, ValueSet, all_above, found_by

if TYPE_CHECKING:
    from yiyang.records.terms.files import Faults

SAYS = {
    "url": "url system 地址 系统标识 编码体系",
    "version": "version 版本",
    "name": "name",
    "title": "title",
    "title_zh": "title_zh 名称 标题",
    "licence": "licence license copyright 许可 授权",
    "source": "source publisher 来源",
    "uses": "uses used_for use 用途",
    "value_set": "value_set valueset",
    "hierarchy": "hierarchy 层级",
}
HEADINGS = {
    "system": "system 编码体系 系统",
    "code": "code 编码 代码 诊断代码 诊断编码 疾病编码 药品代码 药品编码 项目代码 项目编码 医保编码 国家编码",
    "display": "display name english 英文名称 英文名",
    "display_zh": "display_zh chinese 名称 中文名称 诊断名称 疾病名称 药品名称 通用名 通用名称 项目名称 注册名称",
    "parent": "parent parents 上级 上级编码 上级代码 父级编码 父编码",
    "pinyin": "pinyin 拼音 拼音码 简拼 助记码",
    "active": "active 有效 是否有效 启用 状态",
    "definition": "definition 定义 说明 项目内涵",
}
YES, NO = (
    ["1", "true", "yes", "y", "是", "有效", "启用", "在用"],
    ["0", "false", "no", "n", "否", "无效", "停用", "作废", "废止"],
)
PREFIX = ("prefix", "前缀")
BY_SAYS = {word: key for key, words in SAYS.items() for word in words.split()}
BY_HEADING = {word: key for key, words in HEADINGS.items() for word in words.split()}
LONGEST_CELL = 20_000


def read(text: str, faults: Faults) -> CodeTable | ValueSet | None:
    lines = text.splitlines()
    told: dict[str, str] = {}
    first = 0
    for first, line in enumerate(lines):
        if not line.startswith("#") and line.strip(" ,;\t"):
            break
        if line.startswith("#"):
            _say(line, told, first + 1, faults)
    sign = max("\t,;", key=lines[first].count) if lines else ","
    rows = csv.reader(io.StringIO("\n".join(lines[first:])), delimiter=sign)
    if told.get("hierarchy", "") not in ("", *PREFIX):
        faults.add(_("“hierarchy” is “prefix” or left out."))
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_CELL))
    try:
        columns = [_column(one) for one in next(rows, [])]
        if "code" not in columns:
            faults.add(_("The header has no column “code” (编码)."))
            return None
        cells = [
            (first + rows.line_num, dict(zip(columns, row, strict=False)))
            for row in rows
            if any(c.strip() for c in row)
        ]
    except csv.Error:
        faults.add(_("Row {row} cannot be read as CSV.").format(row=first + rows.line_num))
        return None
    for double in {one for one in columns if one and columns.count(one) > 1}:
        faults.add(_("The header has “{name}” twice.").format(name=double))
    uses = tuple(told.pop("uses", "").upper().replace(",", " ").replace("，", " ").split())
    tree = told.pop("hierarchy", "") in PREFIX
    about = replace(System(told.pop("url", ""), uses=uses), **told)  # type: ignore[arg-type]
    return _set(about, cells, faults) if "system" in columns else _table(about, cells, tree, faults)


def _say(line: str, told: dict[str, str], row: int, faults: Faults) -> None:
    """`# title: words`; in a spreadsheet's file the words may stand in the next cell."""
    words = line.lstrip("# \t").rstrip(' ,;\t"')
    for sign in (":", "：", ",", "\t"):
        name, found, value = words.partition(sign)
        key = BY_SAYS.get(name.strip().lower())
        if found and key:
            told[key] = value.strip(' "\t,')
            return
    faults.add(
        _("Row {row}: “{text}” says nothing that is known. A line such as “# title: …” is meant.").format(
            row=row, text=words[:60]
        )
    )


def _column(heading: str) -> str:
    heading = heading.strip().lstrip("\ufeff")
    return BY_HEADING.get(heading.lower(), heading)


def _table(about: System, cells: list[tuple[int, dict[str, str]]], tree: bool, faults: Faults) -> CodeTable:
    rows: dict[str, dict[str, str]] = {}
    for number, row in cells:
        code = _cell(row, "code")
        if not code:
            faults.add(_("Row {row}: the code is missing.").format(row=number))
        elif code in rows:
            faults.add(_("Row {row}: the code “{code}” stands twice.").format(row=number, code=code))
        elif not (_cell(row, "display") or _cell(row, "display_zh")):
            faults.add(_("Row {row}: “{code}” has no words.").format(row=number, code=code))
        else:
            rows[code] = row
        if _cell(row, "active").lower() not in ("", *YES, *NO):
            faults.add(
                _("Row {row}: “{value}” is neither yes nor no (是, 否).").format(
                    row=number, value=_cell(row, "active")[:60]
                )
            )
        if any("\0" in (one or "") for one in row.values()):
            faults.add(_("Row {row}: a character cannot be kept (NUL).").format(row=number))
    parents = {code: _parents(code, row, rows, tree) for code, row in rows.items()}
    above = all_above(parents)
    return CodeTable(
        about, tuple(_concept(code, row, parents[code], above[code]) for code, row in rows.items())
    )


def _parents(code: str, row: dict[str, str], rows: dict[str, Any], tree: bool) -> tuple[str, ...]:
    """The codes that the row names; or with a hierarchy by prefix the longest code that this one begins with."""
    named = tuple(one for one in _cell(row, "parent").replace("|", " ").replace(";", " ").split() if one)
    if named or not tree:
        return named
    return next(((code[:end],) for end in range(len(code) - 1, 0, -1) if code[:end] in rows), ())


def _concept(code: str, row: dict[str, str], parents: tuple[str, ...], above: tuple[str, ...]) -> Concept:
    display, chinese = _cell(row, "display"), _cell(row, "display_zh")
    if display and not chinese and texts.is_han(display):
        chinese = display
    return Concept(
        system="",
        code=code,
        display=display,
        display_zh=chinese,
        definition=_cell(row, "definition"),
        parents=parents,
        above=above,
        active=_cell(row, "active").lower() not in NO,
        properties={
            key: value.strip()
            for key, value in row.items()
            if key and key not in HEADINGS and value and value.strip()
        },
        words=found_by(code, display, chinese, extra=texts.normal(_cell(row, "pinyin"))),
    )


def _set(about: System, cells: list[tuple[int, dict[str, str]]], faults: Faults) -> ValueSet:
    by_system: dict[str, dict[str, dict[str, Any]]] = {}
    for number, row in cells:
        system, code = _cell(row, "system"), _cell(row, "code")
        listed = by_system.setdefault(system, {})
        if not system or not code:
            faults.add(_("Row {row}: system or code is missing.").format(row=number))
        elif code in listed:
            faults.add(_("Row {row}: the code “{code}” stands twice.").format(row=number, code=code))
        listed[code] = dict(_named(code, row))
    include = [{"system": system, "concept": list(codes.values())} for system, codes in by_system.items()]
    return ValueSet(about, {"include": include})


def _named(code: str, row: dict[str, str]) -> Iterator[tuple[str, Any]]:
    yield "code", code
    display, chinese = _cell(row, "display"), _cell(row, "display_zh")
    if display or chinese:
        yield "display", display or chinese
    if chinese:
        yield "designation", [{"language": "zh", "value": chinese}]


def _cell(row: dict[str, str], name: str) -> str:
    return (row.get(name) or "").strip()
