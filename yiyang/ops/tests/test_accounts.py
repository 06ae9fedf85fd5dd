import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from yiyang.ops.tests.conftest import Command, Operator, copied, new_folder

CENTRE = "静安区五床联动协调中心"
BEGIN = ("district", "--name", CENTRE, "--area", "310106")


@pytest.fixture
def district(command: Command) -> Command:
    begun = command(*BEGIN)
    began(begun.exit_code, begun.stderr)
    return command


def began(code: int, said: str) -> None:
    if "npm ci" in said:
        pytest.skip("the list of areas is not installed")
    assert code == 0, said


@pytest.fixture(scope="module")
def operator_of_a_district(migrated_folder: Path) -> Iterator[Operator]:
    operator = copied(migrated_folder, Operator(new_folder()))
    begun = operator.run(*BEGIN)
    began(begun.returncode, begun.stderr)
    yield operator
    shutil.rmtree(operator.folder, ignore_errors=True)


@pytest.mark.proof
def test_a_token_stands_alone_on_standard_output_and_a_refusal_on_the_other(operator_of_a_district: Operator):
    issued = operator_of_a_district.run("token", "issue", "--login", "system", "--hours", "2")
    again = operator_of_a_district.run("district", "--name", "另一个中心")

    assert issued.returncode == 0, issued.stderr
    assert issued.stdout.startswith("yiyang_")
    assert issued.stdout.count("\n") == 1
    assert again.returncode == 6
    assert again.stdout == ""
    assert "has a district already" in again.stderr


def test_one_command_begins_a_district_with_three_separate_administrators(district: Command):
    listed = json.loads(district("account", "list", "--json").stdout)

    assert {one["login"]: one["memberships"][0]["role"] for one in listed} == {
        "system": "SYSTEM_ADMINISTRATOR",
        "security": "SECURITY_ADMINISTRATOR",
        "audit": "AUDIT_ADMINISTRATOR",
    }


def test_an_added_account_gets_a_token(district: Command):
    centre = ("--organisation", CENTRE, "--role", "COORDINATOR")
    added = district("account", "add", "--login", "li.hua", "--name", "李华", *centre)

    issued = district("token", "issue", "--login", "li.hua", "--hours", "2")

    assert added.exit_code == 0, added.stderr
    assert issued.stdout.startswith("yiyang_")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("token", "issue", "--login", "nobody"), "There is no account nobody"),
        (
            (
                "account",
                "add",
                "--login",
                "x.y",
                "--name",
                "x",
                "--organisation",
                "无",
                "--role",
                "COORDINATOR",
            ),
            "No organisation is called 无",
        ),
        (
            ("account", "add", "--login", "x.y", "--name", "x", "--organisation", "无", "--role", "KING"),
            "KING is no role",
        ),
    ],
)
def test_a_wrong_name_is_refused_with_what_to_do(district: Command, arguments: tuple[str, ...], said: str):
    refused = district(*arguments)

    assert refused.exit_code == 6
    assert said in refused.stderr
