"""The label of a choice, as a page shows it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from yiyang.access.models import Organisation
from yiyang.access.organisation_kinds import OrganisationKind


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_label_is_the_one_of_its_value_in_the_readers_language(language: str) -> None:
    with translation.override(language):
        for kind in OrganisationKind:
            shown = Organisation(kind=kind.value).get_kind_display()
            assert shown == str(kind.label) and type(shown) is str


def test_a_value_without_a_label_is_shown_as_it_is() -> None:
    assert Organisation(kind="GONE").get_kind_display() == "GONE"
    nothing: Any = None
    assert Organisation(kind=nothing).get_kind_display() is None


class Untouched:
    """A label that nobody may look at."""

    def __str__(self) -> str:
        raise AssertionError("it was translated")

    __hash__ = __str__  # type: ignore[assignment]


def test_no_other_label_is_translated_to_find_one() -> None:
    field = SimpleNamespace(attname="kind", flatchoices=[("A", Untouched()), ("B", "bed")])
    assert Organisation._get_FIELD_display(SimpleNamespace(kind="B"), field) == "bed"  # type: ignore[arg-type]
