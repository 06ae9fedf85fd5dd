"""Standing assessments on another version of their instrument: side by side, and all of them at once."""

import pytest
from django.urls import reverse

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import cast
from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.models import Assessment
from yiyang.assessments.queries import Comparison, on_version, side_by_side
from yiyang.assessments.rules.reading import read
from yiyang.assessments.tests.factories import BODY, HELPED, WELL, instrument, signed, text
from yiyang.assessments.tests.test_screens import client_of
from yiyang.kernel.reactions import run_pending
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db
STRICTER = text(version="2", body=BODY.replace('en = "With help", score = 1', 'en = "With help", score = 0'))
ASKS_MORE = text(version="3", body=BODY.replace("required = false\n", ""))


@pytest.fixture
def who():
    return cast()


@pytest.fixture
def three(who):
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


def test_an_office_begins_it_the_worker_does_it_and_names_stand_for_those_who_may_read_them(who, three):
    higher = instrument(version="9", body=BODY.replace("from = 4", "from = 3").replace("to = 3", "to = 2"))
    office, nurse = caller(who.system_administrator), caller(who.care_home_nurse)

    begun = office.post(f"/instruments/{higher.pk}/rescore", {}).body
    assert (begun["done"], begun["stood"], begun["finished_at"]) == (0, 3, None)
    again = client_of(who.system_administrator).post(reverse("assessments:start_rescoring", args=[higher.pk]))
    assert begun["id"] in again["Location"]
    run_pending()

    address = reverse("assessments:rescoring", args=[begun["id"]])
    done = office.get(f"/rescorings/{begun['id']}").body
    assert done["finished_at"] and (done["better"], done["worse"], done["versions"]) == (2, 0, {"1": 3})
    assert done["flows"] == [
        {"level_before": "0", "level": "0", "number": 1}, {"level_before": "1", "level": "0", "number": 2},
    ]  # fmt: skip
    moved = nurse.get(f"/rescorings/{begun['id']}/moved").body["items"]
    assert {one["assessment"] for one in moved} == {str(one.pk) for one in three[1:]}
    assert office.get(f"/rescorings/{begun['id']}/moved").body["items"] == []
    shown, bare = (
        client_of(one).get(address, {"from": "1", "to": "0"}).content.decode()
        for one in (who.care_home_nurse, who.system_administrator)
    )
    assert (
        client_of(who.care_home_nurse).get(address, {"from": "\0", "to": "1", "after": "x"}).status_code
        == 200
    )
    assert "李国强" in shown and "王秀英" not in shown and "李国强" not in bare and "张建华" not in bare
