"""The five kinds of beds as the eye knows them: one character, one colour, one place in every order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Kind:
    code: str
    character: str
    label: Any
    style: str


KINDS = {
    kind.code: kind
    for kind in (
        Kind("HOME_CARE", "照", pgettext_lazy("kind of bed", "Home care"), "kind-home-care"),
        Kind("INSTITUTION", "养", pgettext_lazy("kind of bed", "Care institution"), "kind-institution"),
        Kind("HOME_MEDICAL", "病", pgettext_lazy("kind of bed", "Home medical bed"), "kind-home-medical"),
        Kind("HOSPITAL", "医", pgettext_lazy("kind of bed", "Hospital"), "kind-hospital"),
        Kind("PALLIATIVE", "安", pgettext_lazy("kind of bed", "Palliative care"), "kind-palliative"),
    )
}
ELSEWHERE = Kind("ELSEWHERE", "外", pgettext_lazy("kind of bed", "Elsewhere"), "kind-elsewhere")


def kind_of(value: Any) -> Kind:
    """The kind for an enum member, its code, or anything that carries one as `kind`."""
    code = value.value if isinstance(value, Enum) else value
    return KINDS.get(str(code), ELSEWHERE)
