"""The walk through a transfer in docs/api.md is run as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from yiyang.access.tests.calling import caller
from yiyang.beds.tests.factories import bed, cast, person, stay
from yiyang.project.api import ROUTES

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "api.md"


def test_every_route_stands_in_the_table_of_routes() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").split("## The routes")[1]
    lacking = [
        f"{route.method} {route.path}"
        for routes in ROUTES
        for route in routes.declared
        if not re.search(rf"/{_last_word(route.path)}\b", table)
    ]

    assert not lacking


def _last_word(path: str) -> str:
    return [part for part in path.split("/") if part and not part.startswith("{")][-1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_documented_transfer_arrives(live_server: Any) -> None:
    who = cast()
    elder = person()
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    [script] = re.findall(r"```bash\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    names = {
        "API": f"{live_server.url}/api",
        "NURSE": caller(who.care_home_nurse).token,
        "DOCTOR": caller(who.ward_doctor).token,
        "OFFICE": caller(who.admission_office).token,
        "ELDER": str(elder.pk),
        "HOSPITAL": str(who.hospital.pk),
    }

    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={**os.environ, **names, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert ran.stdout.split() == ["区中心医院", "COMPLETED"]
