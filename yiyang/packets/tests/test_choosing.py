"""What goes into a packet is what holds: that no allergy is known is not said beside one that is."""

from datetime import UTC, datetime

from yiyang.packets.rules.choosing import sections_of
from yiyang.packets.rules.documents import Piece, made
from yiyang.records.rules import writing

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ASKED = {"patient": "Patient/1", "at": NOW, "by": "王丽"}


def pieces(*allergies: dict) -> list[Piece]:
    return [made(one | {"id": str(number)}) for number, one in enumerate(allergies)]


def test_a_known_allergy_stands_alone() -> None:
    none = writing.allergy(**ASKED, text="无已知过敏", none_known=True)
    penicillin = writing.allergy(**ASKED, text="青霉素")

    asked = sections_of(pieces(none), NOW)["allergies"]
    known = sections_of(pieces(none, penicillin), NOW)["allergies"]

    assert [one.resource["code"]["text"] for one in asked] == ["无已知过敏"]
    assert [one.resource["code"]["text"] for one in known] == ["青霉素"]
