"""Invented names are such as people of that place have, and the product takes every one of them."""

from __future__ import annotations

from random import Random

import pytest

from yiyang.demo.names import Name, elder_name
from yiyang.demo.places import PROVINCES, place_of
from yiyang.people.rules.names import normal


def some(kind: str) -> list[Name]:
    chance = Random(1)
    return [elder_name(chance, female=number % 2 == 0, kind=kind) for number in range(300)]


@pytest.mark.parametrize("kind", ["HAN", "UYGHUR", "KAZAKH", "TIBETAN", "MONGOL"])
def test_every_name_is_one_that_can_be_registered(kind: str) -> None:
    for name in some(kind):
        assert normal(name.full) == name.full
        assert normal(name.child) == name.child
        assert name.full.startswith(name.called)


def test_a_compound_surname_is_kept_whole() -> None:
    assert "欧阳" in {name.called for name in some("HAN")} | {
        elder_name(Random(seed), female=False).called for seed in range(3000)
    }


def test_a_fathers_name_stands_behind_a_dot() -> None:
    assert all(name.full.count("·") == 1 for name in some("UYGHUR"))
    assert not any("·" in name.full for name in some("TIBETAN"))


def test_every_province_has_a_place_and_speech_follows_the_name() -> None:
    chance = Random(1)

    assert len(PROVINCES) == 31
    assert {place_of("650102").languages(chance, "HAN") for _ in range(50)} == {"普通话"}
    assert "维吾尔语" in {place_of("650102").languages(chance, "UYGHUR") for _ in range(50)}
    assert "上海话" in {place_of("310106").languages(chance, "HAN") for _ in range(50)}
