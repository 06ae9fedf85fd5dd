"""Components: what they are given, where they put it, what they say."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from yiyang.kernel import doers
from yiyang.kernel.components import Block, Column, Figures, Mark, Notch, Ribbon, Table
from yiyang.kernel.components.fields import problems
from yiyang.kernel.components.occupancy import figures_of, segments
from yiyang.kernel.components.sparks import spark_of
from yiyang.kernel.components.times import left, pressing, relative
from yiyang.kernel.forms import Form
from yiyang.kernel.time import clock_at

NOW = datetime(2026, 11, 22, 2, 42, tzinfo=UTC)  # 10:42 in Shanghai


def draw(source: str, **values: object) -> str:
    request = RequestFactory().get("?kind=HOSPITAL&sort=-free&after=abc")
    with clock_at(NOW), translation.override("en"):
        return Template("{% load kernel %}" + source).render(Context({"request": request, **values}))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0.2, "just now"),
        (16, "in 16 min"),
        (-16, "16 min ago"),
        (134, "in 2 h 14 min"),
        (120, "in 2 h"),
        (60 * 7 + 20, "in 7 h"),
        (-60 * 24, "1 day ago"),
        (60 * 24 * 40, "in 40 days"),
        (-60 * 24 * 400, "13 months ago"),
        (60 * 24 * 365 * 3, "in 3 years"),
    ],
)
def test_a_relative_time_uses_one_or_two_units(minutes: float, words: str) -> None:
    with translation.override("en"):
        assert relative(NOW + timedelta(minutes=minutes), NOW) == words


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ((22, 9, 5), (22, 10, 30), "09:05 – 10:30"),
        ((20, 9, 5), (20, 10, 30), "20 Nov, 09:05 – 10:30"),
        ((20, 9, 5), (22, 10, 30), "20 Nov, 09:05 – 22 Nov, 10:30"),
    ],
)
def test_an_end_on_another_day_says_its_day_even_today(
    since: tuple[int, int, int], until: tuple[int, int, int], words: str
) -> None:
    begun, over = (
        datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC) for day, hour, minute in (since, until)
    )

    drawn = draw("{% during since until %}", since=begun, until=over)

    assert " ".join(re.sub(r"<[^>]+>", "", drawn).split()) == words


@pytest.mark.parametrize(
    ("minutes", "state"), [(16, ""), (15, "soon"), (1, "soon"), (0, "late"), (-3, "late")]
)
def test_a_deadline_presses_more_as_it_comes(minutes: int, state: str) -> None:
    assert pressing(NOW + timedelta(minutes=minutes), NOW, soon_minutes=15) == state


def test_what_is_left_is_said_in_words_not_by_colour_alone() -> None:
    with translation.override("en"):
        assert left(NOW + timedelta(minutes=12), NOW) == "12 min left"
        assert left(NOW - timedelta(minutes=9), NOW) == "overdue by 9 min"


def test_a_time_of_today_shows_the_hour_and_how_far_it_is() -> None:
    drawn = draw("{% when at %}", at=NOW + timedelta(minutes=16))

    assert "10:58" in drawn
    assert "in 16 min" in drawn
    assert 'datetime="2026-11-22T10:58+08:00"' in drawn


def test_no_time_is_said_to_be_not_known() -> None:
    assert "not known" in draw("{% when at %}", at=None)


def test_the_occupancy_bar_fills_its_width_in_the_fixed_order() -> None:
    figures = Figures(present=6, held=1, reserved=1, free=2, extra=3)

    drawn = list(segments(figures))

    assert [s.state for s in drawn] == ["present", "held", "reserved", "free"]
    assert [(s.x, s.width) for s in drawn][:2] == [("0.000%", "60.000%"), ("60.000%", "10.000%")]
    assert figures.total == 10  # extra beds stand beside the open ones


def test_the_occupancy_bar_says_every_figure_and_links_to_its_rows() -> None:
    drawn = draw(
        "{% occupancy_bar figures kind='HOSPITAL' url='/beds/?unit=1' %}", figures={"present": 4, "free": 1}
    )

    assert '<a href="/beds/?unit=1&amp;state=PRESENT">4</a>' in drawn or "unit=1&state=PRESENT" in drawn
    assert "kind-hospital" in drawn


def test_a_unit_that_does_not_report_shows_since_when_instead_of_a_bar() -> None:
    drawn = draw("{% occupancy_bar figures %}", figures=Figures(not_reported_since=NOW - timedelta(hours=5)))

    assert "No figure reported since" in drawn
    assert "<svg" not in drawn


def test_figures_come_from_any_object_with_the_same_names() -> None:
    row = type("Row", (), {"present": 3, "free": 2, "closed": None})()

    assert figures_of(row) == Figures(present=3, free=2)


def ribbon(**parts: object) -> Ribbon:
    return Ribbon(start=NOW - timedelta(days=80), end=NOW + timedelta(days=20), now=NOW, **parts)


def test_the_ribbon_puts_each_block_in_its_lane_and_place() -> None:
    start = NOW - timedelta(days=80)
    bed = Block("RESIDENCE", "INSTITUTION", "PRESENT", "3-205", start, start + timedelta(days=50))
    kept = Block("RESIDENCE", "INSTITUTION", "HELD", "3-205", start + timedelta(days=50), None)
    visits = Block("OVERLAY", "HOME_MEDICAL", "PRESENT", "CHC", start, None)

    rows = {row.name: list(row.placed) for row in ribbon(blocks=(bed, kept, visits)).rows}

    assert (rows["residence"][0].x, rows["residence"][0].width) == ("0.000%", "50.000%")
    assert (rows["promised"][0].x, rows["promised"][0].width) == ("50.000%", "30.000%")  # open: until now
    assert rows["overlay"][0].width == "80.000%"


def test_the_ribbon_leaves_out_what_lies_outside_and_cuts_what_reaches_over_the_edge() -> None:
    before = Block(
        "RESIDENCE", "HOSPITAL", "PRESENT", "old", NOW - timedelta(days=300), NOW - timedelta(days=200)
    )
    over = Block(
        "RESIDENCE", "HOME_CARE", "PRESENT", "home", NOW - timedelta(days=500), NOW - timedelta(days=60)
    )

    (row,) = ribbon(blocks=(before, over)).rows

    assert [(p.x, p.width) for p in row.placed] == [("0.000%", "20.000%")]


def test_a_stay_of_one_hour_can_still_be_seen() -> None:
    short = Block(
        "RESIDENCE", "HOSPITAL", "PRESENT", "A&E", NOW - timedelta(days=9), NOW - timedelta(days=9, hours=-1)
    )

    (row,) = ribbon(blocks=(short,)).rows

    assert next(row.placed).width == "0.600%"


def test_marks_that_would_lie_on_each_other_become_one_with_a_count() -> None:
    marks = [Mark(NOW - timedelta(days=10, minutes=m), "visit", "Doctor") for m in range(5)]

    (placed,) = ribbon(marks=marks).placed_marks

    assert placed.count == 5


def test_the_ribbon_says_as_a_table_what_it_draws() -> None:
    bed = Block("RESIDENCE", "HOSPITAL", "HELD", "<b>3</b>", NOW - timedelta(days=9), None, "/beds/3/")

    drawn = draw(
        "{% bed_ribbon ribbon %}", ribbon=ribbon(blocks=(bed,), notches=(Notch(NOW, "Transfer", "/t/1/"),))
    )

    assert "<table" in drawn
    assert "&lt;b&gt;3&lt;/b&gt;" in drawn
    assert "<b>3</b>" not in drawn
    assert "still open" in drawn
    assert drawn.count('href="/t/1/"') == 2  # in the drawing and in the list


def test_notches_that_would_lie_on_each_other_become_one_that_names_them_all() -> None:
    asked = Notch(NOW - timedelta(days=10), "asked for", "/t/1/")
    arrived = Notch(NOW - timedelta(days=9), "arrived", "/t/1/", what="arrived")
    later = Notch(NOW, "asked for again", "/t/2/", open=True)

    first, second = ribbon(notches=(later, arrived, asked)).placed_notches

    assert (first.title, first.last.sign, first.open) == ("asked for · arrived", "▼", False)
    assert (second.title, second.last.sign, second.open) == ("asked for again", "▽", True)


@pytest.mark.parametrize(("days", "ticks"), [(2000, 5), (400, 4), (100, 3), (30, 4), (10, 10)])
def test_the_axis_has_a_handful_of_ticks_whatever_the_span(days: int, ticks: int) -> None:
    drawn = Ribbon(start=NOW - timedelta(days=days), end=NOW, now=NOW).ticks

    assert abs(len(drawn) - ticks) <= 1


def test_a_spark_outside_its_limits_says_so() -> None:
    assert spark_of([131, 156], 90, 140).outside
    assert not spark_of([131, 120], 90, 140).outside
    assert "outside the limits" in draw("{% spark points 90 140 'BP' 'mmHg' %}", points=[131, 156])
    assert "no value yet" in draw("{% spark points 90 140 %}", points=[])


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card.")
    urgency = forms.ChoiceField(label="Urgency", choices=[("A", "a")], widget=forms.RadioSelect)
    born_on = forms.DateField(label="Born", required=False)


def test_errors_come_first_and_lead_to_their_field() -> None:
    drawn = draw("{% form form %}", form=Sample({}))

    assert drawn.index("error-summary") < drawn.index("<label")
    assert 'href="#id_name"' in drawn
    assert 'href="#id_urgency_0"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_hint_and_error_are_tied_to_their_control() -> None:
    drawn = draw("{% field form.name %}", form=Sample({}))

    assert 'aria-describedby="id_name-error id_name-hint"' in drawn
    assert 'id="id_name-hint"' in drawn
    assert 'id="id_name-error"' in drawn


def test_days_use_the_picker_of_the_browser_and_keep_their_value() -> None:
    drawn = draw("{% field form.born_on %}", form=Sample({"born_on": "1944-02-29"}))

    assert 'type="date"' in drawn
    assert 'value="1944-02-29"' in drawn
    assert "(optional)" in drawn


def units_table() -> Table:
    request = RequestFactory().get("?kind=HOSPITAL&sort=-free&after=abc")
    columns = (Column("Unit", "unit"), Column("Free", "free", number=True), Column("Bar"))
    return Table(columns, request, default_sort="unit", exports=("csv",))


def test_sorting_keeps_the_filters_and_starts_at_the_first_page() -> None:
    drawn = draw("{% table_head table %}{% exports table %}", table=units_table())

    assert 'href="?kind=HOSPITAL&amp;sort=free"' in drawn
    assert 'aria-sort="descending"' in drawn
    assert 'href="?kind=HOSPITAL&amp;sort=-free&amp;format=csv"' in drawn


def test_an_order_that_is_no_column_falls_back_to_the_default() -> None:
    table = units_table()
    table.request.GET = {"sort": "password"}

    assert table.sort == "unit"


def test_the_next_page_is_reached_by_its_cursor() -> None:
    drawn = draw("{% pages 'xyz' 50 %}")

    assert 'href="?kind=HOSPITAL&amp;sort=-free&amp;after=xyz" rel="next"' in drawn
    assert "50 rows shown" in drawn


def test_who_did_it_is_read_with_the_title_in_the_readers_language() -> None:
    with translation.override("en"):
        assert doers.in_words("李敏 · 养老机构护士") == "李敏 · Care-home nurse"
        assert doers.in_words("李敏 · 三楼护士长") == "李敏 · 三楼护士长"
        served = doers.in_words("王芳（窗口代办：李敏 · 养老机构护士）")
        assert served == "王芳 (at the counter: 李敏 · Care-home nurse)"
    with translation.override("zh-hans"):
        assert doers.in_words("李敏 · 养老机构护士") == "李敏 · 养老机构护士"


def test_an_error_in_the_summary_stands_behind_one_mark_only() -> None:
    class Asked(forms.Form):
        what = forms.CharField(label="是什么情况？")
        why = forms.CharField(label="Why")

    shown = [text for _target, text in problems(Asked({}))]

    assert shown[0].startswith("是什么情况：") and shown[1].startswith("Why："), shown


def test_words_and_a_number_in_a_button_are_one_line_with_the_space_between_them() -> None:
    """A button lays its parts beside each other and drops the space at the end of each: the words are one part."""
    of_numbers = re.compile(r'<a class="button[^>]*>((?:(?!</a>).)*\|unbroken(?:(?!</a>).)*)</a>')
    templates = Path(__file__).parents[2].rglob("templates/**/*.html")

    found = [words for one in templates for words in of_numbers.findall(one.read_text())]

    assert len(found) >= 5
    assert [words for words in found if not (words.startswith("<span>") and words.endswith("</span>"))] == []


def test_an_empty_field_is_asked_for_in_plain_words() -> None:
    class Asked(Form):
        reason = forms.CharField()
        kind = forms.ChoiceField(choices=[("A", "a")])
        unit = forms.CharField(error_messages={"required": "Name the unit."})

    with translation.override("zh-hans"):
        errors = Asked({}).errors

        assert (errors["reason"], errors["kind"]) == (["请填写。"], ["请选择一项。"])
        assert errors["unit"] == ["Name the unit."]
