"""Policy packs: rules that differ by city and year, as versioned rows with jurisdiction, validity and source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from yiyang.ops.config import config

PACKS = Path(__file__).parent / "policy_packs"
CONFIRMED, TO_BE_CONFIRMED = "confirmed", "to be confirmed by the district"


class BadPack(ValueError):
    """A pack that cannot be used; says which row and why."""


@dataclass(frozen=True)
class Row:
    """One rule: what holds, where, from when to when, and who says so."""

    key: str
    value: Any
    unit: str
    jurisdiction: str
    valid_from: date
    valid_to: date | None
    source: str
    status: str
    note: str = ""
    zh: str = ""  # what the rule is about, for those who confirm it; the note says it in English

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    @property
    def confirmed(self) -> bool:
        return self.status == CONFIRMED


class NoPolicy(LookupError):
    """No row of the pack answers this question on this day: the pack must be completed."""


def policy(key: str, on: date) -> Row:
    """The row for a key on a day; NoPolicy when the pack has none."""
    for row in rows(config.policy_pack):
        if row.key == key and row.valid_on(on):
            return row
    raise NoPolicy(f"{config.policy_pack}: no row for {key} on {on}")


@lru_cache(maxsize=8)
def rows(pack: str) -> tuple[Row, ...]:
    """All rows of a pack (a shipped name or a path), checked."""
    path = PACKS / f"{pack}.toml" if not pack.endswith(".toml") else Path(pack)
    data = tomllib.loads(path.read_text())
    found = tuple(_row(path.name, data["pack"], entry) for entry in data["row"])
    _no_overlaps(path.name, found)
    return found


def _row(file: str, pack: dict[str, Any], entry: dict[str, Any]) -> Row:
    for name in ("key", "value"):
        if name not in entry:
            raise BadPack(f"{file}: a row lacks {name}: {entry}")
    source = entry.get("source", "")
    row = Row(
        key=entry["key"],
        value=entry["value"],
        unit=entry.get("unit", ""),
        jurisdiction=entry.get("jurisdiction", pack["jurisdiction"]),
        valid_from=entry.get("valid_from", pack["valid_from"]),
        valid_to=entry.get("valid_to"),
        source=source,
        status=entry.get("status", CONFIRMED if source else TO_BE_CONFIRMED),
        note=entry.get("note", ""),
        zh=entry.get("zh", ""),
    )
    if row.valid_to and row.valid_to <= row.valid_from:
        raise BadPack(f"{file}: {row.key} ends before it begins")
    if row.confirmed and not row.source:
        raise BadPack(f"{file}: {row.key} is confirmed but names no source")
    return row


def _no_overlaps(file: str, found: tuple[Row, ...]) -> None:
    for index, one in enumerate(found):
        for other in found[index + 1 :]:
            if (
                one.key == other.key
                and one.valid_on(max(one.valid_from, other.valid_from))
                and other.valid_on(max(one.valid_from, other.valid_from))
            ):
                raise BadPack(f"{file}: two rows for {one.key} are valid at once")
