"""Every refusal can happen, says all that it promises to say, and says it in both languages."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.utils.translation import override

from yiyang.kernel import refusals
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import REGISTRY, Refusal
from yiyang.project import urls  # the whole platform is imported with its pages

SOME_BED = "0192d3a0-0000-7000-8000-000000000001"  # the same in each process that collects the tests

PACKAGE = Path(__file__).resolve().parent.parent / "yiyang"
OURS = sorted(
    (
        cls
        for cls in REGISTRY.values()
        if cls.__module__.startswith("yiyang.") and ".tests." not in cls.__module__
    ),
    key=lambda cls: (cls.__module__, cls.__name__),
)
# Filled in by the one place that raises them with details of its own.
COMPLETE_ELSEWHERE = {"Refusal", "InvalidInput"}

assert urls


def named(cls: type[Refusal]) -> str:
    return f"{cls.__module__.removeprefix('yiyang.')}.{cls.__name__}"


def placeholders(cls: type[Refusal]) -> set[str]:
    with override("en"):
        return {name for _, name, _, _ in string.Formatter().parse(str(cls.message)) if name}


def calls() -> Iterator[tuple[str, ast.AST, str]]:
    """(class name, how it is made, where) for each place that makes or raises something by its name."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call):
                name = ast.unparse(node.func).rsplit(".", 1)[-1]
                yield name, node, where
            elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name | ast.Attribute):
                yield ast.unparse(node.exc).rsplit(".", 1)[-1], node, where


@cache
def made() -> dict[str, list[tuple[ast.AST, str]]]:
    """All places by the name of what they make; read by the process that runs these tests, not by all that collect."""
    found: dict[str, list[tuple[ast.AST, str]]] = {}
    for name, node, where in calls():
        found.setdefault(name, []).append((node, where))
    return found


@pytest.mark.parametrize("cls", OURS, ids=named)
def test_each_refusal_can_happen(cls: type[Refusal]) -> None:
    if cls.__name__ in ("Refusal",):
        return
    assert made().get(cls.__name__), "nothing raises it: raise it where it belongs, or remove it"


@pytest.mark.parametrize("cls", OURS, ids=named)
def test_whoever_refuses_fills_in_all_that_the_sentence_asks_for(cls: type[Refusal]) -> None:
    wanted = placeholders(cls)
    lacking = []
    for node, where in made().get(cls.__name__, []):
        if cls.__name__ in COMPLETE_ELSEWHERE:
            continue
        keywords = node.keywords if isinstance(node, ast.Call) else []
        if any(keyword.arg is None for keyword in keywords):
            continue
        missing = wanted - {keyword.arg for keyword in keywords}
        if missing:
            lacking.append(f"{where} lacks {', '.join(sorted(missing))}")

    assert not lacking, "; ".join(lacking)


@pytest.mark.parametrize("cls", OURS, ids=named)
def test_each_refusal_is_said_in_both_languages_and_says_what_to_do(cls: type[Refusal]) -> None:
    details = {name: "甲" for name in placeholders(cls)}
    with override("zh-hans"):
        chinese = str(cls(**details))
    with override("en"):
        english = str(cls(**details))

    assert english.strip()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese.replace("甲", "")) or not english.replace(
        "甲", ""
    ), f"not in Chinese: {english}"
    assert english.rstrip().endswith((".", "?", "甲")), english
    assert 400 <= cls.status < 600


@pytest.mark.parametrize("cls", OURS, ids=named)
def test_a_refusal_whose_details_are_not_known_can_still_be_said(cls: type[Refusal]) -> None:
    for language in ("zh-hans", "en"):
        with override(language):
            assert "{" not in str(cls())


@pytest.mark.django_db
@pytest.mark.parametrize("constraint", sorted(refusals._CONSTRAINTS))
@pytest.mark.parametrize(
    "violation", ["", f"Key (bed_id, claim)=({SOME_BED}, x) conflicts with existing key"]
)
def test_a_violated_constraint_can_be_explained_whatever_the_command_was_given(
    constraint: str, violation: str
) -> None:
    refusal = refusals.of_constraint(constraint, {"by": SYSTEM, "violation": violation})

    assert isinstance(refusal, Refusal)
    assert str(refusal)
