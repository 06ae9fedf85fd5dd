"""Every string that people see is said in Chinese."""

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).resolve().parent.parent / "tools" / "translations.py"


def test_translations_are_complete() -> None:
    result = subprocess.run([sys.executable, str(TOOL), "check"], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout
