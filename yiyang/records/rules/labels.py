"""Sensitivity labels of a resource (`meta.security`) as bits. Whatever it contains counts with it.

Codes of one matter are one label: who may see mental health sees all that is marked with any of its codes. What is not
named here (N, L, M and U of HL7's confidentiality, obligations, purposes) hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yiyang.people.rules.kinds_of_data import Sensitive

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
DEEPEST = 5
# The bit of each label is its place in the list, for ever: bits are kept in the tables.
BITS: dict[str, int] = {
    Sensitive.PSY: 1,
    Sensitive.HIV: 2,
    Sensitive.STD: 4,
    Sensitive.SEX: 8,
    Sensitive.SUD: 16,
    Sensitive.SDV: 32,
    Sensitive.GDIS: 64,
    Sensitive.R: 128,
    Sensitive.V: 256,
}
ALL = sum(BITS.values())
# HL7's codes of one matter.
MEANT: dict[str, str] = {
    code: label
    for label, codes in {
        Sensitive.PSY: ("PSY", "PSYTHPN", "BH", "MH", "COGN", "DVD", "EMOTDIS"),
        Sensitive.HIV: ("HIV",),
        Sensitive.STD: ("STD",),
        Sensitive.SEX: ("SEX", "REPRO"),
        Sensitive.SUD: ("SUD", "ETH", "ETHUD", "OPIOIDUD"),
        Sensitive.SDV: ("SDV", "VIO", "MST"),
        Sensitive.GDIS: ("GDIS", "SCA", "SICKLE"),
    }.items()
    for code in codes
}
RESTRICTED = {"R": Sensitive.R, "V": Sensitive.V}


def labels_of(resource: Mapping[str, Any], depth: int = 0) -> int:
    """The bits of all labels on a resource and on what lies within it; 0 for most."""
    found = 0
    meta = resource.get("meta")
    if isinstance(meta, Mapping) and isinstance(security := meta.get("security"), list):
        for coding in security:
            found |= _bit(coding)
    if depth < DEEPEST:
        for inner in _within(resource):
            found |= labels_of(inner, depth + 1)
    return found


def words_of(labels: int) -> list[Any]:
    """The labels in words."""
    return [Sensitive(code).label for code, bit in BITS.items() if labels & bit]


def security(code: str) -> dict[str, Any]:
    """What bears this label says so in its `meta`; nothing where there is none."""
    if not code:
        return {}
    system = CONFIDENTIALITY if code in RESTRICTED else ACT_CODE
    return {"meta": {"security": [{"system": system, "code": str(Sensitive(code))}]}}


def bits_of(codes: Iterable[str]) -> int:
    return sum(BITS.get(code, 0) for code in set(codes))


def _bit(coding: Any) -> int:
    """A code without its system counts as well: better hidden than open by a slip of the sender."""
    if not isinstance(coding, Mapping):
        return 0
    system, code = coding.get("system", ""), str(coding.get("code", "")).upper()
    if system in ("", ACT_CODE) and code in MEANT:
        return BITS[MEANT[code]]
    if system in ("", CONFIDENTIALITY) and code in RESTRICTED:
        return BITS[RESTRICTED[code]]
    return 0


def _within(resource: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    for name in ("contained", "entry"):
        listed = resource.get(name)
        for one in listed if isinstance(listed, list) else ():
            inner = one.get("resource") if name == "entry" and isinstance(one, Mapping) else one
            if isinstance(inner, Mapping):
                yield inner
