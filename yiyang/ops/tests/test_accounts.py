import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from yiyang.ops.tests.conftest import Operator, copied, new_folder

pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def district(migrated_folder: Path) -> Iterator[Operator]:
    operator = copied(migrated_folder, Operator(new_folder()))
    begun = operator.run("district", "--name", "静安区五床联动协调中心", "--area", "310106")
    if "npm ci" in begun.stderr:
        pytest.skip("the list of areas is not installed")
    assert begun.returncode == 0, begun.stderr
    yield operator
    shutil.rmtree(operator.folder, ignore_errors=True)


def test_one_command_begins_a_district_with_three_separate_administrators(district: Operator):
    listed = json.loads(district.run("account", "list", "--json").stdout)

    assert {one["login"]: one["memberships"][0]["role"] for one in listed} == {
        "system": "SYSTEM_ADMINISTRATOR",
        "security": "SECURITY_ADMINISTRATOR",
        "audit": "AUDIT_ADMINISTRATOR",
    }


def test_a_district_begins_once(district: Operator):
    again = district.run("district", "--name", "另一个中心")

    assert again.returncode == 6
    assert "has a district already" in again.stderr


def test_an_added_account_gets_a_token_that_stands_alone_on_standard_output(district: Operator):
    centre = ("--organisation", "静安区五床联动协调中心", "--role", "COORDINATOR")
    added = district.run("account", "add", "--login", "li.hua", "--name", "李华", *centre)

    issued = district.run("token", "issue", "--login", "li.hua", "--hours", "2")

    assert added.returncode == 0, added.stderr
    assert issued.stdout.startswith("yiyang_")
    assert issued.stdout.count("\n") == 1


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
def test_a_wrong_name_is_refused_with_what_to_do(district: Operator, arguments: tuple[str, ...], said: str):
    refused = district.run(*arguments)

    assert refused.returncode == 6
    assert said in refused.stderr
