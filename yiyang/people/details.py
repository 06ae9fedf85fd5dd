"""What is told of a person when registering or editing: plain values, checked by the commands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yiyang.people.rules.documents import Sex


@dataclass(frozen=True)
class Details:
    full_name: str = ""
    sex: str = Sex.UNKNOWN
    born_on: date | None = None
    unknown: bool = False
    difference_reason: str = ""
    registered_area: str = ""
    registered_address: str = ""
    residence_area: str = ""
    residence_address: str = ""
    residence_floor: str = ""
    residence_has_lift: bool | None = None
    key_holder: str = ""
    languages: str = ""
    form_of_address: str = ""


@dataclass(frozen=True)
class DocumentGiven:
    kind: str
    number: str
    expires_on: date | None = None
    long_term: bool = False
