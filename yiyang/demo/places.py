"""What differs between the provinces of China in a demo: where it lies, what is spoken, who lives there."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

OWN_SPEECH = {"UYGHUR": "维吾尔语", "KAZAKH": "哈萨克语", "TIBETAN": "藏语", "MONGOL": "蒙古语"}


@dataclass(frozen=True)
class Place:
    """Roughly the capital's position, what elders speak beside Mandarin, and what share has names of which kind."""

    latitude: float
    longitude: float
    speech: str = ""
    names: dict[str, float] = field(default_factory=dict)

    def languages(self, chance: Random, kind_of_name: str) -> str:
        own = OWN_SPEECH.get(kind_of_name, self.speech)
        if not own or chance.random() < 0.35:
            return "普通话"
        return own if chance.random() < 0.4 else f"普通话, {own}"

    def kind_of_name(self, chance: Random) -> str:
        roll = chance.random()
        for kind, share in self.names.items():
            if roll < share:
                return kind
            roll -= share
        return "HAN"

    def near(self, chance: Random) -> dict[str, float]:
        return {
            "latitude": round(self.latitude + chance.uniform(-0.04, 0.04), 5),
            "longitude": round(self.longitude + chance.uniform(-0.04, 0.04), 5),
        }


PROVINCES = {
    "11": Place(39.92, 116.42), "12": Place(39.12, 117.20, "天津话"), "13": Place(38.04, 114.51),
    "14": Place(37.87, 112.55, "晋语"), "15": Place(40.82, 111.66, names={"MONGOL": 0.25}),
    "21": Place(41.80, 123.43), "22": Place(43.88, 125.32), "23": Place(45.80, 126.53),
    "31": Place(31.23, 121.45, "上海话"), "32": Place(32.06, 118.78, "江淮话"), "33": Place(30.27, 120.15, "吴语"),
    "34": Place(31.86, 117.28), "35": Place(26.07, 119.30, "闽语"), "36": Place(28.68, 115.86, "赣语"),
    "37": Place(36.65, 117.00), "41": Place(34.75, 113.62), "42": Place(30.59, 114.30),
    "43": Place(28.23, 112.94, "湘语"), "44": Place(23.13, 113.27, "粤语"), "45": Place(22.82, 108.37, "壮语"),
    "46": Place(20.02, 110.35, "海南话"), "50": Place(29.56, 106.55, "重庆话"), "51": Place(30.66, 104.07, "四川话"),
    "52": Place(26.65, 106.63), "53": Place(25.04, 102.71), "54": Place(29.65, 91.13, names={"TIBETAN": 0.85}),
    "61": Place(34.27, 108.95), "62": Place(36.06, 103.83), "63": Place(36.62, 101.78, names={"TIBETAN": 0.2}),
    "64": Place(38.47, 106.27), "65": Place(43.79, 87.63, names={"UYGHUR": 0.4, "KAZAKH": 0.08}),
}  # fmt: skip


def place_of(area: str) -> Place:
    """Of a six-digit code; what is not listed lies in the middle of the country."""
    return PROVINCES.get(area[:2], Place(35.0, 104.0))
