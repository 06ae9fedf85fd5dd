"""Published scores on cases that others wrote: each file of cases has a mapping, or a reason why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.outside.gdl2 import SUFFIX, Case, cases, value
from tests.outside.mapping import Mapping, Unmapped, differences, mappings, unreachable

DATA = Path(os.environ.get("YIYANG_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILES = sorted((DATA / "scores-gdl").glob(f"*{SUFFIX}"))
MAPPINGS = mappings()
NOT_EXPRESSED = {
    "SCORE2.v0.1": "the cases follow none of the four published regional calibrations",
}
CASES = [case for path in FILES if path.name.removesuffix(SUFFIX) in MAPPINGS for case in cases(path)]


@pytest.mark.parametrize("mapping", MAPPINGS.values(), ids=MAPPINGS)
def test_every_option_of_the_score_is_mapped_also_those_that_no_case_uses(mapping: Mapping) -> None:
    assert unreachable(mapping) == []


@pytest.mark.outside_data
@pytest.mark.skipif(not FILES, reason="no cases of clinical scores in the folder of outside data")
def test_every_file_of_cases_is_mapped_or_left_out_for_a_reason() -> None:
    scores = {path.name.removesuffix(SUFFIX) for path in FILES}

    assert scores - set(MAPPINGS) - set(NOT_EXPRESSED) == set()


@pytest.mark.outside_data
@pytest.mark.skipif(not CASES, reason="no cases of clinical scores in the folder of outside data")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.score}: {case.name}"[:80])
def test_a_case_that_others_wrote_has_the_score_that_they_expect(case: Case) -> None:
    assert differences(MAPPINGS[case.score], case) == []


@pytest.mark.parametrize(
    "raw, said",
    [
        ("gt0099|Something new: 3", "the input gt0099"),
        ("gt0012|SaO2: 99,kPa", "the unit kPa"),
        ("gt0016|AVPU Observation: local::at0099|Confused|", "at0099"),
        ("gt0011|Oxygen therapy: perhaps", "no answer"),
    ],
)
def test_what_is_not_mapped_fails_loudly(raw: str, said: str) -> None:
    element, _, entered = raw.partition(": ")
    case = Case("NEWS.v1", "new", None, {element.partition("|")[0]: value(entered)}, {})

    with pytest.raises(Unmapped, match=said):
        differences(MAPPINGS["NEWS.v1"], case)
