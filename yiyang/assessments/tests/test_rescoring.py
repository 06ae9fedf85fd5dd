"""Standing assessments on another version of their instrument: side by side, and all of them at once."""

import pytest

from yiyang.access.tests.factories import cast
from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.models import Assessment
from yiyang.assessments.queries import Comparison, on_version, side_by_side
from yiyang.assessments.rules.reading import read
from yiyang.assessments.tests.factories import BODY, HELPED, WELL, signed, text
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db
STRICTER = text(version="2", body=BODY.replace('en = "With help", score = 1', 'en = "With help", score = 0'))
ASKS_MORE = text(version="3", body=BODY.replace("required = false\n", ""))


@pytest.fixture
def three():
    who = cast()
    made = []
    for name, answers in (("王秀英", WELL), ("李国强", HELPED), ("张建华", {**HELPED, "fell": []})):
        elder = person(name, organisation_id=who.care_home.pk)
        seen_by(elder, who.chc.pk)
        made.append(signed(who.care_home_nurse, elder, answers))
    return made


def test_a_changed_score_shows_which_totals_move_and_writes_nothing(three):
    comparison = Comparison()
    moved = [one for batch in on_version(read(STRICTER, "mini.toml"), comparison) for one in batch]

    assert {(one.assessment, one.total, one.total_then) for one in moved} == {
        (one.pk, 3, 2) for one in three[1:]
    }
    assert (comparison.rows, comparison.moved, comparison.flows) == (3, 0, {("0", "0"): 1, ("1", "1"): 2})
    assert list(Assessment.objects.order_by("id").values_list("total", flat=True)) == [4, 3, 3]


def test_the_same_version_moves_nothing_and_a_question_not_asked_then_leaves_no_level(three):
    same, more = Comparison(), Comparison()

    assert [one for batch in on_version(content_of(three[0].instrument), same) for one in batch] == []
    (moved,) = [one for batch in on_version(read(ASKS_MORE, "mini.toml"), more) for one in batch]
    assert (moved.assessment, moved.level, moved.level_then) == (three[2].pk, "1", "")
    assert (more.incomplete, more.moved) == (1, 1)


def test_one_assessment_stands_beside_itself_with_every_step(three):
    own, other = side_by_side(three[1], read(STRICTER, "mini.toml"))

    assert (own.total, other.total) == (3, 2)
    assert "行走：有人扶 → 0 分" in [step.words.zh for step in other.steps]
