"""Which label a resource bears, and to which kind of data it belongs."""

from __future__ import annotations

from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive
from yiyang.records.r4.definitions import types
from yiyang.records.rules import kinds, labels
from yiyang.records.rules.labels import ACT_CODE, BITS, CONFIDENTIALITY, labels_of


def marked(*codings: tuple[str, str]) -> dict[str, object]:
    return {"resourceType": "Condition", "meta": {"security": [{"system": s, "code": c} for s, c in codings]}}


def test_codes_of_one_matter_are_one_label() -> None:
    assert labels_of(marked((ACT_CODE, "ETHUD"))) == labels_of(marked((ACT_CODE, "SUD"))) == BITS["SUD"]
    assert labels_of(marked((ACT_CODE, "HIV"), (CONFIDENTIALITY, "V"))) == BITS["HIV"] | BITS["V"]


def test_usual_confidentiality_purposes_and_obligations_hide_nothing() -> None:
    told = [(CONFIDENTIALITY, one) for one in "NLMU"] + [(ACT_CODE, "NOAUTH"), ("http://x.example", "HIV")]

    assert labels_of(marked(*told)) == 0
    assert labels_of({"resourceType": "Condition"}) == labels_of({"meta": {"security": "R"}}) == 0


def test_a_code_without_its_system_and_what_lies_within_count() -> None:
    inner = {"resourceType": "Bundle", "entry": [{"resource": marked((ACT_CODE, "PSY"))}]}

    assert labels_of({"meta": {"security": [{"code": "R"}]}}) == BITS["R"]
    assert labels_of(inner) == labels_of({"contained": [marked((ACT_CODE, "PSY"))]}) == BITS["PSY"]


def test_every_label_and_kind_that_a_consent_can_name_means_something() -> None:
    assert set(BITS) == set(Sensitive.values) and labels.bits_of(Sensitive.values) == labels.ALL
    assert set(kinds.TYPES) == set(KindOfData.values)
    named = [type for one in kinds.TYPES.values() for type in one]
    assert len(named) == len(set(named)) and set(named) <= set(types())
