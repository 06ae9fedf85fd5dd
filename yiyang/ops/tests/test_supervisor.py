import subprocess
import sys

from yiyang.ops.tests.conftest import ROOT

MANY_SIGNALS = """
import random, signal
from pathlib import Path
from yiyang.ops.supervisor import Supervisor

for _ in range(3000):
    supervisor = Supervisor(Path("."), print)
    supervisor.catch_signals()
    signal.signal(signal.SIGALRM, supervisor._signalled)
    signal.setitimer(signal.ITIMER_REAL, random.uniform(0.00005, 0.0015))
    while not supervisor.stopping.wait(0.0001):
        pass
"""


def test_a_signal_stops_the_supervisor_at_whatever_moment_it_comes():
    ended = subprocess.run([sys.executable, "-c", MANY_SIGNALS], cwd=ROOT, timeout=60)

    assert ended.returncode == 0
