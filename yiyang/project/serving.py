"""`python -m yiyang.project.serving …`: granian, with the pages and the API loaded once for all its workers.

Workers are forked from the process that has loaded them: another one costs no second start, shares most of the memory,
and is back at once when it died. Where processes are not forked, each worker loads them itself.
"""

import multiprocessing

from granian.cli import entrypoint

if __name__ == "__main__":
    if multiprocessing.get_start_method() == "fork":
        import yiyang.project.wsgi  # noqa: F401
    entrypoint()
