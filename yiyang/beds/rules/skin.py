"""The look at the skin: where on the body, what was found, how deep, how large. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from django.utils.translation import pgettext_lazy

FRONT, BACK = "FRONT", "BACK"


@dataclass(frozen=True)
class Region:
    """A place on the body, and the ellipse that stands for it on the drawing (200 × 400)."""

    code: str
    label: Any
    view: str
    x: int
    y: int
    rx: int = 11
    ry: int = 11


# On the front the person's right side is on the reader's left; on the back it is on the reader's right.
REGIONS: tuple[Region, ...] = (
    Region("FACE", pgettext_lazy("body", "face"), FRONT, 100, 32, 14, 16),
    Region("CHEST", pgettext_lazy("body", "chest"), FRONT, 100, 95, 22, 18),
    Region("ABDOMEN", pgettext_lazy("body", "abdomen"), FRONT, 100, 143, 22, 18),
    Region("GROIN", pgettext_lazy("body", "groin"), FRONT, 100, 192, 14, 12),
    Region("RIGHT_UPPER_ARM", pgettext_lazy("body", "right upper arm"), FRONT, 54, 104, 11, 20),
    Region("LEFT_UPPER_ARM", pgettext_lazy("body", "left upper arm"), FRONT, 146, 104, 11, 20),
    Region("RIGHT_FOREARM", pgettext_lazy("body", "right forearm"), FRONT, 43, 156, 11, 20),
    Region("LEFT_FOREARM", pgettext_lazy("body", "left forearm"), FRONT, 157, 156, 11, 20),
    Region("RIGHT_HAND", pgettext_lazy("body", "right hand"), FRONT, 34, 202, 11, 12),
    Region("LEFT_HAND", pgettext_lazy("body", "left hand"), FRONT, 166, 202, 11, 12),
    Region("RIGHT_THIGH", pgettext_lazy("body", "right thigh"), FRONT, 82, 236, 13, 20),
    Region("LEFT_THIGH", pgettext_lazy("body", "left thigh"), FRONT, 118, 236, 13, 20),
    Region("RIGHT_KNEE", pgettext_lazy("body", "right knee"), FRONT, 83, 280, 12, 12),
    Region("LEFT_KNEE", pgettext_lazy("body", "left knee"), FRONT, 117, 280, 12, 12),
    Region("RIGHT_SHIN", pgettext_lazy("body", "right shin"), FRONT, 84, 324, 11, 20),
    Region("LEFT_SHIN", pgettext_lazy("body", "left shin"), FRONT, 116, 324, 11, 20),
    Region("RIGHT_FOOT", pgettext_lazy("body", "right foot and toes"), FRONT, 80, 376, 13, 11),
    Region("LEFT_FOOT", pgettext_lazy("body", "left foot and toes"), FRONT, 120, 376, 13, 11),
    Region("OCCIPUT", pgettext_lazy("body", "back of the head"), BACK, 100, 30, 12, 12),
    Region("LEFT_EAR", pgettext_lazy("body", "left ear"), BACK, 73, 34, 10, 12),
    Region("RIGHT_EAR", pgettext_lazy("body", "right ear"), BACK, 127, 34, 10, 12),
    Region("LEFT_SHOULDER_BLADE", pgettext_lazy("body", "left shoulder blade"), BACK, 76, 92, 12, 14),
    Region("RIGHT_SHOULDER_BLADE", pgettext_lazy("body", "right shoulder blade"), BACK, 124, 92, 12, 14),
    Region("SPINE", pgettext_lazy("body", "spine"), BACK, 100, 122, 10, 26),
    Region("LEFT_ELBOW", pgettext_lazy("body", "left elbow"), BACK, 48, 132, 11, 12),
    Region("RIGHT_ELBOW", pgettext_lazy("body", "right elbow"), BACK, 152, 132, 11, 12),
    Region("SACRUM", pgettext_lazy("body", "sacrum"), BACK, 100, 172, 13, 13),
    Region("LEFT_HIP", pgettext_lazy("body", "left hip"), BACK, 68, 196, 11, 14),
    Region("RIGHT_HIP", pgettext_lazy("body", "right hip"), BACK, 132, 196, 11, 14),
    Region("LEFT_BUTTOCK", pgettext_lazy("body", "left buttock"), BACK, 86, 206, 9, 12),
    Region("RIGHT_BUTTOCK", pgettext_lazy("body", "right buttock"), BACK, 114, 206, 9, 12),
    Region("LEFT_CALF", pgettext_lazy("body", "left calf"), BACK, 84, 308, 12, 22),
    Region("RIGHT_CALF", pgettext_lazy("body", "right calf"), BACK, 116, 308, 12, 22),
    Region("LEFT_ANKLE", pgettext_lazy("body", "left ankle"), BACK, 83, 350, 11, 11),
    Region("RIGHT_ANKLE", pgettext_lazy("body", "right ankle"), BACK, 117, 350, 11, 11),
    Region("LEFT_HEEL", pgettext_lazy("body", "left heel"), BACK, 80, 380, 12, 12),
    Region("RIGHT_HEEL", pgettext_lazy("body", "right heel"), BACK, 120, 380, 12, 12),
)
BY_CODE = {one.code: one for one in REGIONS}

FINDINGS = {
    "PRESSURE_INJURY": pgettext_lazy("skin", "pressure injury"),
    "WOUND": pgettext_lazy("skin", "wound"),
    "BRUISE": pgettext_lazy("skin", "bruise"),
    "RASH": pgettext_lazy("skin", "rash"),
    "BURN": pgettext_lazy("skin", "burn"),
    "MOISTURE": pgettext_lazy("skin", "damage by moisture"),
    "SWELLING": pgettext_lazy("skin", "swelling"),
    "OTHER": pgettext_lazy("skin", "something else"),
}
# The stages of a pressure injury, as GB/T 42195-2022 asks for them (none, I-IV, unstageable).
STAGES = {
    "I": pgettext_lazy("skin", "stage I"),
    "II": pgettext_lazy("skin", "stage II"),
    "III": pgettext_lazy("skin", "stage III"),
    "IV": pgettext_lazy("skin", "stage IV"),
    "UNSTAGEABLE": pgettext_lazy("skin", "unstageable"),
}


class Finding(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    region: Literal[tuple(BY_CODE)]  # type: ignore[valid-type]
    finding: Literal[tuple(FINDINGS)]  # type: ignore[valid-type]
    stage: Literal["", "I", "II", "III", "IV", "UNSTAGEABLE"] = ""
    size: Annotated[str, msgspec.Meta(max_length=40)] = ""
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


@dataclass(frozen=True)
class Marked:
    """A finding in words, with its number on the drawing."""

    number: int
    region: Region
    finding: Any
    stage: Any
    size: str
    note: str


def checked(findings: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings as they are kept, in the order of the body; ValueError says where they are wrong."""
    found = msgspec.convert(list(findings), list[Finding])
    places = [one.region for one in found]
    if len(set(places)) != len(places):
        raise ValueError("a place is named twice")
    if any(one.stage and one.finding != "PRESSURE_INJURY" for one in found):
        raise ValueError("only a pressure injury has a stage")
    order = list(BY_CODE)
    kept: list[dict[str, Any]] = msgspec.to_builtins(sorted(found, key=lambda one: order.index(one.region)))
    return kept


def marked(findings: Iterable[dict[str, Any]]) -> list[Marked]:
    return [
        Marked(
            number,
            BY_CODE[one["region"]],
            FINDINGS[one["finding"]],
            STAGES.get(one.get("stage", ""), ""),
            one.get("size", ""),
            one.get("note", ""),
        )
        for number, one in enumerate(findings, start=1)
    ]
