"""`yiyang score`: an author tries an instrument on answers; neither server nor database is needed."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yiyang.assessments.rules.reading import read
from yiyang.assessments.tests.papers import ability, vitals
from yiyang.cli.app import app

HANDBOOK = Path(__file__).resolve().parents[1] / "docs" / "instruments.md"


@pytest.fixture
def scored(tmp_path):
    def run(instrument, answers, *options):
        file = tmp_path / "answers.json"
        file.write_text(answers if isinstance(answers, str) else json.dumps(answers), encoding="utf-8")
        return CliRunner().invoke(app, ["score", str(instrument), str(file), *options])

    return run


def test_result_and_explanation_are_printed_in_either_language(scored):
    chinese = scored("GBT42195", ability(70, fall=2), "--language", "zh")
    english = scored("GBT42195", ability(70, fall=2), "--language", "en")

    assert chinese.exit_code == english.exit_code == 0
    assert "等级：2 级：能力中度受损" in chinese.output and "总分：70（满分 90）" in chinese.output
    assert "level: Level 2: Moderately impaired" in english.output and "Total: 70 of 90" in english.output


def test_as_json_both_languages_are_there(scored):
    told = json.loads(scored("NEWS2", vitals(spo2=90), "--json").output)

    assert (told["instrument"], told["total"], told["level"]) == ("NEWS2", 3, "low-medium")
    assert told["alerts"][0]["demand"]["zh"] and told["steps"][0]["words"]["en"]


def test_missing_and_impossible_answers_are_told_and_end_with_5(scored):
    done = scored("NEWS2", {"rr": "fast", "spo2": 98}, "--language", "en")

    assert done.exit_code == 5
    assert "not answered:\n  scale SpO2 scale" in done.output
    assert "rr must be a number" in done.output and "No level" in done.output


def test_a_version_is_called_by_its_code_and_one_that_is_not_there_names_those_that_are(scored):
    older, newest = (json.loads(scored(name, {}, "--json").output) for name in ("MORSE@1989.1-45", "MORSE"))
    strange = scored("MORSE@2020", {})

    assert (older["version"], newest["version"]) == ("1989.1-45", "1989.1-51")
    assert strange.exit_code == 2 and "MORSE@1989.1-51 MORSE@1989.1-45" in strange.output


def test_what_is_known_of_the_person_counts(scored):
    assert scored("NEWS2", vitals(), "--context", '{"age": 12}').exit_code == 5
    assert scored("NEWS2", vitals(), "--context", "[]").exit_code == 2


def test_a_file_of_ones_own_is_tried_or_refused_with_all_its_faults(scored, tmp_path):
    (example,) = re.findall(r"```toml\n(.*?)```", HANDBOOK.read_text(encoding="utf-8"), re.DOTALL)
    good, bad = tmp_path / "door.toml", tmp_path / "bad.toml"
    good.write_text(example, encoding="utf-8")
    bad.write_text(
        example.replace("from = 3", "from = 4").replace("maximum = 4", "maximum = 5"), encoding="utf-8"
    )

    tried = scored(good, {"stairs": "no", "helper": ["nobody"], "metres": 250}, "--language", "zh")
    refused = scored(bad, {}, "--language", "en")

    assert tried.exit_code == 0 and "等级：出不了门" in tried.output and "今天联系居委会" in tried.output
    assert refused.exit_code == 6
    assert "3 to 3 have no level" in refused.output and "its items add up to 4" in refused.output


def test_answers_may_come_by_the_input(scored):
    def piped(content):
        return CliRunner().invoke(app, ["score", "NEWS2", "-", "--language", "en"], input=content)

    assert "level: 0" in piped(json.dumps(vitals())).output
    assert piped(b"\xff\xfe").exit_code == 2


@pytest.mark.parametrize("answers", ["{", "[" * 100_000])
def test_what_is_no_json_is_said_so(scored, answers):
    assert scored("NEWS2", answers).exit_code == 2


def test_an_unknown_code_names_the_shipped_ones(scored):
    done = scored("NEWS3", {})

    assert done.exit_code == 2 and "GBT42195" in done.output


def test_the_handbook_names_every_key():
    text = HANDBOOK.read_text(encoding="utf-8")
    source = (Path(read.__code__.co_filename)).read_text(encoding="utf-8")

    keys = set(re.findall(r'\b(?:part|head|one)\.\w+\(\s*"(\w+)"', source))
    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", text)] == []
