"""The benchmark itself, over a handful of people: it builds, measures and says something. No times are asserted."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from bench.place import ROOT, folder_of
from yiyang.ops.database_for_tests import copy_template


@pytest.mark.skipif("YIYANG_PROOF" not in os.environ, reason="a long one: make proof")
def test_a_tiny_city_is_built_and_measured() -> None:
    folder = folder_of(300)
    shutil.rmtree(folder, ignore_errors=True)  # each run uses up beds
    folder.mkdir(parents=True)
    copy_template(ROOT / ".cache" / "test-pg", ROOT, folder)
    told = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "YIYANG_", "DJANGO_"))
    }
    options = ["--people", "300", "--cycles", "2", "--times", "2", "--no-growth", "--no-rescore"]
    options += ["--resources", "1000"]
    done = subprocess.run(
        [sys.executable, "-m", "bench", *options], cwd=ROOT, env=told, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "transfer cycles a second" in done.stdout
    result = json.loads((folder / "result.json").read_text())
    assert result["cycles"]["number"] == 2
    assert result["cycles"]["facts"] > 9
    assert result["records"]["imported"] > 0 and all(
        one["hits"] for one in result["records"]["searches"][3:4]
    )
    assert len({(one["page"], one["actor"]) for one in result["pages"]}) == 21
