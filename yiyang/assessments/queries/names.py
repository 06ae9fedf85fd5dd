"""What instruments, their parts and answers are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext

from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.models import Instrument
from yiyang.assessments.rules.instruments import Instrument as Content


def contents(codes: Iterable[str]) -> dict[str, Content]:
    """The newest version in use of each of these instruments."""
    rows = Instrument.objects.filter(code__in=list(codes), retired_at=None)
    return {one.code: content_of(one) for one in rows.order_by("code", "-serial").distinct("code")}


class Names:
    """Of the instruments that somebody has read."""

    def __init__(self, known: dict[str, Content]) -> None:
        self.known = known

    def instrument(self, code: str) -> str:
        found = self.known.get(code)
        return str(found.title) if found else code

    def part(self, instrument: str, about: str, item: str) -> str:
        found = self.known.get(instrument)
        if about == "level":
            return pgettext("assessment", "level")
        if about == "total":
            return str(found.total.title) if found and found.total else pgettext("assessment", "total")
        if found is None:
            return item
        if about == "subscore":
            part = found.subscore(item)
            return str(part.title) if part else item
        return str(found.by_code[item].text) if item in found.by_code else item

    def value(self, about: str, instrument: str, item: str, code: Any) -> str:
        found = self.known.get(instrument)
        if found is None:
            return _plain(code)
        if about == "level":
            band = found.band(str(code))
            return str(band.title) if band else str(code)
        option = found.by_code[item].option(str(code)) if item in found.by_code else None
        return str(option.text) if option else _plain(code)


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
