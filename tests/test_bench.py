"""The benchmark itself, over a handful of people: it builds, measures and says something. No times are asserted."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.place import ROOT, folder_of


def test_a_tiny_city_is_built_and_measured() -> None:
    (folder_of(300) / "built.json").unlink(missing_ok=True)  # each run uses up beds
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
    result = json.loads((Path(folder_of(300)) / "result.json").read_text())
    assert result["cycles"]["number"] == 2
    assert result["cycles"]["facts"] > 9
    assert result["records"]["imported"] > 0 and all(
        one["hits"] for one in result["records"]["searches"][3:4]
    )
    assert len({(one["page"], one["actor"]) for one in result["pages"]}) == 21
