"""Every text colour can be read on every ground that it stands on, by day and by night."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parent.parent / "static" / "kernel" / "css"
KINDS = ("home-care", "institution", "home-medical", "hospital", "palliative", "elsewhere")
PAIRS = [
    *(
        (text, ground)
        for text in ("ink", "muted", "primary", "warning", "danger")
        for ground in ("paper", "white", "shade")
    ),
    *((kind, ground) for kind in KINDS for ground in ("paper", "white")),
    *(("on-kind", f"{kind}-fill") for kind in KINDS),
    ("ink", "primary-wash"),
    ("ink", "warning-wash"),
    ("ink", "danger-wash"),
    ("warning", "warning-wash"),
    ("danger", "danger-wash"),
    ("primary", "primary-wash"),
    ("on-primary", "primary"),
    ("on-primary", "primary-strong"),
    ("on-danger-fill", "danger-fill"),
    ("on-danger-fill", "danger-fill-strong"),
    ("paper", "ink"),
]
EDGES = [("edge", "paper"), ("edge", "white"), ("focus", "paper"), ("focus", "white")]


def tokens(theme: str) -> dict[str, str]:
    found = dict(re.findall(r"--([\w-]+):\s*([^;]+);", (CSS / "tokens.css").read_text()))
    if theme == "night":
        block = (CSS / "dark.css").read_text().split("@media")[0]
        found |= dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))
    return found


def test_paper_takes_back_each_colour_of_the_night() -> None:
    """A tag of danger was dark red on dark red where the night shift printed it."""
    night, _auto, paper = (CSS / "dark.css").read_text().split("@media")

    assert set(re.findall(r"--([\w-]+):", night)) <= set(re.findall(r"--([\w-]+):", paper))


def contrast(theme: str, text: str, ground: str) -> float:
    values = tokens(theme)
    light, dark = sorted((luminance(colour(values, text)), luminance(colour(values, ground))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colour(values: dict[str, str], name: str) -> str:
    value = values[name]
    alias = re.fullmatch(r"var\(--([\w-]+)\)", value)
    return colour(values, alias[1]) if alias else value


def luminance(hexadecimal: str) -> float:
    parts = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    assert contrast(theme, text, ground) >= 4.5


@pytest.mark.parametrize("theme", ["day", "night"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_can_be_seen(theme: str, edge: str, ground: str) -> None:
    assert contrast(theme, edge, ground) >= 3


def test_both_ways_into_the_night_theme_say_the_same() -> None:
    by_hand, by_machine = re.findall(
        r'\[data-theme="(?:dark|auto)"\] \{(.*?)\n\s*\}', (CSS / "dark.css").read_text(), re.S
    )

    assert by_hand.split() == by_machine.split()
