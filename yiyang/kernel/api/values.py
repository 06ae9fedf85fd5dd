"""The values that a body or a query may hold: strict, bounded, the same in the check and in the document."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Choices
from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    Strict,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError, core_schema

EARLIEST = datetime(1850, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
INSTANT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
BREAKS = re.compile(r"[\r\n\u2028\u2029]")
# Control characters, lone surrogates and what is no character at all: they cannot be kept, or not be seen.
UNKEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)


def _id(given: Any) -> UUID:
    if isinstance(given, UUID):
        return given
    if not isinstance(given, str) or not ID.fullmatch(given):
        raise PydanticCustomError("id_malformed", "not an id")
    return UUID(given)


def _instant(given: Any) -> datetime:
    if isinstance(given, str):
        given = _parsed_instant(given)
    if not isinstance(given, datetime) or given.tzinfo is None:
        raise PydanticCustomError("instant_malformed", "not an instant with its time zone")
    if not EARLIEST <= given < LATEST:
        raise PydanticCustomError("date_out_of_range", "not between 1850 and 2200")
    return given


def _parsed_instant(text: str) -> datetime | None:
    if not INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper().replace(" ", "T"))
    except ValueError:
        return None


def _day(given: Any) -> date:
    if isinstance(given, str):
        given = _parsed_day(given)
    if not isinstance(given, date) or isinstance(given, datetime):
        raise PydanticCustomError("day_malformed", "not a date as YYYY-MM-DD")
    if not EARLIEST.date() <= given < LATEST.date():
        raise PydanticCustomError("date_out_of_range", "not between 1850 and 2200")
    return given


def _parsed_day(text: str) -> date | None:
    if not DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _one_line(given: Any) -> Any:
    if isinstance(given, str) and UNKEPT.search(given):
        raise PydanticCustomError("characters", "control characters")
    if isinstance(given, str) and BREAKS.search(given):
        raise PydanticCustomError("line_breaks", "one line only")
    return given


def _whole(given: Any) -> int:
    """A whole number as a query writes it."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if not isinstance(given, str) or not WHOLE.fullmatch(given):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return int(given)


def _flag(given: Any) -> bool:
    if given in (True, "true"):
        return True
    if given in (False, "false"):
        return False
    raise PydanticCustomError("bool_parsing", "not true or false")


class OneOf:
    """One of the codes of a list; in the document they are named, so that a client can choose."""

    def __init__(self, choices: type[Choices] | list[str]) -> None:
        self.codes = [str(code) for code in (choices if isinstance(choices, list) else choices.values)]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return core_schema.literal_schema(self.codes)

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": self.codes}


class OneLine:
    """A text without line breaks and control characters, of a length that fits its column."""

    def __init__(self, longest: int, shortest: int = 0) -> None:
        self.longest, self.shortest = longest, shortest

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        text = core_schema.str_schema(strict=True, min_length=self.shortest or None, max_length=self.longest)
        return core_schema.no_info_before_validator_function(_one_line, text)


class Number:
    """A whole number between two bounds, as a query or a body writes it."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        number = core_schema.int_schema(strict=True, ge=self.least, le=self.most)
        return core_schema.no_info_before_validator_function(_whole, number)


Id = Annotated[UUID, BeforeValidator(_id), WithJsonSchema({"type": "string", "format": "uuid"})]
Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Flag = Annotated[bool, BeforeValidator(_flag)]
Code = Annotated[str, OneLine(40)]
Name = Annotated[str, OneLine(120)]
Line = Annotated[str, OneLine(200)]
Text = Annotated[str, Strict(), Field(max_length=4000)]
Sentence = Annotated[str, Strict(), Field(min_length=1, max_length=4000)]
