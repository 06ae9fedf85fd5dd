"""What one version of a packet says that another did not, section by section, in the words of the reader. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from yiyang.packets.rules.reading import Shown


@dataclass(frozen=True)
class Change:
    title: Any
    new: list[str] = field(default_factory=list)
    changed: list[tuple[str, str]] = field(default_factory=list)  # as it was, as it is
    gone: list[str] = field(default_factory=list)


def changes(before: Sequence[Shown], after: Sequence[Shown]) -> list[Change]:
    """Sections that say the same are left out; what stands in several sections is told once."""
    old = {one.section.name: _said(one) for one in before}
    found, told = [], set[object]()

    def once(what: object) -> bool:
        new = what not in told
        told.add(what)
        return new

    for one in after:
        was, now_so = old.get(one.section.name, {}), _said(one)
        new = [text for key, text in now_so.items() if key not in was]
        changed = [(was[key], text) for key, text in now_so.items() if key in was and was[key] != text]
        gone = [text for key, text in was.items() if key not in now_so]
        change = Change(
            one.section.title,
            [text for text in new if once(text)],
            [pair for pair in changed if once(pair)],
            [text for text in gone if once(("gone", text))],
        )
        if change.new or change.changed or change.gone:
            found.append(change)
    return found


def _said(shown: Shown) -> dict[str, str]:
    """Each line under a name that stays the same from version to version."""
    told = {f"{line.key}#{_place(line)}": line.text for line in shown.lines}
    for part in shown.form:
        told |= {line.name: f"{line.label}：{line.text}" for line in part.lines}
        for table in part.tables:
            for row in table.rows:
                text = " · ".join(cell for cell in row if cell)
                told[f"{table.name}/{row[0] if row else ''}"] = f"{table.label}：{text}"
    return told


def _place(line: Any) -> str:
    """Of a resource that gives several lines, which one: by its title."""
    return str(line.title) if line.key.startswith(("QuestionnaireResponse/", "CareTeam/")) else ""
