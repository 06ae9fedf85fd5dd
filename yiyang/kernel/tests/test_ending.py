import os
import subprocess
import sys

from yiyang.project.settings_for_tests import CHECKOUT

TOLD_LAST = """
import atexit, gc
atexit.register(lambda: print(len(gc.get_objects()), gc.get_freeze_count()))
import django
django.setup()
"""


def test_a_process_ends_without_looking_through_all_that_was_loaded() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", TOLD_LAST],
        cwd=CHECKOUT, env=os.environ, capture_output=True, text=True, check=True,
    )  # fmt: skip

    looked_through, left_alone = map(int, ended.stdout.split())
    assert looked_through < left_alone / 100
